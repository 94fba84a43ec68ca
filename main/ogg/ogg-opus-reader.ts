import type { OggFinding, OggFindingKind } from './ogg-finding.ts';
import type { OggStreamState } from './ogg-opus.ts';
import type { OggPage } from './ogg-page.ts';
import { OggPageScanner } from './ogg-page-scanner.ts';
import type { ScannedPart } from './ogg-page-scanner.ts';
import { isOpusHead, parseOpusHead } from './opus-head.ts';
import type { OpusHead } from './opus-head.ts';
import { isOpusTags, parseOpusTags } from './opus-tags.ts';
import type { OpusTags } from './opus-tags.ts';
import { PacketAssembler } from './packet-assembler.ts';

/** One audio packet of a stream. */
export interface OggOpusPacket {
  /** Refers to the bytes fed: copy it before they are reused. */
  readonly packet: Uint8Array;
  readonly durationSamples: number;
  /** 48 kHz samples including pre-skip, before end trimming. The packet begins `durationSamples` earlier. */
  readonly endGranule: bigint;
  /** Start of the page on which the packet ends, in bytes from the first byte fed. */
  readonly pageOffset: number;
}

/** `packetSamples`: duration of an Opus packet in 48 kHz samples; null when it is none. */
export interface OggOpusReaderOptions {
  readonly packetSamples: (packet: Uint8Array) => number | null;
  readonly onFinding?: (finding: OggFinding) => void;
}

/** Longer packets count as broken: far above any Opus packet; OpusTags with pictures may be longer. */
const MAX_PACKET_BYTES = 1 << 20;

/**
 * Reads one Ogg Opus stream (RFC 7845) piece by piece, however the pieces are cut. Never throws: damage is a finding,
 * and reading goes on at the next valid page. The stream of the first page is read; a page of another is a finding.
 */
export class OggOpusReader {
  readonly #options: OggOpusReaderOptions;
  readonly #scanner = new OggPageScanner();
  readonly #assembler = new PacketAssembler(MAX_PACKET_BYTES);
  #head: OpusHead | null = null;
  #tags: OpusTags | null = null;
  #inHeaders = true;
  #serial: number | null = null;
  #foreignSerial: number | null = null; // of the foreign stream reported last
  #nextPageSequence = 0;
  #granule = 0n; // end of the last packet
  #afterLoss = false; // a page was missing: the next granule position is believed
  #lastPageEnd = 0;
  #endGranule: bigint | null = null;
  #ended = false;

  constructor(options: OggOpusReaderOptions) {
    this.#options = options;
  }

  /** Null until the page of OpusHead has been fed. */
  get head(): OpusHead | null {
    return this.#head;
  }

  /** Null until the pages of OpusTags have been fed. */
  get tags(): OpusTags | null {
    return this.#tags;
  }

  /** Whether the stream's last page (EOS) has been fed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Where playing ends, end trimming applied: 48 kHz samples including pre-skip. Null before the last page (EOS). */
  get endGranule(): bigint | null {
    return this.#endGranule;
  }

  /** End of the stream's last valid page, in bytes from the start of what was fed; 0 before the first. */
  get lastPageEnd(): number {
    return this.#lastPageEnd;
  }

