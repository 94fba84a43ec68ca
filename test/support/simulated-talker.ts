import { SILENCE_FRAME } from '../../main/audio/opus-silence.ts';
import { advanceTimestamp } from '../../main/rtp/sequence.ts';
import { toRtpTimestamp, type RtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import type { SeededRandom } from '../../main/base/seeded-random.ts';

/** A packet that a client sends, before any cipher. */
export interface SpokenPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: RtpTimestamp;
  /** Empty in padding. */
  readonly opus: Uint8Array;
  readonly kind: 'speech' | 'silence' | 'padding';
  readonly sentMs: number;
  /** More than 40 packets of the talkspurt come before it and after it. */
  readonly isInside: boolean;
}

export interface TalkerOptions {
  readonly userId: string;
  readonly random: SeededRandom;
  /** A free SSRC for each new voice session. */
  readonly newSsrc: () => number;
  /** What the RTP clock does in silence. */
  readonly clock: 'running' | 'frozen';
  /** How much faster the client's clock is than ours. */
  readonly driftPpm: number;
}

const PACKET_MS = 20;
const PACKET_SAMPLES = 960;
/** TOC of 20 ms, hybrid, fullband, mono, one frame: any bytes may follow. */
const TOC = 0x78;
const SILENCE_FRAMES = 5;
const INSIDE_PACKETS = 40;
const PADDING_SHARE = 0.2;
const NOTHING = new Uint8Array(0);
const POOL_BYTES = 1 << 16;

/**
 * One speaker's client in a long call: talkspurts of 1 to 12 s, pauses of 0.3 to 30 s, so talk for 30 % of the time.
 */
export class Talker {
  readonly userId: string;
  readonly #options: TalkerOptions;
  readonly #tickMs: number;
  readonly #pool: Uint8Array;
  #ssrc = 0;
  #sequence = 0;
  #timestamp = toRtpTimestamp(0);
  #nextMs: number;
  #spoken = 0;
  /** Speech packets that the talkspurt still has; below 0 it sends silence frames. */
  #left = 0;
  #endedMs = -Infinity;
  #isMute = false;

  constructor(options: TalkerOptions) {
    this.#options = options;
    this.userId = options.userId;
    this.#tickMs = PACKET_MS / (1 + options.driftPpm / 1e6);
    this.#pool = options.random.bytes(POOL_BYTES);
    this.#nextMs = options.random.next() * 5_000;
    this.beginStream();
    this.#beginTalkspurt();
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  /** Whether its last talkspurt ended more than `ms` ago and the next has not begun. */
  isSilentFor(ms: number, nowMs: number): boolean {
    return this.#spoken === 0 && nowMs - this.#endedMs > ms;
  }

  /** A new voice session: sequence number and timestamp are random, in half of the cases close to a wrap. */
  beginStream(): void {
    const { random, newSsrc } = this.#options;
    this.#ssrc = newSsrc();
    this.#sequence = random.next() < 0.5 ? 65_000 + random.integer(536) : random.integer(65_536);
    const nearWrap = random.next() < 0.5 ? 2 ** 32 : 2 ** 31;
    this.#timestamp = toRtpTimestamp(nearWrap - random.integer(100_000_000));
  }

  /** Begins no talkspurt after the one under way. */
  mute(): void {
    this.#isMute = true;
  }

  unmute(nowMs: number): void {
    this.#isMute = false;
    this.#rest(nowMs);
  }

  /** Talks from `fromMs` on for `lengthMs`. */
  hold(fromMs: number, lengthMs: number): void {
    if (this.#spoken === 0) this.#skipTo(fromMs);
    this.#spoken = INSIDE_PACKETS;
    this.#left = Math.ceil(lengthMs / PACKET_MS);
  }

  /** Begins no talkspurt before `untilMs`. */
  wait(untilMs: number): void {
    if (this.#spoken === 0 && this.#nextMs < untilMs) this.#skipTo(untilMs);
  }

  /** The packets that it sends before `toMs`. */
  *until(toMs: number): Generator<SpokenPacket> {
    while (this.#nextMs < toMs) {
      if (this.#isMute && this.#spoken === 0) {
        this.#skipTo(toMs);
        return;
      }
      yield this.#packet(this.#left > 0 ? 'speech' : 'silence');
      this.#spoken += 1;
      this.#left -= 1;
      this.#nextMs += this.#tickMs;
      this.#timestamp = advanceTimestamp(this.#timestamp, PACKET_SAMPLES);
      if (this.#left > -SILENCE_FRAMES) continue;
      if (this.#options.random.next() < PADDING_SHARE) yield this.#packet('padding');
      this.#rest(this.#nextMs);
    }
  }

  #packet(kind: SpokenPacket['kind']): SpokenPacket {
    const packet = {
      ssrc: this.#ssrc,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      kind,
      opus: this.#opus(kind),
      sentMs: this.#nextMs,
      isInside: this.#spoken > INSIDE_PACKETS && this.#left > INSIDE_PACKETS,
    };
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return packet;
  }

  #opus(kind: SpokenPacket['kind']): Uint8Array {
    if (kind === 'silence') return SILENCE_FRAME;
    if (kind === 'padding') return NOTHING;
    const { random } = this.#options;
    const at = random.integer(POOL_BYTES - 200);
    const opus = this.#pool.slice(at, at + 40 + random.integer(80));
    opus[0] = TOC;
    return opus;
  }

  #rest(fromMs: number): void {
    this.#endedMs = this.#nextMs;
    this.#skipTo(Math.max(this.#nextMs, fromMs) + 300 + this.#options.random.next() * 29_700);
    this.#beginTalkspurt();
  }

  #beginTalkspurt(): void {
    this.#spoken = 0;
    this.#left = 50 + this.#options.random.integer(550);
  }

  #skipTo(ms: number): void {
    const skippedMs = ms - this.#nextMs;
    this.#nextMs = ms;
    if (this.#options.clock === 'frozen' || skippedMs <= 0) return;
    const samples = Math.round((skippedMs / this.#tickMs) * PACKET_SAMPLES);
    this.#timestamp = advanceTimestamp(this.#timestamp, samples);
  }
}
