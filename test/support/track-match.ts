import type { ProbedPacket } from './ffprobe.ts';
import { mostLateMs } from './process-lateness.ts';
import { isAudio, sha256, type Sent, type SentPacket } from './sent.ts';

/** A packet that was sent, and its position in the track. */
export interface PlacedPacket {
  readonly sent: SentPacket;
  readonly position: number;
}

export interface TrackMatch {
  /** In the order in which they were sent. */
  readonly placed: readonly PlacedPacket[];
  /** Sent and not dropped, but not at its place in the track. */
  readonly missing: readonly SentPacket[];
  /** In the track, but neither sent nor silence nor concealment. */
  readonly strangers: readonly ProbedPacket[];
  /** One-byte packets, which stand for lost frames. */
  readonly concealed: readonly ProbedPacket[];
  /**
   * Packets within a talkspurt whose distance to the one before differs from the sender's clock, without a stall of the
   * sender.
   */
  readonly jumps: readonly PlacedPacket[];
}

/** A packet of this size or more has bytes that no other packet of the speech has. */
const TELLING_BYTES = 16;

/** 1.5 s: longer than the demo's speech has packets of one byte in a row. */
const NEAR_PACKETS = 75;

/** The demo's conversation starts again after 5 s without a listener: packets further off are of another round. */
const SAME_WORDS_MS = 3000;

/**
 * Matches what one person sent with their track, whose sample 0 is at `fromMs`: the same bytes, those of one SSRC
 * in the same order, and within a talkspurt the same distances as on the sender's clock. Talkspurts may be up to 3 s off,
 * in order.
 */
export function matchTrack(
  track: readonly ProbedPacket[],
  stream: readonly SentPacket[],
  { hashOf, fromMs }: { readonly hashOf: Sent['hashOf']; readonly fromMs: number },
): TrackMatch {
  const byPosition = new Map(track.map((packet, index) => [packet.position, index]));
  const used = new Set<number>();
  const placed: PlacedPacket[] = [];
  const missing: SentPacket[] = [];
  const jumps: PlacedPacket[] = [];
  /** Where the next packet of an SSRC may stand: two of them may overlap, and say the same words. */
  const nextOf = new Map<number, number>();

  const findBytes = (sent: SentPacket): PlacedPacket | null => {
    if (sent.payloadBytes < TELLING_BYTES) return null;
    const hash = hashOf(sent);
    const next = nextOf.get(sent.ssrc) ?? 0;
    const found = track.find(
      (packet, index) =>
        index >= next &&
        packet.sha256 === hash &&
        Math.abs(fromMs + packet.position / 48 - sent.atMs) < SAME_WORDS_MS,
    );
    return found === undefined ? null : { sent, position: found.position };
  };
  const findAfter = (anchor: PlacedPacket, sent: SentPacket): PlacedPacket | null => {
    const position = anchor.position + ((sent.timestamp - anchor.sent.timestamp) | 0);
    const index = byPosition.get(position) ?? -1;
    const fits = index >= (nextOf.get(sent.ssrc) ?? 0) && track[index]?.sha256 === hashOf(sent);
    return fits ? { sent, position } : null;
  };

  /** Finds a packet's place by the next packet of 16 bytes or more: the first ones behind a gap may be smaller. */
  const findBefore = (sent: SentPacket, behind: readonly SentPacket[]): PlacedPacket | null => {
    for (const one of behind) {
      const anchor = findBytes(one);
      if (anchor !== null) return findAfter(anchor, sent);
    }
    return null;
  };

  /** After a stall a packet too small to be found by its bytes stands up to 3 s later than its clock says. */
  const findShifted = (anchor: PlacedPacket, sent: SentPacket): PlacedPacket | null => {
    const dueAt = anchor.position + ((sent.timestamp - anchor.sent.timestamp) | 0);
    const hash = hashOf(sent);
    const next = nextOf.get(sent.ssrc) ?? 0;
    const found = track.find(
      ({ position, sha256: bytes }, index) =>
        index >= next &&
        bytes === hash &&
        position > dueAt &&
        position - dueAt < SAME_WORDS_MS * 48,
    );
    return found === undefined ? null : { sent, position: found.position };
  };

  for (const spurt of toTalkspurts(stream)) {
    const audio = spurt.filter((sent) => isAudio(sent) && sent.fate !== 'dropped');
    let anchor = audio.map(findBytes).find((found) => found !== null) ?? null;
    for (const [order, sent] of audio.entries()) {
      const inPlace = anchor === null ? null : findAfter(anchor, sent);
      const behind = audio.slice(order + 1, order + 1 + NEAR_PACKETS);
      const isExcused = hasStalled(audio, sent) || wasReadLate(sent);
      const found =
        inPlace ??
        findBytes(sent) ??
        findBefore(sent, behind) ??
        (isExcused && anchor !== null ? findShifted(anchor, sent) : null);
      if (found === null) {
        missing.push(sent);
        continue;
      }
      if (inPlace === null && !isExcused) jumps.push(found);
      anchor = found;
      const index = byPosition.get(found.position) ?? -1;
      used.add(index);
      nextOf.set(sent.ssrc, index + 1);
      placed.push(found);
    }
  }
  const others = track.filter((_, index) => !used.has(index));
  const strangers = others.filter(
    ({ byteLength, sha256: hash }) => byteLength > 1 && !isSilence(hash),
  );
  const concealed = others.filter(({ byteLength }) => byteLength === 1);
  return { placed, missing, strangers, concealed, jumps };
}

