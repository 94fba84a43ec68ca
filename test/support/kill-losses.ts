import type { Manifest } from '../../main/recording/manifest.ts';
import { sentIn, type CheckedTrack } from './checked-tracks.ts';
import type { Torn } from './damage.ts';
import { isAudio, type Sent, type SentPacket } from './sent.ts';

/** What a track, or the recording's length, lost by a crash. */
export interface Loss {
  /** The track's file; whose track is missing; or `the length`. */
  readonly what: string;
  /** Time from the first packet that is missing at the end to the crash; 0 when none is. */
  readonly lossMs: number;
  /** Packets that are missing before the last one that is there. */
  readonly holes: number;
}

export interface KillMoments {
  /** When `joined` was told, on the sent log's clock. */
  readonly joinedAtMs: number;
  /** When SIGKILL was sent, on the sent log's clock. */
  readonly killedAtMs: number;
}

/** Sample 0 and `joined` differ by less than this. */
const JOINED_SLACK_MS = 20;

const FRAME_MS = 20;

/**
 * Losses of each person's track and of the recording's length. What was sent from `joined` on must be in the track byte
 * for byte; missing packets at its end are the loss. The length must cover the tracks. Packets under keys that our bot
 * was never given do not count.
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

/** A moment of the wall clock on the sent log's clock, which does not follow changes of the wall clock. */
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

/** When each packet was due by its RTP timestamp: a busy machine sends late, never early. */
function clockOf(stream: readonly SentPacket[]): (packet: SentPacket) => number {
  const origin = stream[0]?.timestamp ?? 0;
  const elapsedMs = ({ timestamp }: SentPacket): number => ((timestamp - origin) | 0) / 48;
  const startMs = Math.min(...stream.map((packet) => packet.atMs - elapsedMs(packet)));
  return (packet) => startMs + elapsedMs(packet);
}
