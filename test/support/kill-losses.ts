import type { Manifest } from '../../main/recording/manifest.ts';
import { sentIn, type CheckedTrack } from './checked-tracks.ts';
import type { Torn } from './damage.ts';
import { isAudio, type Sent, type SentPacket } from './sent.ts';

/** What a crash cost. */
export interface Loss {
  /** The track's file or, without one, whose it would be; or the recording's length. */
  readonly what: string;
  /** How long before the crash the first packet was sent of those that the end lacks; 0 when it lacks none. */
  readonly lossMs: number;
  /** Packets that are missing before that. */
  readonly holes: number;
}

export interface KillMoments {
  /** `joined`, on the sent log's clock. */
  readonly joinedAtMs: number;
  /** SIGKILL, on the sent log's clock. */
  readonly killedAtMs: number;
}

/** Sample 0 is `joined`, give or take. */
const JOINED_SLACK_MS = 20;

const FRAME_MS = 20;

/**
 * What each person's track lost: everything that was sent from `joined` on must be in it, byte for byte, but for a last
 * stretch, which is the loss. And what the recording's length lost: it must reach behind all of that. Packets under
 * keys that our bot was never given do not count.
 */
export function lossesOf(
  sent: Sent,
  of: KillMoments & {
    readonly tracks: readonly CheckedTrack[];
    readonly manifest: Manifest;
    readonly torn: Torn | null;
  },
): Loss[] {
  const { joinedAtMs, killedAtMs, tracks, manifest, torn } = of;
  const window = { fromMs: joinedAtMs + JOINED_SLACK_MS, toMs: killedAtMs };
  const audio = sentIn(sent.packets, window).filter(
    (packet) => isAudio(packet) && !sent.neverGiven(packet),
  );
  const losses: Loss[] = [];
  const endMs = joinedAtMs + manifest.samples / 48 + JOINED_SLACK_MS;
  for (const userId of new Set(audio.map((packet) => packet.userId))) {
    const stream = audio.filter((packet) => packet.userId === userId);
    const found = tracks.find(({ track }) => track.userId === userId);
    const missing = new Set(found === undefined ? stream : found.missing);
    const isTorn = torn !== null && torn.file === found?.track.file;
    const toMs = isTorn ? toSentClock(torn.writtenAtWallMs) : killedAtMs;
    const what = found?.track.file ?? `the track of ${String(userId)}`;
    losses.push({ what, ...lossOf(stream, toMs, (packet) => missing.has(packet)) });
    const sender = clockOf(stream);
    const isBeyond = (packet: SentPacket): boolean => sender(packet) + FRAME_MS > endMs;
    losses.push({ what: 'the length', ...lossOf(stream, killedAtMs, isBeyond) });
  }
  return losses;
}

/** A moment of the wall clock on that of the sent log, which never jumps and may be elsewhere after a while. */
export function toSentClock(wallMs: number): number {
  return wallMs - (Date.now() - (performance.timeOrigin + performance.now()));
}

function lossOf(
  stream: readonly SentPacket[],
  toMs: number,
  isMissing: (packet: SentPacket) => boolean,
): Omit<Loss, 'what'> {
  const end = stream.findLastIndex((packet) => !isMissing(packet)) + 1;
  const lossMs = Math.max(0, toMs - (stream[end]?.atMs ?? toMs));
  return { lossMs, holes: stream.slice(0, end).filter(isMissing).length };
}

/** When a packet was due by its sender's own clock: a busy machine sends late, and never early. */
function clockOf(stream: readonly SentPacket[]): (packet: SentPacket) => number {
  const origin = stream[0]?.timestamp ?? 0;
  const elapsedMs = ({ timestamp }: SentPacket): number => ((timestamp - origin) | 0) / 48;
  const startMs = Math.min(...stream.map((packet) => packet.atMs - elapsedMs(packet)));
  return (packet) => startMs + elapsedMs(packet);
}
