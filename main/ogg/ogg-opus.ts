import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { lacingCountOf, MAX_LACING_VALUES, writeOggPage } from './ogg-page.ts';
import { writeOpusHead } from './opus-head.ts';
import { writeOpusTags } from './opus-tags.ts';

/** 48 kHz samples that players throw away at the beginning: the common encoder delay, the same in every track. */
export const PRE_SKIP = 312;

/** Half a second: the wait in memory and the wait for the disk together stay within the second a crash may cost. */
const MAX_PAGE_SAMPLES = 24_000;
const FIRST_BODY_BYTES = 8192; // a page of 25 packets at 100 kb/s; grows when one needs more
const NO_PAGES: readonly Uint8Array[] = [];

/** Where a stream stands behind a page, so that a muxer can resume it. */
export interface OggStreamState {
  /** Unsigned 32-bit. */
  readonly serial: number;
  /** Number of the next page. */
  readonly pageSequence: number;
  /** End of the last packet written, 48 kHz samples including pre-skip. */
  readonly granulePosition: bigint;
}

/**
 * Makes one Ogg Opus stream (RFC 7845) of packets that follow each other without a hole: two channels, gain 0,
 * mapping family 0. Each page ends with a packet, holds at most half a second and is valid by itself. Knows no file.
 */
export class OggOpusMuxer {
  readonly #serial: number;
  readonly #tags: readonly string[];
  #pageSequence = 2; // behind the two header pages
  #granule = 0; // a number holds 5900 years of samples, and costs nothing a packet
  #pageSamples = 0;
  #lastPacketSamples = 0; // 0 when its page has been returned
  readonly #lacing = new Uint8Array(MAX_LACING_VALUES);
  #lacingCount = 0;
  #body = new Uint8Array(FIRST_BODY_BYTES);
  #bodyBytes = 0;

  /** `serial` unsigned 32-bit; `tags` "KEY=value" each. */
  constructor(options: { serial: number; tags?: readonly string[] }) {
    this.#serial = options.serial;
    this.#tags = options.tags ?? [];
  }

  /** A muxer for the rest of a stream that was cut off behind a whole page. */
  static resume(state: OggStreamState): OggOpusMuxer {
    const muxer = new OggOpusMuxer(state);
    muxer.#pageSequence = state.pageSequence;
    muxer.#granule = Number(state.granulePosition);
    return muxer;
  }

  /** End of everything pushed: 48 kHz samples including pre-skip. */
  get granulePosition(): bigint {
    return BigInt(this.#granule);
  }

  /** OpusHead on a page of its own (BOS), then OpusTags: what a file begins with. */
  headerPages(): Uint8Array {
    const head = writeOpusHead({
      channels: 2,
      preSkip: PRE_SKIP,
      inputSampleRateHz: SAMPLE_RATE_HZ,
      outputGain: 0,
    });
    const tags = writeOpusTags({ vendor: 'Tapedeck', comments: this.#tags });
    const first = this.#headerPage(head, 0);
    const second = this.#headerPage(tags, 1);
    const pages = new Uint8Array(first.byteLength + second.byteLength);
    pages.set(first);
    pages.set(second, first.byteLength);
    return pages;
  }

  /**
   * Queues one packet. Returns the page under way when the packet does not fit on it (255 lacing values, half a
   * second), else no page; so a packet is always left for the last page. Throws for more than 65024 bytes.
   */
  push(packet: Uint8Array, durationSamples: number): readonly Uint8Array[] {
    const lacingCount = lacingCountOf(packet.byteLength);
    if (lacingCount > MAX_LACING_VALUES) {
      throw new Error(`packet of ${String(packet.byteLength)} bytes does not fit on a page`);
    }
    const fits =
      this.#lacingCount + lacingCount <= MAX_LACING_VALUES &&
      this.#pageSamples + durationSamples <= MAX_PAGE_SAMPLES;
    const page = fits ? null : this.flush();
    this.#append(packet, lacingCount);
    this.#pageSamples += durationSamples;
    this.#lastPacketSamples = durationSamples;
    this.#granule += durationSamples;
    return page === null ? NO_PAGES : [page];
  }

  /** The page under way; null when no packet waits in it. */
  flush(): Uint8Array | null {
    return this.#lacingCount === 0 ? null : this.#completePage('goes-on', this.granulePosition);
  }

  /**
   * The last page (EOS). Playing ends at `endGranule`, which lies within the last packet (end trimming, RFC 7845 §4.4)
   * or at its end; after `flush` only at its end, because the cut must be on the packet's page. Throws otherwise.
   */
  finish(endGranule: bigint): Uint8Array {
    const trimmed = this.#granule - Number(endGranule);
    if (trimmed < 0 || (trimmed > 0 && trimmed >= this.#lastPacketSamples)) {
      throw new Error(
        `end ${String(endGranule)} is not in the ${String(this.#lastPacketSamples)} samples before ` +
          String(this.#granule),
      );
    }
    // A page on which no packet ends may name no granule position (RFC 3533 §6).
    return this.#completePage('ends', this.#lacingCount === 0 ? -1n : endGranule);
  }

  #append(packet: Uint8Array, lacingCount: number): void {
    const bodyBytes = this.#bodyBytes + packet.byteLength;
    if (bodyBytes > this.#body.byteLength) {
      const larger = new Uint8Array(Math.max(bodyBytes, 2 * this.#body.byteLength));
      larger.set(this.#body.subarray(0, this.#bodyBytes));
      this.#body = larger;
    }
    this.#body.set(packet, this.#bodyBytes);
    this.#bodyBytes = bodyBytes;
    const last = this.#lacingCount + lacingCount - 1;
    for (let at = this.#lacingCount; at < last; at += 1) this.#lacing[at] = 255;
    this.#lacing[last] = packet.byteLength % 255;
    this.#lacingCount = last + 1;
  }

  #completePage(stream: 'goes-on' | 'ends', granulePosition: bigint): Uint8Array {
    const page = writeOggPage({
      continued: false,
      bos: false,
      eos: stream === 'ends',
      granulePosition,
      serial: this.#serial,
      pageSequence: this.#pageSequence,
      lacing: this.#lacing.subarray(0, this.#lacingCount),
      body: this.#body.subarray(0, this.#bodyBytes),
    });
    this.#pageSequence += 1;
    this.#lacingCount = 0;
    this.#bodyBytes = 0;
    this.#pageSamples = 0;
    this.#lastPacketSamples = 0;
    return page;
  }

  #headerPage(packet: Uint8Array, pageSequence: 0 | 1): Uint8Array {
    const lacing = new Uint8Array(lacingCountOf(packet.byteLength)).fill(255);
    lacing[lacing.byteLength - 1] = packet.byteLength % 255;
    return writeOggPage({
      continued: false,
      bos: pageSequence === 0,
      eos: false,
      granulePosition: 0n,
      serial: this.#serial,
      pageSequence,
      lacing,
      body: packet,
    });
  }
}
