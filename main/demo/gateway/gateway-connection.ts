import type { RawData, WebSocket } from 'ws';
import type { z } from 'zod';
import { parseJson } from '../../base/json.ts';
import { bytesOf } from '../port/frames.ts';
import {
  GATEWAY_OPS,
  INTENTS,
  frame,
  identify,
  requestMembers,
  resume,
  voiceState,
} from './gateway-messages.ts';
import type { VoiceStateRequest } from './gateway-messages.ts';
import type { Dispatch, GatewaySession } from './gateway-session.ts';
import type { DemoBot } from '../world/world-types.ts';

/** What a connection asks of the gateway that accepted it. */
export interface GatewayHost {
  readonly heartbeatMs: number;
  /** False: heartbeats stay unanswered. */
  readonly answersHeartbeats: () => boolean;
  /** False: every Identify is answered with op 9, false. */
  readonly opensSessions: () => boolean;
  findBot(token: string): DemoBot | undefined;
  findSession(id: string): GatewaySession | undefined;
  /** Makes a session, and sends READY and the guilds on this connection. */
  open(bot: DemoBot, intents: number, connection: GatewayConnection): GatewaySession;
  attach(session: GatewaySession, connection: GatewayConnection): void;
  /** The socket is closed; `final`: by a code that ends the session, the client's or the server's. */
  detach(session: GatewaySession, connection: GatewayConnection, how: 'final' | 'resumable'): void;
  voiceState(session: GatewaySession, request: VoiceStateRequest): void;
  requestMembers(session: GatewaySession, request: z.infer<typeof requestMembers>): void;
  log(session: GatewaySession | null, message: string, fields?: Record<string, unknown>): void;
}

const MOST_PAYLOAD_BYTES = 4096;
const MOST_SENDS = 120;
const SENDS_WINDOW_MS = 60_000;
/** Codes of the server that end the session. */
const FINAL_CODES: ReadonlySet<number> = new Set([4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014]);

/** One socket at the main gateway: checks what the client sends and closes it with the code Discord would use. */
export class GatewayConnection {
  /** Scheme of the client's URL. */
  readonly scheme: 'ws' | 'wss';
  readonly #socket: WebSocket;
  readonly #host: GatewayHost;
  #session: GatewaySession | null = null;
  #sends: number[] = [];
  #silence: NodeJS.Timeout | null = null;
  #closeCode: number | null = null;

  constructor(socket: WebSocket, url: URL, host: GatewayHost) {
    this.#socket = socket;
    this.#host = host;
    this.scheme = url.protocol === 'wss:' ? 'wss' : 'ws';
    socket.on('close', (code) => this.#onClose(code));
    const refusal = refusalOf(url);
    if (refusal !== null) {
      this.close(refusal.code, refusal.reason);
      return;
    }
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    this.send(GATEWAY_OPS.hello, { heartbeat_interval: host.heartbeatMs, _trace: [] });
    this.#heardFrom();
  }

  get session(): GatewaySession | null {
    return this.#session;
  }

  send(op: number, d: unknown): void {
    this.#write({ op, d, s: null, t: null });
  }

  /** Closes the socket with that code; codes in `FINAL_CODES` end the session too. */
  close(code: number, reason = ''): void {
    this.#closeCode ??= code;
    this.#host.log(this.#session, 'closed by the server', { code, reason });
    this.#socket.close(code, reason);
  }

  /** Ends the connection without a close frame: the client sees 1006. */
  cut(): void {
    this.#socket.terminate();
  }

  #write(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    const text = bytesOf(data).toString('utf8');
    if (isBinary || Buffer.byteLength(text) > MOST_PAYLOAD_BYTES) {
      return this.close(4002, 'Error while decoding payload.');
    }
    const nowMs = performance.now();
    this.#sends = [...this.#sends.filter((atMs) => atMs > nowMs - SENDS_WINDOW_MS), nowMs];
    if (this.#sends.length > MOST_SENDS) return this.close(4008, 'Rate limited.');
    const message = frame.safeParse(parseJson(text)).data;
    if (message === undefined) return this.close(4002, 'Error while decoding payload.');
    this.#handle(message.op, message.d);
  }

  #handle(op: number, d: unknown): void {
    if (op === GATEWAY_OPS.heartbeat) return this.#onHeartbeat(d);
    if (op === GATEWAY_OPS.identify) return this.#onIdentify(d);
    if (op === GATEWAY_OPS.resume) return this.#onResume(d);
    const session = this.#session;
    if (session === null) return this.close(4003, 'Not authenticated.');
    if (op === GATEWAY_OPS.voiceState) {
      const request = voiceState.safeParse(d);
      if (!request.success) return this.close(4002, 'Error while decoding payload.');
      this.#host.log(session, 'voice state update', { ...request.data });
      return this.#host.voiceState(session, request.data);
    }
    if (op === GATEWAY_OPS.requestMembers) {
      const request = requestMembers.safeParse(d);
      if (!request.success) return this.close(4002, 'Error while decoding payload.');
      return this.#host.requestMembers(session, request.data);
    }
    const silent: readonly number[] = [
      GATEWAY_OPS.presence,
      GATEWAY_OPS.voicePing,
      GATEWAY_OPS.soundboard,
      GATEWAY_OPS.channelInfo,
    ];
    if (!silent.includes(op)) this.close(4001, 'Unknown opcode.');
  }

