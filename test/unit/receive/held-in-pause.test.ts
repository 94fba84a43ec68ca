import { expect, test } from 'vitest';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { HeardCall } from '../../support/heard-call.ts';

test('what was said in a pause stays out, also when it comes to the path after the pause', async () => {
  await using call = await HeardCall.open();
  call.receive.name(4, '11');
  call.receive.pause();
  call.receive.resume(2_000);
  const hear = (index: number, atMs: number): void => {
    const fields = { ssrc: 4, sequence: 100 + index, timestamp: toRtpTimestamp(index * 960) };
    call.hear({ fields, payload: Uint8Array.of(0x78, index, 2, 3, 4, 5) }, atMs);
  };
  for (let index = 0; index < 5; index += 1) hear(index, 1_900 + index * 20);
  for (let index = 5; index < 10; index += 1) hear(index, 1_900 + index * 20);
  call.receive.endVoiceSession();
  expect(call.placed.map(({ opus }) => opus[1])).toEqual([5, 6, 7, 8, 9]);
  expect(call.counts('11')).toMatchObject({ packets: 5, lost: 0 });
});
