import path from 'node:path';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import type { Session } from '../../main/session/session.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { Call, TALKERS, type Window } from './call.ts';
import {
  checkTracks,
  missingOutside,
  readManifestOf,
  type CheckedTrack,
} from './checked-tracks.ts';
import { ffmpegLength, opusComplaints } from './ffprobe.ts';
import { isAudio, readSent, type Sent, type SentPacket } from './sent.ts';

export interface HalfHourOptions {
  readonly minutes: number;
  readonly cutEveryMs: number;
  readonly seed: number;
}

export interface HalfHour {
  readonly folders: number;
  readonly speakers: number;
  /** Voice sockets cut, and resumed. */
  readonly cuts: number;
  /** Packets that the demo server sent and did not drop. */
  readonly sent: number;
  /** Packets in the files. */
  readonly placed: number;
  /** Packets that the demo server dropped between two that are in the files; `lost` is how many the manifest counts. */
  readonly dropped: number;
  readonly lost: number;
  /**
   * Packets dropped before the first or behind the last of a voice session's packets in the files, which may be counted
   * as lost or not.
   */
  readonly droppedAtEdges: number;
  readonly late: number;
  /** Reasons of the gaps, in order. */
  readonly gaps: readonly string[];
  /** Resumes that the voice server refused: each costs a gap of reason `reconnect`. */
  readonly refused: number;
  /**
   * Highest use of memory in the last fifth, divided by that of the first fifth; after a collection when `gc` is
   * exposed.
   */
  readonly memoryGrowth: number;
  /** A sentence for each thing that is wrong. */
  readonly findings: readonly string[];
}

/** Something that is done during the recording; `at` is when, as a share of its length. */
interface Step {
  readonly at: number;
  readonly act: (call: Call) => void;
  /** Why the step costs a gap; null: it costs none. */
  readonly gap: string | null;
}

const STEPS: readonly Step[] = [
  { at: 0.2, gap: 'server-move', act: ({ demo }) => demo.control.moveRegion() },
  { at: 0.3, gap: null, act: exchangePeople },
  { at: 0.4, gap: 'server-move', act: ({ demo }) => demo.control.replaceVoiceServer(700) },
  { at: 0.5, gap: 'reconnect', act: refuseResume },
  {
    at: 0.6,
    gap: 'channel-move',
    act: ({ demo }) => demo.control.move(demo.setting.channels.otherVoice.id),
  },
  {
    at: 0.75,
    gap: 'channel-move',
    act: ({ demo }) => demo.control.move(demo.setting.channels.voice.id),
  },
];
const REASONS = STEPS.flatMap(({ gap }) => gap ?? []);

/** Discord's less kind ways, all at once. */
const UNKIND = {
  ssrcs: 'small',
  voiceTokens: 'repeated',
  peopleNews: 'patchy',
  encryption: 'strict',
  hasNat: true,
  mediaOpens: 'on speaking',
  guild: 'full',
  restEdge: 'troubled',
} as const;

const MEMORY_EVERY_MS = 2_500;

const LINK = { lossRatio: 0.03, duplicateRatio: 0, reorderRatio: 0, jitterMs: 30, delayMs: 20 };

/**
 * Makes one recording in real time, in Discord's less kind ways, with loss, jitter, a voice socket that is cut again
 * and again, another region and voice server, a newcomer in the place of one who left, a Resume that is refused, and
 * another channel and back; then compares every file with what the demo server sent.
 */