  /** Where the stream stands at `lastPageEnd`; null before the first page. */
  get state(): OggStreamState | null {
    if (this.#serial === null) return null;
    const [serial, pageSequence] = [this.#serial, this.#nextPageSequence];
    return { serial, pageSequence, granulePosition: this.#granule };
  }

  /** Takes the next bytes; returns the audio packets that they complete. */
  feed(bytes: Uint8Array): OggOpusPacket[] {
    return this.#takeParts(this.#scanner.feed(bytes), 'garbage');
  }

  /** Call after the last bytes: returns the packets still held back, and reports what the end lacks. */
  end(): OggOpusPacket[] {
    const packets = this.#takeParts(this.#scanner.end(), 'truncated');
    const at = this.#lastPageEnd;
    if (this.#inHeaders && (this.#head === null || this.#tags === null)) {
      this.#report('header', at, 'stream ends before its headers do');
    }
    if (!this.#ended) this.#report('end', at, 'stream has no last page (EOS)');
    if (this.#assembler.interrupt()) this.#report('packet', at, 'the last packet is cut off');
    return packets;
  }

  /** `atEnd`: kind of the finding when the last part is garbage. */
  #takeParts(parts: ScannedPart[], atEnd: 'garbage' | 'truncated'): OggOpusPacket[] {
    const packets: OggOpusPacket[] = [];
    for (const part of parts) {
      if (part.kind === 'page') {
        this.#takePage(part.page, part.offset, packets);
      } else {
        const message = `${String(part.byteLength)} bytes are no valid page`;
        this.#report(part === parts.at(-1) ? atEnd : 'garbage', part.offset, message);
      }
    }
    return packets;
  }

  #takePage(page: OggPage, offset: number, packets: OggOpusPacket[]): void {
    this.#serial ??= page.serial;
    if (page.serial !== this.#serial) {
      if (page.serial === this.#foreignSerial) return;
      this.#foreignSerial = page.serial;
      return this.#report('foreign-page', offset, `page of stream ${String(page.serial)}`);
    }
    if (!this.#checkSequence(page, offset)) return;
    if (this.#ended) this.#report('end', offset, 'page behind the last page (EOS)');
    this.#ended ||= page.eos;
    this.#nextPageSequence = (page.pageSequence + 1) >>> 0;
    this.#lastPageEnd = offset + page.byteLength;

    const pagePackets = this.#assembler.take(page);
    if (pagePackets.brokenCount > 0) {
      const count = String(pagePackets.brokenCount);
      this.#report('packet', offset, `${count} packets are too large or in part missing`);
    }
    const audio = pagePackets.packets.filter((packet) => !this.#takeHeader(packet, offset));
    this.#takeAudio({ page, offset, audio }, packets);
  }

  /** False for a page that repeats an earlier one. */
  #checkSequence(page: OggPage, offset: number): boolean {
    const expected = this.#nextPageSequence;
    if (page.pageSequence === expected) return true;
    const found = `page ${String(page.pageSequence)} where ${String(expected)} belongs`;
    this.#report('page-sequence', offset, found);
    if (page.pageSequence < expected && page.granulePosition <= this.#granule) return false;
    if (this.#assembler.interrupt()) this.#report('packet', offset, 'a packet is cut off');
    this.#afterLoss = true;
    return true;
  }

  /** Whether the packet is a header: never after the first audio packet. */
  #takeHeader(packet: Uint8Array, offset: number): boolean {
    if (!this.#inHeaders) return false;
    if (isOpusHead(packet)) {
      this.#head ??= parseOpusHead(packet);
      if (this.#head === null) this.#report('header', offset, 'OpusHead is malformed');
      return true;
    }
    if (isOpusTags(packet)) {
      this.#tags ??= parseOpusTags(packet);
      if (this.#tags === null) this.#report('header', offset, 'OpusTags is malformed');
      return true;
    }
    this.#inHeaders = false;
    if (this.#head === null) this.#report('header', offset, 'audio comes before OpusHead');
    if (this.#tags === null) this.#report('header', offset, 'audio comes before OpusTags');
    return false;
  }

  #takeAudio(
    { page, offset, audio }: { page: OggPage; offset: number; audio: Uint8Array[] },
    packets: OggOpusPacket[],
  ): void {
    const measured: { packet: Uint8Array; durationSamples: number }[] = [];
    let pageSamples = 0;
    for (const packet of audio) {
      const durationSamples = this.#options.packetSamples(packet);
      if (durationSamples === null) {
        this.#report('packet', offset, `${String(packet.byteLength)} bytes are no Opus packet`);
        continue;
      }
      measured.push({ packet, durationSamples });
      pageSamples += durationSamples;
    }
    const lastSamples = measured.at(-1)?.durationSamples ?? 0;
    this.#granule = this.#startOfPage(page, offset, { pageSamples, lastSamples });
    for (const { packet, durationSamples } of measured) {
      this.#granule += BigInt(durationSamples);
      packets.push({ packet, durationSamples, endGranule: this.#granule, pageOffset: offset });
    }
    if (page.eos) this.#endGranule = measured.length > 0 ? page.granulePosition : this.#granule;
  }

  /**
   * Granule position where the page's first packet begins: where the packet before ended, or what the page's own
   * granule position says where the two differ (a finding, unless a page was missing) and that is believable.
   */
  #startOfPage(
    page: OggPage,
    offset: number,
    { pageSamples, lastSamples }: { pageSamples: number; lastSamples: number },
  ): bigint {
    if (pageSamples === 0) return this.#granule;
    const expectedEnd = this.#granule + BigInt(pageSamples);
    const trimmed = expectedEnd - page.granulePosition;
    const said = page.granulePosition - BigInt(pageSamples);
    if (this.#afterLoss && page.granulePosition >= 0n) {
      this.#afterLoss = false;
      return said;
    }
    if (trimmed === 0n) return this.#granule;
    if (page.eos && trimmed > 0n && trimmed < lastSamples) return this.#granule;
    const numbers = `${String(page.granulePosition)}, packets end at ${String(expectedEnd)}`;
    this.#report('granule', offset, `granule position is ${numbers}`);
    const believable = page.granulePosition >= 0n && !(page.eos && trimmed > 0n);
    return believable ? said : this.#granule;
  }

  #report(kind: OggFindingKind, offset: number, message: string): void {
    this.#options.onFinding?.({ kind, offset, message });
  }
}
