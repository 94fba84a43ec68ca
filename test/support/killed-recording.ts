import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '../../main/base/wait.ts';
import type { SpeakerStyle } from '../../main/demo/talk/demo-people.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { openRecording } from '../../main/recording/library.ts';
import type { Manifest } from '../../main/recording/manifest.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { checkTracks } from './checked-tracks.ts';
import { chooseDamage, damageRecording, type Torn } from './damage.ts';
import { ffmpegLength, opusComplaints } from './ffprobe.ts';
import { lossesOf, toSentClock, type KillMoments } from './kill-losses.ts';
import { RecordProcess } from './record-process.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';
import { readSent, type Sent } from './sent.ts';

/** How one kill went. */
export interface KillOutcome {
  /** Null when no recording came about. */
  readonly folder: string | null;
  readonly recovered: boolean;
  /** Tracks that foreign readers do not read to the end. */
  readonly unreadable: number;
  readonly torn: boolean;
  /** What was done to the folder, in words. */
  readonly damage: string;
  /** Of all tracks. */
  readonly worstLossMs: number;
  /** How long the machine kept the process from running in the last 1.5 s before the kill. */
  readonly starvedMs: number;
  /** Whether more than a second is lost, and no more than a second beside what the process could not run. */
  readonly excused: boolean;
  readonly findings: readonly string[];
}

/** Three who never pause, so that what is lost shows, and one who does, so that silence is written too. */
const TALKERS: readonly SpeakerStyle[] = [
  { voice: 'maya', pauses: 'left out' },
  { voice: 'theo', pauses: 'left out', offsetFrames: 500 },
  { voice: 'priya', pauses: 'left out', offsetFrames: 1000 },
  { voice: 'callum', offsetFrames: 5322 },
];

/** After everyone was announced. */
const LEAST_WAIT_MS = 300;
const MOST_WAIT_MS = 3000;

/** In which the machine is watched before the kill; what is older was on disk long ago. */
const WATCHED_MS = 1500;

/** From here on packets may come too late for their places: they wait 250 ms for those before them. */
const STARVED_MS = 200;

/** What a crash may cost. */
const MOST_LOSS_MS = 1000;

/**
 * One recording by the command line in a process of its own, killed from outside, damaged as its seed wants it, recovered
 * and held against what was sent. Its demo server is its own too (70 ms): the sent log is that of one recording, and
 * Discord shows nothing of the one that died before.
 */
export async function killRecording(kill: {
  readonly home: string;
  readonly seed: number;
}): Promise<KillOutcome> {
  const { home, seed } = kill;
  const random = new SeededRandom(seed);
  const waitMs = LEAST_WAIT_MS + random.next() * (MOST_WAIT_MS - LEAST_WAIT_MS);
  const damage = chooseDamage(random);
  const killed = await recordAndKill({ home, seed, waitMs });
  const { folder } = killed;
  const torn = await damageRecording(folder, damage, random);
  const { manifest } = await openRecording(folder);
  const { ok, findings } = await verifyRecording(folder);
  const unread = await unreadableTracks(folder, manifest);
  const losses = await judge(killed, { manifest, torn });
  return {
    folder,
    recovered: ok && manifest.state === 'recovered' && manifest.reason === 'interrupted',
    unreadable: unread.length,
    torn: torn !== null,
    damage: `${torn === null ? 'whole' : `torn ${torn.file}`}, manifest ${damage.manifest}`,
    worstLossMs: losses.worstLossMs,
    starvedMs: killed.starvedMs,
    excused: losses.excused,
    findings: [
      ...findings.map(({ file, message }) => `${file}: ${message}`),
      ...unread,
      ...losses.findings,
      ...(await leftovers(folder)),
    ],
  };
}

interface Killed extends KillMoments {
  readonly folder: string;
  readonly starvedMs: number;
  readonly sent: Sent;
}

async function recordAndKill(kill: {
  readonly home: string;
  readonly seed: number;
  readonly waitMs: number;
}): Promise<Killed> {
  await using demo = await startDemoServer({ speakers: 0, seed: kill.seed });
  for (const style of TALKERS) demo.people.add(demo.setting.channels.voice, style);
  await using recording = new RecordProcess(demo, kill.home);
  const { folder, joinedAtWallMs } = await recording.announced(TALKERS.length);
  await sleep(Math.max(0, kill.waitMs - WATCHED_MS));
  const starvedBeforeMs = await recording.starvedMs();
  await sleep(Math.min(WATCHED_MS, kill.waitMs));
  const starvedMs = (await recording.starvedMs()) - starvedBeforeMs;
  const killedAtMs = await recording.kill();
  const joinedAtMs = toSentClock(joinedAtWallMs);
  return { folder, joinedAtMs, killedAtMs, starvedMs, sent: await readSent(demo) };
}

/**
 * On a machine with more work than processors, other tests for example, everything is written later: a loss beyond the
 * second is excused by as much as the scheduler says that the process was kept from running.
 */
async function judge(
  { folder, sent, starvedMs, ...moments }: Killed,
  after: { readonly manifest: Manifest; readonly torn: Torn | null },
): Promise<Pick<KillOutcome, 'worstLossMs' | 'excused' | 'findings'>> {
  const tracks = await checkTracks(folder, sent);
  const losses = lossesOf(sent, { ...moments, ...after, tracks });
  const strangers = tracks.flatMap(({ track, strangers: packets }) =>
    packets.map(({ position }) => `${track.file}: nobody said what is at ${String(position)}`),
  );
  const tooMuch = losses
    .filter(({ lossMs }) => lossMs - starvedMs > MOST_LOSS_MS)
    .map(({ what, lossMs }) => `${what}: lost ${lossMs.toFixed(0)} ms`);
  const holes = losses
    .filter((loss) => loss.holes > 0 && starvedMs < STARVED_MS)
    .map((loss) => `${loss.what}: lacks ${String(loss.holes)} packets before its end`);
  const worstLossMs = Math.max(0, ...losses.map(({ lossMs }) => lossMs));
  const excused = worstLossMs > MOST_LOSS_MS && tooMuch.length === 0;
  return { worstLossMs, excused, findings: [...strangers, ...tooMuch, ...holes] };
}

/** A sentence for each track that somebody else's program does not read to the end. */
async function unreadableTracks(folder: string, { tracks, samples }: Manifest): Promise<string[]> {
  const complaints = tracks.map(async ({ file }) => {
    const track = path.join(folder, file);
    try {
      const [lines, decoded] = await Promise.all([opusComplaints(track), ffmpegLength(track)]);
      if (lines.length > 0) return `${file}: ${lines.join('; ')}`;
      return decoded === samples ? '' : `${file}: ffmpeg decodes ${String(decoded)} samples`;
    } catch (error) {
      return `${file}: ${String(error)}`;
    }
  });
  return (await Promise.all(complaints)).filter((complaint) => complaint !== '');
}

/** What only a recording under way may have in its folder. */
async function leftovers(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.new') || name.endsWith('.lock'))
    .map((name) => `${name} was left behind`);
}
