import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';
import { expectSound } from '../support/finished-recording.ts';

test.each([
  { where: 'stage', delayMs: 20_000 },
  { where: 'voice', delayMs: 20_000 },
] as const)('a newcomer on a $where whom the main gateway tells $delayMs ms late', async (how) => {
  using time = new FastTime();
  const { where, delayMs } = how;
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1), where }));
  const { demo } = call;
  const session = await time.during(call.record());
  await time.during(call.event('speaker'));
  demo.gateway.peopleDelayMs = delayMs;
  const cyd = demo.people.add(demo.setting.channels[where], TALKERS[1]);
  const of = ({ userId }: { readonly userId: string | null }): boolean => userId === cyd;
  const first = await time.during(call.event('speaker', of));
  expect(first.name).toBe(cyd);
  const isNamed = ({ userId, name }: typeof first): boolean => userId === cyd && name !== cyd;
  const { name, track } = await time.during(call.event('speaker', isNamed));
  const stopped = await time.during(call.stop(session));

  expect(track).toBe(first.track);
  expect(call.all('speaker').filter(of)).toHaveLength(2);
  expect(call.all('present').filter(of)).toMatchObject([{ name }]);
  expect(stopped.tracks.filter(of)).toMatchObject([{ name, file: track }]);
  const manifest = await expectSound(session.folder);
  expect(manifest.tracks.filter(of)).toMatchObject([{ name }]);
  expect(manifest.people.filter(of)).toMatchObject([{ name }]);
  expect(await readFile(path.join(session.folder, track))).not.toHaveLength(0);
});
