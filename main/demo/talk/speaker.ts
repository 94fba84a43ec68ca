import { SILENCE_FRAME } from '../../audio/opus-silence.ts';
import type { RtpFields } from '../../rtp/rtp-writer.ts';
import { toRtpTimestamp } from '../../rtp/rtp-timestamp.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import { FRAME_SAMPLES } from './speech-source.ts';
import type { SpeechSource } from './speech-source.ts';
import { plainFrame } from '../voice/spoken-packet.ts';
import type { SealedFrame, SpokenPacket } from '../voice/spoken-packet.ts';

/** How a speaker's client sends, as the scenario has it. */
export interface SpeakerHabits {
  /** `frozen`: RTP timestamps stand still in silence, as those of many bots do. */
  readonly clock: 'running' | 'frozen';
  /** `anew`: sequence number and timestamp begin at 0 with every talkspurt, as those of some sound bots do. */
  readonly counts: 'on' | 'anew';
  /** Share of packets with RTP padding. */
  readonly paddingRatio: number;
  /** After talkspurts there are packets of padding alone, and now and then one of zeros. */
  readonly paddingBursts: boolean;
  /** One packet in ten has the marker bit, one in ten ends in `FA FA` as an end-to-end encrypted frame does. */
  readonly oddForms: boolean;
}

export interface SpeakerOptions extends SpeakerHabits {
  readonly userId: string;
  readonly channelId: string;
  readonly source: SpeechSource;
  /** The frame of the source that the conversation's first frame is. */
  readonly offsetFrames: number;
  readonly ssrc: number;
  readonly random: SeededRandom;
  /** How much this client's clock runs fast, in parts per million. */
  readonly driftPpm: number;
  /** Encrypts a packet end to end; null: there is no key, and the packet is not sent. */
  readonly seal: (opus: Uint8Array) => SealedFrame | null;
}

/** How many silence frames official clients send after a talkspurt, so that decoders do not interpolate. */
const CLOSING_FRAMES = 5;

/** One person's client: makes the packets of one 20 ms frame after the other. */
export class Speaker {
  readonly options: SpeakerOptions;
  /** False: sends nothing; RTP timestamps go on. */
  speaks = true;
  #sequence: number;
  #timestamp: number;
  #closing = 0;

  constructor(options: SpeakerOptions) {
    this.options = options;
    this.#sequence = options.random.integer(2 ** 16);
    this.#timestamp = options.random.integer(2 ** 32);
  }

  /** True while silence frames are due after a talkspurt. */
  get isClosing(): boolean {
    return this.#closing > 0;
  }

  /** The packets of the conversation's frame `index`, often none. Each frame has to be asked for once, in order. */
  frame(index: number): SpokenPacket[] {
    const { source, offsetFrames, clock } = this.options;
    const at = (index + offsetFrames) % source.packets.length;
    const packet = source.packets[at];
    const position = source.positions[at] ?? null;
    const spoken: SpokenPacket[] = [];
    if (this.speaks && source.talks[at] === true && packet !== undefined) {
      if (this.#closing === 0 && this.options.counts === 'anew') {
        this.#sequence = 0;
        this.#timestamp = 0;
      }
      this.#closing = CLOSING_FRAMES;
      const isOdd = this.options.oddForms && this.options.random.chance(0.1);
      const payload = isOdd ? endLikeCiphertext(packet) : packet;
      spoken.push(...this.#sealed(payload, { kind: 'speech', position }));
    } else if (this.#closing > 0) {
      this.#closing -= 1;
      spoken.push(...this.#sealed(SILENCE_FRAME, { kind: 'silence', position: null }));
      if (this.#closing === 0 && this.options.paddingBursts) spoken.push(...this.#burst());
    }
    if (clock === 'running' || spoken.length > 0) this.#timestamp += FRAME_SAMPLES;
    return spoken;
  }

  /**
   * 1 to 12 packets of padding alone; in half of all cases also 20 zeros, or 19 and their number, which is padding that
   * was not cut.
   */
  #burst(): SpokenPacket[] {
    const { random } = this.options;
    const padding = Array.from({ length: 1 + random.integer(12) }, () =>
      this.#packet(zeros(0), { kind: 'padding', position: null }),
    );
    if (random.chance(0.5)) return padding;
    const last = random.chance(0.5) ? 20 : 0;
    return [...padding, this.#packet(zeros(20, last), { kind: 'zeros', position: null })];
  }

  #sealed(opus: Uint8Array, what: Pick<SpokenPacket, 'kind' | 'position'>): SpokenPacket[] {
    const sealed = this.options.seal(opus);
    return sealed === null ? [] : [this.#packet({ ...sealed, plainBytes: opus.byteLength }, what)];
  }

  #packet(
    frame: SealedFrame & Pick<SpokenPacket, 'plainBytes'>,
    what: Pick<SpokenPacket, 'kind' | 'position'>,
  ): SpokenPacket {
    const { random, ssrc, paddingRatio } = this.options;
    const isPadded = what.kind === 'padding' || random.chance(paddingRatio);
    const fields: RtpFields = {
      sequence: this.#sequence & 0xffff,
      timestamp: toRtpTimestamp(this.#timestamp),
      ssrc,
      marker: this.options.oddForms && random.chance(0.1),
      extensionBody: writeExtension(frame.plainBytes, what.kind, random),
      ...(isPadded ? { paddingBytes: 1 + random.integer(what.kind === 'padding' ? 224 : 24) } : {}),
    };
    this.#sequence += 1;
    return { fields, ...frame, ...what };
  }
}

/** A payload of zeros, with another last byte if wanted, without end-to-end encryption. */
function zeros(plainBytes: number, last = 0): SealedFrame & Pick<SpokenPacket, 'plainBytes'> {
  const payload = new Uint8Array(plainBytes);
  if (last !== 0) payload[plainBytes - 1] = last;
  return { ...plainFrame(payload), plainBytes };
}

/**
 * A code-0 packet's frame in a code-3 packet with 4 bytes of Opus padding (RFC 6716 §3.2.5) that end in `FA FA`, as an
 * end-to-end encrypted frame does: decodes to the same sound. Packets of other codes are returned as they are.
 * @internal exported for tests
 */
export function endLikeCiphertext(packet: Uint8Array): Uint8Array {
  const [toc = 0] = packet;
  if ((toc & 3) !== 0) return packet;
  return Uint8Array.of(toc | 3, 0x41, 4, ...packet.subarray(1), 0, 0, 0xfa, 0xfa);
}

/**
 * RTP header extension as official clients send it, `10 LL 90 SS`: audio level (id 1) and Discord's speaking byte
 * (id 9); in one packet of ten abs-send-time (id 3) before them. The level is guessed from the packet's size.
 */
function writeExtension(
  payloadBytes: number,
  kind: SpokenPacket['kind'],
  random: SeededRandom,
): Uint8Array {
  const isVoice = kind === 'speech';
  const level = isVoice ? 0x80 | Math.max(12, 70 - payloadBytes / 2) : 127;
  const body = Uint8Array.of(0x10, level, 0x90, isVoice ? 0x02 : 0x00);
  return random.chance(0.1) ? Uint8Array.of(0x32, ...random.bytes(3), ...body) : body;
}
