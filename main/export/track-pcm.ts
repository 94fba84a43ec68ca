import { OpusDecoder } from '../audio/opus-decoder.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { TrackPacket } from '../recording/track/track-reader.ts';
import type { PcmSource } from './pcm-source.ts';
import { SilenceRun } from './silence-run.ts';

/**
 * Packets that are decoded before the first one wanted, so that the decoder has converged by then: 1 s. RFC 7845 §4.6
 * asks for 80 ms at least; more costs little, since the file is read from its start anyway.
 */
const PRE_ROLL_SAMPLES = SAMPLE_RATE_HZ;

/** Samples at a position of the recording; zeros when `pcm` is null. */
interface Piece {
  readonly position: number;
  readonly samples: number;
  readonly pcm: Int16Array | null;
}

/**
 * One track, decoded from `fromSamples` of the recording on. Samples go to their packet's position; between packets and
 * after the last are zeros; where two packets overlap, the earlier one stays. The first 312 samples lie before position
 * 0 and are dropped (RFC 7845 §4.2).
 */
export class TrackPcm implements PcmSource {
  readonly #packets: AsyncIterator<TrackPacket>;
  readonly #channels: 1 | 2;
  readonly #decoder: OpusDecoder;
  readonly #silence = new SilenceRun();
  readonly #decodeFrom: number;
  /** Position of the next frame to hand out. */
  #at: number;
  /** The piece that is handed out next; null at the end of the track. */
  #piece: Piece | null = { position: -Infinity, samples: 0, pcm: null };
  /** End of the packets so far; a packet that ends no later has no place left and must not reach the decoder. */
  #takenUntil = -Infinity;
  #refusedCount = 0;

  constructor(
    packets: AsyncIterable<TrackPacket>,
    options: { readonly fromSamples: number; readonly channels: 1 | 2 },
  ) {
    this.#packets = packets[Symbol.asyncIterator]();
    this.#channels = options.channels;
    this.#decoder = new OpusDecoder({ channels: options.channels });
    this.#at = options.fromSamples;
    this.#decodeFrom = options.fromSamples - PRE_ROLL_SAMPLES;
  }

  /** Packets that the decoder refused; each became silence of its duration. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  async read(into: Int16Array): Promise<boolean> {
    const frames = into.length / this.#channels;
    let sounding = false;
    for (let done = 0; done < frames;) {
      const piece = this.#piece;
      if (piece !== null && piece.position + piece.samples <= this.#at) {
        this.#piece = await this.#next();
        continue;
      }
      const room = frames - done;
      const wait = piece === null ? Infinity : piece.position - this.#at;
      const taken = this.#take(into.subarray(done * this.#channels), { piece, wait, room });
      sounding ||= wait <= 0 && piece?.pcm != null;
      this.#at += taken;
      done += taken;
    }
    return sounding;
  }

  async close(): Promise<void> {
    await this.#packets.return?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Copies from the piece, or writes zeros up to the piece; returns how many frames. */
  #take(
    into: Int16Array,
    from: { readonly piece: Piece | null; readonly wait: number; readonly room: number },
  ): number {
    const { piece, wait, room } = from;
    if (piece === null || wait > 0) {
      const frames = Math.min(wait, room);
      into.fill(0, 0, frames * this.#channels);
      return frames;
    }
    const skip = -wait;
    const frames = Math.min(piece.samples - skip, room);
    if (piece.pcm === null) into.fill(0, 0, frames * this.#channels);
    else into.set(piece.pcm.subarray(skip * this.#channels, (skip + frames) * this.#channels));
    return frames;
  }

  async #next(): Promise<Piece | null> {
    const result = await this.#packets.next();
    return result.done === true ? null : this.#decode(result.value);
  }

  #decode({ position, durationSamples, packet }: TrackPacket): Piece {
    const silent: Piece = { position, samples: durationSamples, pcm: null };
    const end = position + durationSamples;
    if (end <= this.#takenUntil) return silent;
    this.#takenUntil = end;
    if (end <= this.#decodeFrom) return silent;
    if (this.#silence.decodesToZeros(packet, durationSamples)) return silent;
    const pcm = this.#decoder.decode(packet);
    if (pcm.length === 0) {
      this.#refusedCount += 1;
      return silent;
    }
    return { position, samples: pcm.length / this.#channels, pcm };
  }
}