  #onHeartbeat(d: unknown): void {
    if (d !== null && !Number.isInteger(d))
      return this.close(4002, 'Error while decoding payload.');
    this.#heardFrom();
    if (this.#host.answersHeartbeats()) this.send(GATEWAY_OPS.heartbeatAck, null);
  }

  #onIdentify(d: unknown): void {
    if (this.#session !== null) return this.close(4005, 'Already authenticated.');
    const parsed = identify.safeParse(d);
    if (!parsed.success) return this.close(4002, 'Error while decoding payload.');
    const { token, intents, shard, compress } = parsed.data;
    if (compress === true) return this.close(4002, 'this gateway does not compress');
    const bot = this.#host.findBot(token);
    if (bot === undefined) return this.close(4004, 'Authentication failed.');
    if (shard !== undefined && (shard[0] < 0 || shard[0] >= shard[1])) {
      return this.close(4010, 'Invalid shard.');
    }
    if (!Number.isInteger(intents) || intents < 0 || intents > INTENTS.known) {
      return this.close(4013, 'Invalid intent(s).');
    }
    if ((intents & INTENTS.privileged) !== 0) return this.close(4014, 'Disallowed intent(s).');
    if (!this.#host.opensSessions()) return this.send(GATEWAY_OPS.invalidSession, false);
    this.#session = this.#host.open(bot, intents, this);
  }

  #onResume(d: unknown): void {
    if (this.#session !== null) return this.close(4005, 'Already authenticated.');
    const parsed = resume.safeParse(d);
    if (!parsed.success) return this.close(4002, 'Error while decoding payload.');
    const { token, session_id: id, seq } = parsed.data;
    if (this.#host.findBot(token) === undefined) return this.close(4004, 'Authentication failed.');
    const session = this.#host.findSession(id);
    if (session === undefined || session.bot !== this.#host.findBot(token)) {
      this.#host.log(null, 'resume refused: no such session', { id });
      return this.send(GATEWAY_OPS.invalidSession, false);
    }
    const missed = session.since(seq);
    if (missed === null) return this.close(4007, 'Invalid seq.');
    this.#session = session;
    for (const dispatch of missed) this.dispatch(dispatch);
    this.#host.attach(session, this);
    session.dispatch('RESUMED', { _trace: [] });
    this.#host.log(session, 'resumed', { seq, replayed: missed.length });
  }

  /** Sends one dispatch of the session (op 0). */
  dispatch({ seq, t, d }: Dispatch): void {
    this.#write({ op: GATEWAY_OPS.dispatch, d, s: seq, t });
  }

  /** Closes with 4009 when no heartbeat follows within two intervals and a second. */
  #heardFrom(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    const limitMs = this.#host.heartbeatMs * 2 + 1000;
    this.#silence = setTimeout(() => this.#timeOut(), limitMs).unref();
  }

  /** The session ends at once: where the network is silent, its client answers no close frame. */
  #timeOut(): void {
    this.close(4009, 'Session timed out.');
    this.#detach('final');
  }

  #onClose(code: number): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    const isGoodbye = code === 1000 || code === 1001;
    const isOver = this.#closeCode === null ? isGoodbye : FINAL_CODES.has(this.#closeCode);
    this.#detach(isOver ? 'final' : 'resumable');
  }

  #detach(how: 'final' | 'resumable'): void {
    const session = this.#session;
    this.#session = null;
    if (session !== null) this.#host.detach(session, this, how);
  }
}

/** What to close a socket with whose query string is wrong; null when the query is right. */
function refusalOf({ searchParams }: URL): { code: number; reason: string } | null {
  if (!['9', '10'].includes(searchParams.get('v') ?? '')) {
    return { code: 4012, reason: 'Invalid API version' };
  }
  if (searchParams.get('encoding') === 'json' && !searchParams.has('compress')) return null;
  return { code: 4002, reason: 'this gateway speaks uncompressed JSON only' };
}
