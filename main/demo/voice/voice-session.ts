import type { TransportCipher } from '../../rtp/transport-cipher.ts';
import type { UdpAddress } from '../port/udp-port.ts';
import type { DaveMessage, DaveSeat } from '../dave/dave-rooms.ts';

/** Lets a client into one voice channel by one Identify; VOICE_SERVER_UPDATE carries its token. */
export interface VoiceGrant {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
  /** Number of the voice region whose gateway and UDP port the client has to use. */
  readonly region: number;
}

/** A session's present socket, as far as the session needs it. */
export interface VoiceLine {
  readonly version: number;
  readonly region: number;
  send(message: string | Uint8Array): void;
  close(code: number, reason?: string): void;
  /** Without a close frame: the client sees 1006. */
  cut(): void;
}

/** How many numbered messages are kept for a Resume; the oldest go first. */
const MOST_KEPT = 2048;

/** One client's session at the voice server. Outlives its socket and keeps the numbered messages for a Resume. */
export class VoiceSession implements DaveSeat {
  readonly grant: VoiceGrant;
  readonly ssrc: number;
  line: VoiceLine | null = null;
  /** Set by Select Protocol. */
  cipher: TransportCipher | null = null;
  /** Where media is sent; set by IP discovery. */
  address: UdpAddress | null = null;
  /** The public address that discovery told the client, which Select Protocol has to repeat. */
  told: UdpAddress | null = null;
  /** Whether Select Protocol named the address that discovery told. */
  isAsDiscovered = false;
  /** True after a datagram that was no discovery. */
  hasSent = false;
  /** When the client's last datagram came: `performance.now()`; -Infinity before the first. */
  heardAtMs = -Infinity;
  /** Flags of its last op 5, which a client has to send before media; null: there was none. */
  speaking: number | null = null;
  /** When the first media before op 5 came; null: there was none. */
  unannouncedSinceMs: number | null = null;
  expiry: NodeJS.Timeout | null = null;
  #seq = -1;
  #kept: { readonly seq: number; readonly message: string | Uint8Array }[] = [];

  constructor(grant: VoiceGrant, ssrc: number) {
    this.grant = grant;
    this.ssrc = ssrc;
  }

  get userId(): string {
    return this.grant.userId;
  }

  get announced(): boolean {
    return this.speaking !== null;
  }

  /** Sends a message without a number, which no Resume replays. */
  sendPlain(op: number, d: unknown): void {
    this.line?.send(JSON.stringify({ op, d }));
  }

  /** Sends a message with the next number; a Resume replays it (from version 8 on). */
  sendNumbered(op: number, d: unknown): void {
    const seq = this.#next();
    this.#keep(seq, JSON.stringify({ op, d, seq }));
  }

  /** Sends a binary message with the next number: `u16 seq | u8 op | body`. */
  sendBinary(op: number, body: Uint8Array): void {
    const seq = this.#next();
    this.#keep(seq, Buffer.concat([Buffer.of(seq >> 8, seq & 0xff, op), body]));
  }

  /** Sends a message about end-to-end encryption with the next number. */
  receive({ op, body }: DaveMessage): void {
    if (Buffer.isBuffer(body)) this.sendBinary(op, body);
    else this.sendNumbered(op, body);
  }

  refuse(code: number): void {
    this.line?.close(code, 'Session is no longer valid.');
  }

  /** Sends all messages after that number again. False when they are not kept that far back, or never were sent. */
  replay(after: number): boolean {
    const first = this.#kept[0]?.seq ?? this.#seq + 1;
    if (after > this.#seq || after < first - 1) return false;
    for (const { seq, message } of this.#kept) if (seq > after) this.line?.send(message);
    return true;
  }

  #next(): number {
    this.#seq = (this.#seq + 1) & 0xffff; // `replay` fails after 65,536 messages: a demo sends fewer
    return this.#seq;
  }

  #keep(seq: number, message: string | Uint8Array): void {
    this.#kept.push({ seq, message });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    this.line?.send(message);
  }
}
