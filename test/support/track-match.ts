import type { ProbedPacket } from './ffprobe.ts';
import { isAudio, sha256, type Sent, type SentPacket } from './sent.ts';

/** A packet that was sent and where the track has it. */
export interface PlacedPacket {
  readonly sent: SentPacket;
  readonly position: number;
}

export interface TrackMatch {
  /** In the order in which they were sent. */
  readonly placed: readonly PlacedPacket[];
  /** Sent, arrived, and not where it belongs in the track. */
  readonly missing: readonly SentPacket[];
  /** In the track, and neither sent nor silence nor concealment. */
  readonly strangers: readonly ProbedPacket[];
  /** One-byte packets that stand for lost frames. */
  readonly concealed: readonly ProbedPacket[];
  /** Places within a talkspurt where the track goes on elsewhere than the sender's clock, and the sender did not stall. */
  readonly jumps: readonly PlacedPacket[];
}

/** From this size on, a packet of speech is the only one with its bytes. */
const TELLING_BYTES = 16;

/** A second and a half: longer than demo speech goes on in packets of a byte. */
const NEAR_PACKETS = 75;

/** The demo's conversation begins anew after 5 s unheard: what lies further off is the same words said again. */
const SAME_WORDS_MS = 3000;

/**
 * Holds what was sent by one person against their track, whose sample 0 is at `fromMs`: same bytes, same order, and
 * within a talkspurt the same distances as on the sender's own clock. Talkspurts may lie up to 3 s off, in order.
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
  let next = 0;

  const findBytes = (sent: SentPacket): PlacedPacket | null => {
    if (sent.payloadBytes < TELLING_BYTES) return null;
    const hash = hashOf(sent);
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
    const fits = index >= next && track[index]?.sha256 === hashOf(sent);
    return fits ? { sent, position } : null;
  };

  /** By the next one whose bytes tell: the first packets behind a gap may be too small for that. */
  const findBefore = (sent: SentPacket, behind: readonly SentPacket[]): PlacedPacket | null => {
    for (const one of behind) {
      const anchor = findBytes(one);
      if (anchor !== null) return findAfter(anchor, sent);
    }
    return null;
  };

  for (const spurt of toTalkspurts(stream)) {
    const audio = spurt.filter((sent) => isAudio(sent) && sent.fate !== 'dropped');
    let anchor = audio.map(findBytes).find((found) => found !== null) ?? null;
    for (const [order, sent] of audio.entries()) {
      const inPlace = anchor === null ? null : findAfter(anchor, sent);
      const behind = audio.slice(order + 1, order + 1 + NEAR_PACKETS);
      const found = inPlace ?? findBytes(sent) ?? findBefore(sent, behind);
      if (found === null) {
        missing.push(sent);
        continue;
      }
      if (inPlace === null && !hasStalled(audio, sent)) jumps.push(found);
      anchor = found;
      const index = byPosition.get(found.position) ?? -1;
      used.add(index);
      next = index + 1;
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

/** How much later in the track than on the sender's wall clock, in milliseconds; `fromMs` is sample 0. The median. */
export function offsetMs(placed: readonly PlacedPacket[], fromMs: number): number {
  const all = placed.map(({ sent, position }) => position / 48 - (sent.atMs - fromMs));
  return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

/** A sender that stalls and catches up cannot be told from one whose clock stood still: a jump there is nobody's fault. */
const STALL_MS = 250;
const STALL_PACKETS = 50;

/** Whether the sender's own timing was late within the last packets up to this one. */
function hasStalled(spurt: readonly SentPacket[], at: SentPacket): boolean {
  const end = spurt.indexOf(at) + 1;
  return spurt.slice(Math.max(0, end - STALL_PACKETS), end).some((sent, index, all) => {
    const before = all[index - 1];
    if (before === undefined) return false;
    const clockMs = ((sent.timestamp - before.timestamp) | 0) / 48;
    return sent.atMs - before.atMs - clockMs > STALL_MS;
  });
}

/** A talkspurt is speech and the silence that closes it, on one SSRC. */
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

/** Whether a packet is silence as Discord's clients or Tapedeck write it. */
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
