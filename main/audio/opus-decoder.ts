import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { OpusEncoder } from './opus-binding.ts';

/** Rate and channels of decoded samples. Defaults: 48 kHz, two channels. */
export interface DecoderFormat {
  readonly rateHz?: 48000 | 16000;
  readonly channels?: 1 | 2;
}

const REFUSED = new Int16Array(0);

/** One track's decoder: libopus keeps state from packet to packet, so packets have to come in order. */
export class OpusDecoder {
  readonly #opus: InstanceType<typeof OpusEncoder>;

  constructor(format: DecoderFormat = {}) {
    this.#opus = new OpusEncoder(format.rateHz ?? SAMPLE_RATE_HZ, format.channels ?? 2);
  }

  /**
   * Interleaved 16-bit samples of one Opus packet. A packet of one byte stands for a lost frame, which libopus conceals
   * (RFC 7845 §4.1). Empty when the decoder refuses the packet; never throws for a packet's sake.
   */
  decode(packet: Uint8Array): Int16Array {
    if (packet.byteLength === 0) return REFUSED; // libopus would conceal its longest frame
    let bytes: Buffer;
    try {
      // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the addon takes any Uint8Array
      bytes = this.#opus.decode(packet as Buffer);
    } catch {
      return REFUSED; // the addon throws when opus_decode returns an error
    }
    if (bytes.byteOffset % 2 !== 0) bytes = Buffer.from(bytes); // 16-bit views need an even start
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
  }
}
