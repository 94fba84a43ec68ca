import { expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

test('a server that always gives the same token records again, rejoins and is moved', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1) }));
  const { demo } = call;
  demo.voice.tokens = 'repeated';
  const first = await time.during(call.record());
  await time.during(call.stop(first));
  const session = await time.during(call.record());
  await time.during(call.event('speaker'));
  demo.control.closeVoice(4006);
  await time.during(call.event('gap', ({ reason }) => reason === 'reconnect'));
  demo.control.move(demo.setting.channels.otherStage.id);
  await time.during(call.event('gap', ({ reason }) => reason === 'channel-move'));
  await time.during(call.stop(session));
  const lengths = call.all('gap').map(({ fromSamples, toSamples }) => toSamples - fromSamples);
  expect(lengths).toHaveLength(2);
  for (const samples of lengths) expect(samples).toBeLessThan(4 * 48_000);
});
