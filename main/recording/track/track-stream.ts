import { concealmentPacket, writeSilence } from '../../audio/opus-silence.ts';
import { MAX_PACKET_SAMPLES, parseOpusPacket } from '../../audio/opus-packet.ts';
import { GRID_SAMPLES } from '../../audio/timeline-position.ts';
import { parseOggPage, writeOggPage } from '../../ogg/ogg-page.ts';
import { PRE_SKIP } from '../../ogg/ogg-opus.ts';

/** A packet and how long it plays, in 48 kHz samples. */
export interface TimedPacket {
  readonly packet: Uint8Array;
  readonly durationSamples: number;
}

/** 30 s in the longest silence packets: silence is made in chunks of this, so that half a day needs no memory. */
const SILENCE_CHUNK_SAMPLES = MAX_PACKET_SAMPLES * 250;

/** `samples` of silence, a multiple of 120, in the fewest packets. */
export function* silence(samples: number): Generator<TimedPacket> {
  for (let left = samples; left > 0; left -= SILENCE_CHUNK_SAMPLES) {
    for (const packet of writeSilence(Math.min(left, SILENCE_CHUNK_SAMPLES))) {
      yield { packet, durationSamples: parseOpusPacket(packet)?.durationSamples ?? 0 };
    }
  }
}

/** Packets that stand for lost frames, which decoders conceal: one packet of one byte each (RFC 7845 §4.1). */
export function* concealment(previous: Uint8Array, frameCount: number): Generator<TimedPacket> {
  const { packet, frameSamples } = concealmentPacket(previous);
  for (let frame = 0; frame < frameCount; frame += 1) {
    yield { packet, durationSamples: frameSamples };
  }
}

/** The granule position at which a track of that many samples ends: its first 312 are the pre-skip. */
export function granuleOf(samples: number): bigint {
  return BigInt(samples + PRE_SKIP);
}

/** The page as the last of its stream (EOS), ending at `granulePosition` (RFC 7845 §4.4). Throws when it is no page. */
export function toLastPage(pageBytes: Uint8Array, granulePosition: bigint): Uint8Array {
  const page = parseOggPage(pageBytes);
  if (page === null) throw new Error('the last page written is no page');
  return writeOggPage({ ...page, eos: true, granulePosition });
}

/** Rounds a granule position up to a multiple of 120 (2.5 ms), which is what silence can reach. */
export function toGrid(granulePosition: number): number {
  return Math.ceil(granulePosition / GRID_SAMPLES) * GRID_SAMPLES;
}

/** Whose track it is, as comments of the stream (RFC 7845 §5.2.3): players show the artist. */
export function writeTrackTags(who: {
  readonly userId: string | null;
  readonly name: string;
}): string[] {
  return [`ARTIST=${who.name}`, ...(who.userId === null ? [] : [`${USER_ID_TAG}=${who.userId}`])];
}

/** Reads what `writeTrackTags` wrote; null without ARTIST. */
export function parseTrackTags(
  comments: readonly string[],
): { readonly userId: string | null; readonly name: string } | null {
  const valueOf = (key: string): string | null =>
    comments.find((comment) => comment.startsWith(`${key}=`))?.slice(key.length + 1, 4_096) ?? null;
  const name = valueOf('ARTIST');
  return name === null ? null : { userId: valueOf(USER_ID_TAG), name };
}

const USER_ID_TAG = 'DISCORD_USER_ID';