/** Median of how much later packets are in the track than on the sender's wall clock, in ms; `fromMs` is sample 0. */
export function offsetMs(placed: readonly PlacedPacket[], fromMs: number): number {
  const all = placed.map(({ sent, position }) => position / 48 - (sent.atMs - fromMs));
  return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

/**
 * A packet sent this much later than its RTP timestamp says is a stall of the sender, which a receiver cannot tell from
 * a clock that stopped: a jump within 50 packets of it does not count.
 */
const STALL_MS = 250;
const STALL_PACKETS = 50;

/** Whether the sender stalled within the 50 packets up to this one. */
function hasStalled(spurt: readonly SentPacket[], at: SentPacket): boolean {
  const end = spurt.indexOf(at) + 1;
  return spurt.slice(Math.max(0, end - STALL_PACKETS), end).some((sent, index, all) => {
    const before = all[index - 1];
    if (before === undefined) return false;
    const clockMs = ((sent.timestamp - before.timestamp) | 0) / 48;
    return sent.atMs - before.atMs - clockMs > STALL_MS;
  });
}

/** The receiver estimates a sender's offset from up to 512 packets, and mends one that is off by more than 200 ms. */
const ESTIMATE_MS = 512 * 20;
const READ_LATE_MS = 100;

/** Whether this computer was so busy that a receiver read late what its estimate at that packet was made of. */
function wasReadLate({ atMs }: SentPacket): boolean {
  return mostLateMs({ fromMs: atMs - ESTIMATE_MS, toMs: atMs + STALL_MS }) > READ_LATE_MS;
}

/** Splits a stream into talkspurts: speech and the silence frames that end it, on one SSRC. */
function toTalkspurts(stream: readonly SentPacket[]): SentPacket[][] {
  const spurts: SentPacket[][] = [];
  for (const sent of stream) {
    const last = spurts.at(-1);
    const before = last?.at(-1);
    const goesOn =
      before?.ssrc === sent.ssrc && (sent.kind === before.kind || sent.kind !== 'speech');
    if (last !== undefined && goesOn) last.push(sent);
    else spurts.push([sent]);
  }
  return spurts;
}

/** Whether `hash` is that of a silence packet, as Discord's clients or Tapedeck write it. */
export function isSilence(hash: string): boolean {
  return SILENCE.has(hash);
}

/** `E0`, `E8`, `F0` or `F8` followed by `FF FE`, or up to 48 such frames in one packet. */
const SILENCE: ReadonlySet<string> = new Set(
  [0xe0, 0xe8, 0xf0, 0xf8].flatMap((toc) => [
    sha256(Uint8Array.of(toc, 0xff, 0xfe)),
    ...Array.from({ length: 47 }, (_, index) => {
      const frames = Array.from({ length: index + 2 }, () => [0xff, 0xfe]).flat();
      return sha256(Uint8Array.of(toc | 3, index + 2, ...frames));
    }),
  ]),
);
