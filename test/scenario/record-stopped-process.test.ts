import { expect, test } from 'vitest';
import { CommandLine, parseLines } from '../support/command-line.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { TALKERS } from '../support/call.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { demoFor } from '../support/demo.ts';
import { expectSound } from '../support/finished-recording.ts';
import { mostLateMs } from '../support/process-lateness.ts';
import { readSent } from '../support/sent.ts';

/** How far a packet may lie from where it was said, on a computer that is on time. */
const OFFSET_LIMIT_MS = 150;

/**
 * Records with the process stopped for `seconds`, as when the computer sleeps. The system keeps packets of the first
 * `keptSeconds`, as its buffer is full then.
 */
async function stoppedFor(
  seconds: number,
  {
    keptSeconds = seconds,
    meanwhile = () => undefined,
    goesOn = 4,
  }: { keptSeconds?: number; meanwhile?: (demo: DemoServer) => void; goesOn?: number } = {},
) {
  const { demo, env } = await demoFor({ speakers: 0 });
  for (const style of TALKERS) demo.people.add(demo.setting.channels.voice, style);
  const command = new CommandLine(['record', '--channel', demo.channelId, '--json'], { env });
  const joined = await command.until('joined');
  await command.until('speaker', 3);
  command.signal('SIGSTOP');
  await passing(keptSeconds);
  const good = demo.media.quality;
  if (keptSeconds < seconds) demo.media.quality = { ...good, lossRatio: 1 };
  await passing(seconds - keptSeconds);
  demo.media.quality = good;
  meanwhile(demo);
  const wokenAtMs = performance.timeOrigin + performance.now();
  command.signal('SIGCONT');
  if (goesOn > 0) await passing(goesOn);
  command.signal('SIGINT');
  const { exitCode, stdout } = await command.ended;
  expect(exitCode).toBe(0);
  const manifest = await expectSound(String(joined['recording']));
  const fromMs = Date.parse(manifest.startedAt);
  const sent = await readSent(demo);
  const tracks = await checkTracks(String(joined['recording']), sent);
  const limitMs = OFFSET_LIMIT_MS + mostLateMs({ fromMs, toMs: Infinity });
  return { lines: parseLines(stdout), manifest, tracks, sent, fromMs, wokenAtMs, limitMs };
}

/** Waits in real time, as the demo's speakers talk in real time. */
const passing = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

test('packets that the system keeps while the process is stopped are placed when they were sent', async () => {
  const { manifest, tracks, sent, fromMs, wokenAtMs, limitMs } = await stoppedFor(1.5);
  expect(manifest.gaps).toEqual([]);
  for (const { track, stream, missing, strangers, jumps, placed } of tracks) {
    const due = sentIn(stream, { fromMs: fromMs + 50, toMs: wokenAtMs + 1_500 });
    const lost = missing.filter((packet) => due.includes(packet) && !sent.neverGiven(packet));
    expect({ lost, strangers, jumps }).toEqual({ lost: [], strangers: [], jumps: [] });
    expect(track).toMatchObject({ lost: 0, late: 0 });
    for (const { sent: packet, position } of placed) {
      expect(Math.abs(position / 48 - (packet.atMs - fromMs))).toBeLessThan(limitMs);
    }
  }
});

test('packets that the system kept are recorded also when the recording ends right after the stop', async () => {
  const { manifest, tracks, sent, fromMs, wokenAtMs } = await stoppedFor(1.5, { goesOn: 0 });
  expect(manifest.samples / 48).toBeGreaterThan(wokenAtMs - fromMs - 50);
  for (const { track, stream, missing, strangers, jumps } of tracks) {
    const due = sentIn(stream, { fromMs: fromMs + 50, toMs: wokenAtMs - 50 });
    const lost = missing.filter((packet) => due.includes(packet) && !sent.neverGiven(packet));
    expect({ lost, strangers, jumps }).toEqual({ lost: [], strangers: [], jumps: [] });
    expect(track).toMatchObject({ lost: 0, late: 0 });
  }
});

test('a sleep in which more is sent than the system keeps is a gap, and later packets are in place', async () => {
  const { manifest, tracks, fromMs, lines, limitMs } = await stoppedFor(8, { keptSeconds: 2 });
  const [gap, ...others] = manifest.gaps;
  expect(others).toEqual([]);
  expect(gap?.reason).toBe('sleep');
  expect(lines.filter(({ event }) => event === 'gap')).toMatchObject([{ ...gap }]);
  for (const { track, strangers, placed } of tracks) {
    expect(strangers).toEqual([]);
    expect(track.late).toBe(0);
    for (const { sent: packet, position } of placed) {
      expect(Math.abs(position / 48 - (packet.atMs - fromMs))).toBeLessThan(limitMs);
    }
  }
});

test('when Discord forgets the session meanwhile, the gap lasts from the sleep to the new connection', async () => {
  const { manifest, tracks, fromMs, wokenAtMs } = await stoppedFor(6, {
    keptSeconds: 1,
    meanwhile: (demo) => {
      demo.control.forgetVoiceSessions();
    },
  });
  const [gap = { fromSamples: NaN, toSamples: NaN, reason: '' }, ...others] = manifest.gaps;
  expect(others).toEqual([]);
  expect(gap.reason).toBe('sleep');
  const [goneMs, backMs] = [gap.fromSamples / 48 + fromMs, gap.toSamples / 48 + fromMs];
  expect(backMs).toBeGreaterThan(wokenAtMs);
  expect(wokenAtMs - goneMs).toBeGreaterThan(4_500);
  const heardAgain = tracks.filter(({ placed }) => placed.some(({ sent }) => sent.atMs > backMs));
  expect(heardAgain).not.toEqual([]);
  for (const { strangers, placed } of tracks) {
    expect(strangers).toEqual([]);
    const within = placed.filter(
      ({ position }) => position > gap.fromSamples && position < gap.toSamples - 4_800,
    );
    expect(within).toEqual([]);
  }
});
