import type { TransportCipher } from '../../rtp/transport-cipher.ts';
import type { UdpAddress } from '../port/udp-port.ts';
import type { DaveMessage, DaveSeat } from '../dave/dave-rooms.ts';

/** What lets a client into one voice channel once; VOICE_SERVER_UPDATE carries its token. */
export interface VoiceGrant {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
}

/** The socket of the moment, as far as a session needs it. */
export interface VoiceLine {
  readonly version: number;
  send(message: string | Uint8Array): void;
  close(code: number, reason?: string): void;
  /** Without a close frame: the client sees 1006. */
  cut(): void;
}

/** Numbered messages kept for a resume. */
const MOST_KEPT = 2048;

/** One client's session at the voice server: outlives its socket, and knows what was sent and how to reach it. */
export class VoiceSession implements DaveSeat {
  readonly grant: VoiceGrant;
  readonly ssrc: number;
  line: VoiceLine | null = null;
  /** Set by Select Protocol. */
  cipher: TransportCipher | null = null;
  /** Set by IP discovery: where media goes. */
  address: UdpAddress | null = null;
  /** When its last datagram came; monotonic. */
  heardAtMs = -Infinity;
  /** True once the client sent op 5: required before media. */
  announced = false;
  /** Media before op 5 began; null: none. */
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

  /** A message that is not replayed. */
  sendPlain(op: number, d: unknown): void {
    this.line?.send(JSON.stringify({ op, d }));
  }

  /** A message that gets a number and is replayed on Resume (from version 8 on). */
  sendNumbered(op: number, d: unknown): void {
    const seq = this.#next();
    this.#keep(seq, JSON.stringify({ op, d, seq }));
  }

  /** Binary: `u16 seq | u8 op | body`. */
  sendBinary(op: number, body: Uint8Array): void {
    const seq = this.#next();
    this.#keep(seq, Buffer.concat([Buffer.of(seq >> 8, seq & 0xff, op), body]));
  }

  /** End-to-end encryption: numbered, whatever its form. */
  receive({ op, body }: DaveMessage): void {
    if (Buffer.isBuffer(body)) this.sendBinary(op, body);
    else this.sendNumbered(op, body);
  }

  /** Everything after that number again, on the socket of the moment. False when it is not kept that far back. */
  replay(after: number): boolean {
    const first = this.#kept[0]?.seq ?? this.#seq + 1;
    if (after > this.#seq || after < first - 1) return false;
    for (const { seq, message } of this.#kept) if (seq > after) this.line?.send(message);
    return true;
  }

  #next(): number {
    this.#seq = (this.#seq + 1) & 0xffff; // 16 bits on the wire; a demo does not live to see the wrap
    return this.#seq;
  }

  #keep(seq: number, message: string | Uint8Array): void {
    this.#kept.push({ seq, message });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    this.line?.send(message);
  }
}