export async function recordHalfHour({
  minutes,
  cutEveryMs,
  seed,
}: HalfHourOptions): Promise<HalfHour> {
  const scenario = { ...SCENARIOS.calm, ...UNKIND, link: LINK };
  await using call = await Call.start({ where: 'voice', scenario, talkers: TALKERS, seed });
  const { demo } = call;
  demo.people.add(demo.setting.channels.otherVoice, { voice: 'theo', offsetFrames: 9000 });
  const session = await call.record();
  await call.event('speaker');
  const wholeMs = minutes * 60_000;
  const memory: number[] = [];
  const waiting = [...STEPS];
  let cuts = 0;
  for (let atMs = lengthMs(session); atMs < wholeMs; atMs = lengthMs(session)) {
    if (atMs >= (waiting[0]?.at ?? Infinity) * wholeMs) {
      const gaps = call.all('gap').length;
      const step = waiting.shift();
      step?.act(call);
      if (step?.gap !== null) await call.until('the gap', () => call.all('gap').length > gaps);
      demo.voice.resumes = 'taken';
    } else if (atMs > (cuts + 1) * cutEveryMs) {
      cuts += 1;
      demo.control.cutVoice();
      await call.until('the loss', () => session.view().retrying !== null);
      await call.until('the resume', () => session.view().retrying === null);
    }
    // Before the wait, as a collection also delays the demo server: the next step would lose packets that are still on
    // their way.
    if (lengthMs(session) > (memory.length + 1) * MEMORY_EVERY_MS) memory.push(memoryBytes());
    await call.length(session, (lengthMs(session) + 500) / 1000);
  }
  await call.stop(session);

  const { folder } = session;
  const manifest = await readManifestOf(folder);
  const sent = await readSent(demo);
  const tracks = await checkTracks(folder, sent);
  const gaps = manifest.gaps.map(({ fromSamples, toSamples }) => ({
    fromMs: endOfSession(call.window.fromMs + fromSamples / 48, sent),
    toMs: call.window.fromMs + toSamples / 48,
  }));
  // The simulated network delays packets by up to 50 ms: what it holds when the recording stops is not received.
  const window = { ...call.window, toMs: call.window.toMs - 100 };
  const checks = tracks.map((track) => checkOf(track, { window, gaps, sent }));
  const findings = [
    ...(await verifyRecording(folder)).findings.map(({ file, message }) => `${file}: ${message}`),
    ...(await foreignFindings(folder, manifest)),
    ...checks.flatMap((check) => check.findings),
    ...call.faults.map((line) => `the log says ${line}`),
    ...undecryptable(tracks, sent),
  ];
  const reasons = manifest.gaps.map(({ reason }) => reason);
  if (reasons.join() !== REASONS.join()) findings.push(`the gaps are ${reasons.join(', ')}`);
  const sum = (of: (check: TrackCheck) => number): number =>
    checks.reduce((total, check) => total + of(check), 0);
  return {
    folders: (await call.folders()).length,
    speakers: manifest.tracks.length,
    cuts,
    gaps: reasons,
    refused: REASONS.filter((reason) => reason === 'reconnect').length,
    memoryGrowth: growth(memory),
    findings,
    sent: sent.packets.filter((packet) => isAudio(packet) && packet.fate !== 'dropped').length,
    placed: sum(({ placed }) => placed),
    dropped: sum(({ dropped }) => dropped),
    droppedAtEdges: sum(({ droppedAtMost, dropped }) => droppedAtMost - dropped),
    lost: sum(({ lost }) => lost),
    late: sum(({ late }) => late),
  };
}

/** Somebody leaves, and somebody else comes. */
function exchangePeople({ demo }: Call): void {
  const { voice } = demo.setting.channels;
  demo.people.leave(demo.people.in(voice.id).at(-1) ?? '');
  demo.people.add(voice, { voice: 'callum', offsetFrames: 6000 });
}

function refuseResume({ demo }: Call): void {
  demo.voice.resumes = 'refused';
  demo.control.cutVoice();
}

/** When the voice server ended the session before a gap: up to 1 s before the gap begins, which is when we noticed. */
function endOfSession(gapFromMs: number, { sessionEndsMs }: Sent): number {
  return (
    sessionEndsMs.findLast((atMs) => atMs <= gapFromMs && gapFromMs - atMs < 1_000) ?? gapFromMs
  );
}

interface TrackCheck {
  readonly placed: number;
  readonly dropped: number;
  readonly droppedAtMost: number;
  readonly lost: number;
  readonly late: number;
  readonly findings: readonly string[];
}

/**
 * Compares one track's counts with the demo server's. Dropped packets count between two received ones of the same voice
 * session.
 */
