import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { DAVE_OPS } from '../dave/dave-payloads.ts';
import type { UdpAddress } from '../port/udp-port.ts';
import { parseJson } from '../../base/json.ts';
import { bytesOf } from '../port/frames.ts';
import {
  VOICE_OPS,
  heartbeat,
  identify,
  resume,
  selectProtocol,
  speaking,
} from './voice-payloads.ts';
import type { VoiceIdentify, VoiceResume } from './voice-payloads.ts';
import type { VoiceLine, VoiceSession } from './voice-session.ts';

/** What a voice socket asks of the server that accepted it. A number as result is the code to close the socket with. */
export interface VoiceHost {
  readonly heartbeatMs: number;
  /** False: heartbeats stay unanswered. */
  readonly answersHeartbeats: () => boolean;
  identify(message: VoiceIdentify, line: VoiceLine): VoiceSession | number;
  resume(message: VoiceResume, line: VoiceLine): VoiceSession | number;
  /** Sends op 2 and what follows it. */
  sendReady(session: VoiceSession): void;
  selectProtocol(
    session: VoiceSession,
    chosen: UdpAddress & { readonly mode: string },
  ): number | null;
  speaking(session: VoiceSession, flags: number): void;
  /** End-to-end encryption: a Buffer is a binary op's body, anything else a JSON op's `d`. */
  dave(session: VoiceSession, said: { readonly op: number; readonly body: unknown }): number | null;
  /** The socket is closed; `final`: the session has ended with it and cannot be resumed. */
  detach(session: VoiceSession, line: VoiceLine, how: 'final' | 'resumable'): void;
  log(session: VoiceSession | null, message: string, fields?: Record<string, unknown>): void;
}

/** Discord refuses older versions, and a missing one, since November 2024. */
const OLDEST_VERSION = 4;
const frame = z.object({ op: z.number().int(), d: z.unknown() });
/** How long a client may take to identify. */
const IDENTIFY_LIMIT_MS = 15_000;
const SILENT_OPS: ReadonlySet<number> = new Set([
  VOICE_OPS.video,
  VOICE_OPS.mediaSinkWants,
  VOICE_OPS.clientPlatform,
  VOICE_OPS.noRoute,
]);
const JSON_DAVE_OPS: ReadonlySet<number> = new Set([
  DAVE_OPS.transitionReady,
  DAVE_OPS.invalidCommitWelcome,
]);
const BINARY_DAVE_OPS: ReadonlySet<number> = new Set([DAVE_OPS.keyPackage, DAVE_OPS.commitWelcome]);

/** One socket at the voice gateway: checks what the client sends and closes it with the code Discord would use. */
export class VoiceSocket implements VoiceLine {
  readonly version: number;
  readonly region: number;
  readonly #socket: WebSocket;
  readonly #host: VoiceHost;
  #session: VoiceSession | null = null;
  #silence: NodeJS.Timeout | null = null;
  #closeCode: number | null = null;

