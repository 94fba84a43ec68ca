import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { writeRtpPacket } from '../../../main/rtp/rtp-writer.ts';
import type { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedBytes } from './changed-bytes.ts';

/** The stream of one SSRC, which wrong packets interrupt. */
interface Voice {
  ssrc: number;
  sequence: number;
  timestamp: number;
}

export interface HostileRtpOptions {
  readonly random: SeededRandom;
  readonly ssrcs: readonly number[];
  /** What the RTP packet carries: the Opus packet, or the frame that it is encrypted to. */
  readonly frame: (voice: number, opus: Uint8Array) => Uint8Array;
}

const MOST_EXTENSION_WORDS = 12;

/** Payload types: those of Discord's packets and their neighbours. */
const PAYLOAD_TYPES = [0, 72, 73, 101, 103, 119, 121, 127];

const LEAPS = [-40_000, -3_001, -3_000, -200, -2, -1, 0, 0, 2, 3, 99, 101, 3_000, 30_000, 32_768];
const TIME_LEAPS = [-(2 ** 31), -48_000_000, -960, -1, 0, 1, 119, 121, 959, 48_000, 2 ** 31];

/** Makes the RTP packets of a call, unencrypted; half of them are wrong in some way. */
export class HostileRtp {
  readonly #options: HostileRtpOptions;
  readonly #voices: readonly Voice[];
  #before: Uint8Array = new Uint8Array(0);

  constructor(options: HostileRtpOptions) {
    this.#options = options;
    const { random } = options;
    this.#voices = options.ssrcs.map((ssrc) => ({
      ssrc,
      sequence: random.integer(0x1_0000),
      timestamp: random.integer(2 ** 32),
    }));
  }

  /** Skips packets: for `forMs` they were sent and none was received. */
  skip(forMs: number): void {
    for (const voice of this.#voices) {
      voice.sequence = (voice.sequence + Math.round(forMs / 20)) & 0xffff;
      voice.timestamp += Math.round(forMs / 20) * 960;
    }
  }

  /** The next packet, and which part of it is wrong. */
  next(): { readonly packet: Uint8Array; readonly wrong: string } {
    const { random, frame } = this.#options;
    const number = random.integer(this.#voices.length);
    const voice = this.#voices[number] ?? { ssrc: 0, sequence: 0, timestamp: 0 };
    const opus = opusPacket(random);
    const dice = random.next();
    if (dice < 0.5) return { packet: this.#write(voice, frame(number, opus)), wrong: 'nothing' };
    if (dice < 0.58) {
      voice.sequence += LEAPS[random.integer(LEAPS.length)] ?? 0;
      return { packet: this.#write(voice, frame(number, opus)), wrong: 'sequence' };
    }
    if (dice < 0.66) {
      voice.timestamp += TIME_LEAPS[random.integer(TIME_LEAPS.length)] ?? 0;
      return { packet: this.#write(voice, frame(number, opus)), wrong: 'timestamp' };
    }
    if (dice < 0.72) {
      const flood = { ...voice, ssrc: random.integer(2 ** 32) };
      return { packet: this.#write(flood, frame(number, opus)), wrong: 'SSRC' };
    }
    if (dice < 0.74) return { packet: this.#before, wrong: 'said twice' };
    if (dice < 0.82) {
      const packet = this.#write(voice, frame(number, changedBytes(opus, random)));
      return { packet, wrong: 'Opus packet' };
    }
    if (dice < 0.88) {
      const packet = this.#write(voice, changedBytes(frame(number, opus), random));
      return { packet, wrong: 'frame' };
    }
    if (dice < 0.91) {
      return { packet: this.#write(voice, new Uint8Array(random.integer(30))), wrong: 'zeros' };
    }
    const whole = this.#write(voice, frame(number, opus));
    return { packet: lying(whole, random), wrong: 'header' };
  }

  #write(voice: Voice, payload: Uint8Array): Uint8Array {
    const { random } = this.#options;
    voice.sequence = (voice.sequence + 1) & 0xffff;
    voice.timestamp += 960;
    const { ssrc, sequence } = voice;
    const words = random.integer(MOST_EXTENSION_WORDS);
    const packet = writeRtpPacket(
      {
        ssrc,
        sequence,
        timestamp: toRtpTimestamp(voice.timestamp),
        marker: random.next() < 0.1,
        csrcs: random.next() < 0.1 ? [1, 2, 3].slice(random.integer(3)) : [],
        ...(random.next() < 0.5 ? { extensionBody: random.bytes(4 * words) } : {}),
        paddingBytes: random.next() < 0.1 ? random.integer(256) : 0,
      },
      payload,
    );
    this.#before = packet;
    return packet;
  }
}

/**
 * The packet with a header that contradicts it: version, payload type, CSRC count, extension length or padding count.
 */
function lying(packet: Uint8Array, random: SeededRandom): Uint8Array {
  const bytes = Buffer.from(packet);
  const byte = (): number => [0, 1, 0x10, 0x7f, 0x80, 0xff][random.integer(6)] ?? 0;
  switch (random.integer(6)) {
    case 0:
      bytes.writeUInt8(random.integer(256), 0); // version, P, X, CC
      break;
    case 1:
      bytes.writeUInt8(PAYLOAD_TYPES[random.integer(PAYLOAD_TYPES.length)] ?? 0, 1);
      break;
    case 2:
      bytes.writeUInt8(bytes.readUInt8(0) | 0x10, 0); // X, and a length that may be anything
      bytes.fill(byte(), 12, Math.min(bytes.byteLength, 16));
      break;
    case 3:
      bytes.writeUInt8(bytes.readUInt8(0) | 0x20, 0); // P, and a count that may be anything
      bytes.writeUInt8(byte(), bytes.byteLength - 1);
      break;
    case 4:
      return bytes.subarray(0, 12 + random.integer(bytes.byteLength - 11));
    default:
      return changedBytes(bytes, random);
  }
  return bytes;
}

/** An Opus packet of any configuration and code, mostly short. */
function opusPacket(random: SeededRandom): Uint8Array {
  if (random.next() < 0.1) return Uint8Array.of(0xf8, 0xff, 0xfe);
  const body = random.bytes(random.integer(random.next() < 0.02 ? 1_300 : 40));
  const toc = random.next() < 0.7 ? 0x78 : random.integer(256);
  return Buffer.concat([Buffer.of(toc), body]);
}
