import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '../../main/base/wait.ts';
import type { SpeakerStyle } from '../../main/demo/talk/demo-people.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { openRecording } from '../../main/recording/library.ts';
import type { Manifest } from '../../main/recording/manifest.ts';
import { verifyRecording, type Verification } from '../../main/recording/verify.ts';
import { checkTracks } from './checked-tracks.ts';
import { chooseDamage, damageRecording, type Torn } from './damage.ts';
import { ffmpegLength, opusComplaints } from './ffprobe.ts';
import { lossesOf, toSentClock, type KillMoments } from './kill-losses.ts';
import { RecordProcess } from './record-process.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';
import { readSent, type Sent } from './sent.ts';

/** The outcome of one kill. */
export interface KillOutcome {
  /** Null when there is no recording. */
  readonly folder: string | null;
  readonly recovered: boolean;
  /** Tracks that opusinfo or ffmpeg do not read to the end. */
  readonly unreadable: number;
  readonly torn: boolean;
  /** The damage done to the folder, in words. */
  readonly damage: string;
  /** The longest loss of all tracks. */
  readonly worstLossMs: number;
  /** How long the process waited for a processor in the last 1.5 s before the kill. */
  readonly starvedMs: number;
  /** Whether more than 1 s was lost, but no more than 1 s plus `starvedMs`. */
  readonly excused: boolean;
  readonly findings: readonly string[];
}

/** Three talkers who never pause, so that a loss shows, and one who pauses, so that silence is written too. */
const TALKERS: readonly SpeakerStyle[] = [
  { voice: 'maya', pauses: 'left out' },
  { voice: 'theo', pauses: 'left out', offsetFrames: 500 },
  { voice: 'priya', pauses: 'left out', offsetFrames: 1000 },
  { voice: 'callum', offsetFrames: 5322 },
];

/** From the announcement of the last speaker to the kill. */
const LEAST_WAIT_MS = 300;
const MOST_WAIT_MS = 3000;

/** `starvedMs` covers this much time before the kill; what is older was written long before. */
const WATCHED_MS = 1500;

/** With this much `starvedMs`, packets may be late: the jitter buffer waits 250 ms for a missing one. */
const STARVED_MS = 200;

/** The most that a crash may lose. */
const MOST_LOSS_MS = 1000;

/** From one line of the seal to the next: lines are written by every second or third flush, which takes its time too. */
const MOST_UNSEALED_MS = 1500;

/**
 * Records by the command line in a process of its own, kills it, damages its folder by the seed, recovers it and
 * compares it with what was sent. Each kill has its own demo server (70 ms), so that the sent log is that of one
 * recording and no voice state of an earlier process is left.
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
  const { manifest } = await openRecording(folder, home);
  const verified = await verifyRecording(folder, home);
  const { ok, findings } = verified;
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
      ...unsealed(killed, { verified, torn }),
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
 * Losses of more than 1 s are findings. On a busy machine everything is written later, so `starvedMs` is subtracted
 * first.
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

/** What is wrong with the seal: its last line was written within `MOST_UNSEALED_MS`, the one before it where files were torn. */
function unsealed(
  { joinedAtMs, killedAtMs, starvedMs }: Killed,
  of: { readonly verified: Verification; readonly torn: Torn | null },
): string[] {
  const { sealedUntil, signedBy } = of.verified;
  if (sealedUntil === null) return ['there is no seal'];
  if (signedBy !== 'this-installation') return [`the seal is signed by ${signedBy ?? 'nobody'}`];
  const lines = of.torn === null ? 1 : 2;
  const unsealedMs = killedAtMs - joinedAtMs - sealedUntil / 48 - starvedMs;
  if (unsealedMs <= lines * MOST_UNSEALED_MS) return [];
  return [`the last ${unsealedMs.toFixed(0)} ms are not sealed`];
}

/** A sentence for each track that opusinfo or ffmpeg do not read to the end. */
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

/** A sentence for each file that only a recording under way may have. */
async function leftovers(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.new') || name.endsWith('.lock'))
    .map((name) => `${name} was left behind`);
}