function checkOf(
  track: CheckedTrack,
  {
    window,
    gaps,
    sent,
  }: { readonly window: Window; readonly gaps: readonly Window[]; readonly sent: Sent },
): TrackCheck {
  const { name, packets, lost, late, duplicate } = track.track;
  const here = new Set(track.placed.map(({ sent }) => sent));
  const sessions = sessionsOf(track.stream.filter(isAudio), gaps);
  const within = (isHere: (packet: SentPacket) => boolean): number =>
    sessions.reduce((sum, packetsOfOne) => sum + droppedWithin(packetsOfOne, isHere), 0);
  const dropped = within((packet) => here.has(packet));
  // Packets that were received but not opened are in no file, so the most that can be lost is counted between all that
  // were sent.
  const droppedAtMost = within(({ fate }) => fate !== 'dropped');
  // Right after a join others send under keys that we are not given.
  const stream = track.stream.filter((packet) => !sent.neverGiven(packet));
  const missing = missingOutside({ ...track, stream }, window, gaps);
  const findings = [
    ...track.strangers.map(({ position }) => `something that nobody said at ${String(position)}`),
    ...(missing.length > late
      ? [`missing: ${missing.map((packet) => placeOf(packet, window, gaps)).join('; ')}`]
      : []),
    ...(lost >= dropped && lost <= droppedAtMost
      ? []
      : [`${String(lost)} lost, ${String(dropped)} to ${String(droppedAtMost)} were dropped`]),
    ...(duplicate > 0 ? [`${String(duplicate)} duplicates that nobody sent`] : []),
    ...track.placed
      .filter(({ sent: { atMs } }) =>
        gaps.some((gap) => atMs > gap.fromMs + 100 && atMs < gap.toMs - 100),
      )
      .map(({ position }) => `a packet within a gap at ${String(position)}`),
  ].map((text) => `${name}: ${text}`);
  return { placed: packets, dropped, droppedAtMost, lost, late, findings };
}

/** Describes a missing packet: sequence, time, and distances to the gaps. */
function placeOf(packet: SentPacket, window: Window, gaps: readonly Window[]): string {
  const { sequence, atMs, epoch } = packet;
  const behind = gaps.findLast(({ fromMs }) => fromMs < atMs);
  const at = `at ${(atMs - window.fromMs).toFixed(0)} ms`;
  const before = gaps.find(({ fromMs }) => fromMs >= atMs);
  const gap = behind === undefined ? '' : `, ${(atMs - behind.toMs).toFixed(0)} ms behind a gap`;
  const next = before === undefined ? '' : `, ${(before.fromMs - atMs).toFixed(0)} ms before one`;
  return `${String(sequence)} ${at}${gap}${next}, epoch ${String(epoch)}`;
}

/** Splits the stream in the middle of each gap: packets of a gap are in no count. */
function sessionsOf(stream: readonly SentPacket[], gaps: readonly Window[]): SentPacket[][] {
  const edges = [...gaps.map(({ fromMs, toMs }) => (fromMs + toMs) / 2), Infinity];
  return edges.map((toMs, index) =>
    stream.filter(({ atMs }) => atMs < toMs && atMs >= (edges[index - 1] ?? -Infinity)),
  );
}

/** How many packets were dropped between the first and the last for which `isHere`. */
function droppedWithin(
  stream: readonly SentPacket[],
  isHere: (packet: SentPacket) => boolean,
): number {
  const first = stream.findIndex(isHere);
  const last = stream.findLastIndex(isHere);
  if (first < 0) return 0;
  return stream.slice(first, last).filter(({ fate }) => fate === 'dropped').length;
}

/** A sentence for each track with more undecryptable packets than were sent under keys that we were not given. */
function undecryptable(tracks: readonly CheckedTrack[], sent: Sent): string[] {
  return tracks.flatMap(({ track, stream }) => {
    const keyless = stream.filter(
      (packet) => isAudio(packet) && packet.fate !== 'dropped' && sent.neverGiven(packet),
    ).length;
    return track.undecryptable > keyless
      ? [
          `${track.name}: ${String(track.undecryptable)} undecryptable, ${String(keyless)} without keys`,
        ]
      : [];
  });
}

async function foreignFindings(
  folder: string,
  {
    tracks,
    samples,
  }: { readonly tracks: readonly { readonly file: string }[]; readonly samples: number },
): Promise<string[]> {
  const findings: string[] = [];
  for (const { file } of tracks) {
    const name = path.join(folder, file);
    findings.push(...(await opusComplaints(name)).map((line) => `${file}: ${line}`));
    const decoded = await ffmpegLength(name);
    if (decoded !== samples) findings.push(`${file}: ffmpeg decodes ${String(decoded)} samples`);
  }
  return findings;
}

function lengthMs(session: Session): number {
  return session.samples / 48;
}

function memoryBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function growth(memory: readonly number[]): number {
  const fifth = Math.max(1, Math.floor(memory.length / 5));
  return Math.max(...memory.slice(-fifth)) / Math.max(...memory.slice(0, fifth));
}