  constructor(
    socket: WebSocket,
    { url, region }: { readonly url: URL; readonly region: number },
    host: VoiceHost,
  ) {
    this.#socket = socket;
    this.region = region;
    this.#host = host;
    this.version = Number(url.searchParams.get('v') ?? 0);
    socket.on('close', (code) => this.#onClose(code));
    if (!(this.version >= OLDEST_VERSION && this.version <= 9)) {
      this.close(4012, 'unsupported voice gateway version');
      return;
    }
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    this.#write(VOICE_OPS.hello, { v: this.version, heartbeat_interval: host.heartbeatMs });
    this.#closeAfter(IDENTIFY_LIMIT_MS);
  }

  send(message: string | Uint8Array): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message);
  }

  close(code: number, reason = ''): void {
    this.#closeCode ??= code;
    this.#host.log(this.#session, 'closed by the server', { code, reason });
    this.#socket.close(code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }

  #write(op: number, d: unknown): void {
    this.send(JSON.stringify({ op, d }));
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (isBinary) return this.#onBinary(bytesOf(data));
    const message = frame.safeParse(parseJson(bytesOf(data).toString('utf8'))).data;
    if (message === undefined) return this.close(4002, 'Failed to decode payload.');
    const { op, d } = message;
    if (op === VOICE_OPS.heartbeat) return this.#onHeartbeat(d);
    if (op === VOICE_OPS.identify) return this.#onIdentify(d);
    if (op === VOICE_OPS.resume) return this.#onResume(d);
    if (this.#session === null) return this.close(4003, 'Not authenticated.');
    if (op === VOICE_OPS.selectProtocol) return this.#onSelectProtocol(this.#session, d);
    if (op === VOICE_OPS.speaking) return this.#onSpeaking(this.#session, d);
    if (op === VOICE_OPS.backendVersion) {
      return this.#write(op, { voice: '0.14.0', rtc_worker: '0.4.11' });
    }
    if (JSON_DAVE_OPS.has(op)) return this.#onDave(this.#session, op, d);
    if (!SILENT_OPS.has(op)) this.close(4001, 'Unknown opcode.');
  }

  #onBinary(bytes: Buffer): void {
    if (this.#session === null) return this.close(4003, 'Not authenticated.');
    const op = bytes[0];
    if (op === undefined || !BINARY_DAVE_OPS.has(op)) return this.close(4001, 'Unknown opcode.');
    this.#host.log(this.#session, 'binary', { op, bytes: bytes.byteLength });
    this.#onDave(this.#session, op, bytes.subarray(1));
  }

  #onDave(session: VoiceSession, op: number, body: unknown): void {
    const code = this.#host.dave(session, { op, body });
    if (code !== null) this.close(code, 'End-to-end encryption message refused.');
  }

  #onHeartbeat(d: unknown): void {
    const nonce = this.version < 8 ? z.number().safeParse(d).data : heartbeat.safeParse(d).data?.t;
    if (nonce === undefined) return this.close(4002, 'Failed to decode payload.'); // or no seq_ack (v8)
    if (this.#session !== null) this.#closeAfter(this.#host.heartbeatMs * 2 + 1000);
    if (!this.#host.answersHeartbeats()) return;
    this.#write(VOICE_OPS.heartbeatAck, this.version < 8 ? nonce : { t: nonce });
  }

  #onIdentify(d: unknown): void {
    if (this.#session !== null) return this.close(4005, 'Already authenticated.');
    const parsed = identify.safeParse(d);
    if (!parsed.success) return this.close(4002, 'Failed to decode payload.');
    const { max_dave_protocol_version: dave, server_id: guildId } = parsed.data;
    const session = this.#host.identify(parsed.data, this);
    if (typeof session === 'number') return this.close(session, REASONS[session]);
    this.#session = session;
    this.#host.log(session, 'identified', { guildId, version: this.version, dave: dave ?? null });
    this.#closeAfter(this.#host.heartbeatMs * 2 + 1000);
    this.#host.sendReady(session);
  }

  #onResume(d: unknown): void {
    if (this.#session !== null) return this.close(4005, 'Already authenticated.');
    const parsed = resume.safeParse(d);
    const isWhole = parsed.success && (this.version < 8 || parsed.data.seq_ack !== undefined);
    if (!isWhole) return this.close(4002, 'Failed to decode payload.');
    const session = this.#host.resume(parsed.data, this);
    if (typeof session === 'number') return this.close(session, REASONS[session]);
    const after = parsed.data.seq_ack ?? null;
    if (after !== null && !session.replay(after)) return this.close(4006, REASONS[4006]);
    this.#session = session;
    this.#write(VOICE_OPS.resumed, null);
    this.#closeAfter(this.#host.heartbeatMs * 2 + 1000);
    this.#host.log(session, 'resumed', { after });
  }

  #onSelectProtocol(session: VoiceSession, d: unknown): void {
    const parsed = selectProtocol.safeParse(d);
    if (!parsed.success) return this.close(4002, 'Failed to decode payload.');
    if (parsed.data.protocol !== 'udp') return this.close(4012, REASONS[4012]);
    const code = this.#host.selectProtocol(session, parsed.data.data);
    if (code !== null) this.close(code, REASONS[code]);
  }

  #onSpeaking(session: VoiceSession, d: unknown): void {
    const parsed = speaking.safeParse(d);
    if (!parsed.success) return this.close(4002, 'Failed to decode payload.');
    if (parsed.data.ssrc !== session.ssrc) return this.close(4020, 'Invalid SSRC.');
    this.#host.speaking(session, parsed.data.speaking);
  }

  #closeAfter(limitMs: number): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#timeOut(), limitMs).unref();
  }

  /** The session ends at once: where the network is silent, its client answers no close frame. */
  #timeOut(): void {
    this.close(4009, REASONS[4009]);
    this.#detach('final');
  }

  #onClose(code: number): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    const isOver = this.#closeCode === null ? code === 1000 : isFinal(this.#closeCode);
    this.#detach(isOver ? 'final' : 'resumable');
  }

  #detach(how: 'final' | 'resumable'): void {
    const session = this.#session;
    this.#session = null;
    if (session !== null) this.#host.detach(session, this, how);
  }
}

/** Whether a session ends when the server closes its socket with that code. */
function isFinal(code: number): boolean {
  return code >= 4000 && code !== 4013 && code !== 4015;
}

const REASONS: Readonly<Record<number, string>> = {
  4004: 'Authentication failed.',
  4006: 'Session is no longer valid.',
  4009: 'Session timed out.',
  4011: 'Server not found.',
  4012: 'Unknown protocol.',
  4016: 'Unknown encryption mode.',
  4017: 'E2EE/DAVE protocol required.',
};
