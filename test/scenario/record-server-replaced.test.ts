import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { verifyRecording } from '../../main/recording/verify.ts';
import { Call, TALKERS } from '../support/call.ts';
import { FastTime } from '../support/fast-time.ts';

// `endpoint: null`: the voice server went away, and we have to wait for another one.
test.each([
  { name: 'within a minute is waited for', afterMs: 50_000, joins: 1, missingMs: 50_000 },
  {
    name: 'after that is asked for, in a fresh join',
    afterMs: 3_600_000,
    joins: 2,
    missingMs: 62_000,
  },
])('the next voice server that comes $name', async ({ afterMs, joins, missingMs }) => {
  using time = new FastTime();
  await using call = await time.during(Call.start({ talkers: TALKERS.slice(0, 1) }));
  const session = await time.during(call.record());
  await time.during(call.event('speaker'));
  call.demo.control.replaceVoiceServer(afterMs);
  await time.pass(missingMs - 5_000);
  expect(call.all('gap')).toEqual([]);
  expect(session.view().retrying).not.toBeNull();
  const gap = await time.during(call.event('gap'));
  const packets = (): number => session.view().speakers[0]?.counts.packets ?? 0;
  const before = packets();
  await time.during(call.until('packets', () => packets() > before + 25));
  await time.during(call.stop(session));

  expect(gap.reason).toBe('server-move');
  const lengthMs = (gap.toSamples - gap.fromSamples) / 48;
  expect(lengthMs).toBeGreaterThan(missingMs - 5_000);
  expect(lengthMs).toBeLessThan(missingMs + 5_000);
  expect(call.all('gap')).toHaveLength(1);
  expect(await verifyRecording(session.folder)).toMatchObject({ ok: true, findings: [] });
  call.demo.flushLog();
  const log = await readFile(call.demo.sentLog, 'utf8');
  const asked = log.match(/"message":"voice state update"[^\n]*"channel_id":"/g) ?? [];
  expect(asked).toHaveLength(joins);
  expect(log).not.toContain('"code":4004'); // no token was used twice
});
