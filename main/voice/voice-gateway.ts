import WebSocket from 'ws';
import type { RawData } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { abortable } from '../base/wait.ts';
import { networkErrorOf } from '../network/network-error.ts';
import { socketOptions } from '../network/socket-options.ts';
import { Heartbeat } from './heartbeat.ts';
import type { ReceivedSeq } from './received-seq.ts';
import { closeError, VoiceError } from './voice-error.ts';
import { isStep, parseBinaryFrame, parseTextFrame, writeBinaryFrame } from './voice-messages.ts';
import type {
  CallMessage,
  StepKind,
  StepMessage,
  VoiceFrame,
  VoiceMessage,
  VoiceMessageOf,
} from './voice-messages.ts';
import { VOICE_OPCODE } from './voice-opcodes.ts';

/** Several times the welcome of a call with 500 members, the longest message; a larger one closes the socket. */
const MESSAGE_BYTES_AT_MOST = 1 << 21;

/** How long the server may take to answer our close frame before the socket is cut. */
const CLOSE_LIMIT_MS = 1_000;

/** Handshake steps that are kept until `expect` asks for them; a handshake has four kinds. */
const EARLY_AT_MOST = 16;

/** Steps of the handshake that a server sends once. */
const STEP_OPCODES: ReadonlySet<number> = new Set([
  VOICE_OPCODE.ready,
  VOICE_OPCODE.sessionDescription,
]);

/** One socket to the voice gateway of a session. */
export interface VoiceGatewayOptions {
  /** `ws(s)://host:port/?v=8`. */
  readonly url: string;
  readonly log: Log;
  readonly clock: Clock;
  /** The session's counter, which outlives this socket. */
  readonly received: ReceivedSeq;
  readonly onMessage: (message: CallMessage) => void;
}

/** How a socket ended: close code (1005 none given, 1006 cut) and the server's words. */
interface SocketClose {
  readonly code: number;
  readonly text: string;
}

/** The WebSocket of voice gateway v8: JSON text frames, numbered binary frames, heartbeat. */
export class VoiceGateway implements AsyncDisposable {
  readonly #options: VoiceGatewayOptions;
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;
  readonly #lost = new AbortController();
  readonly #unreadable = new AbortController();
  #early: StepMessage[] = [];
  #isDescribed = false;
  readonly #waiting = new Set<(message: StepMessage) => boolean>();
  #heartbeat: Heartbeat | null = null;
  readonly #loggedMalformed = new Set<number | null>();
  /** When the oldest unanswered heartbeat was sent; null when all are answered. */
  #askedAtMs: number | null = null;
  /** Resolves when the socket is gone, whoever closed it. */
  readonly closed: Promise<SocketClose>;

  private constructor(options: VoiceGatewayOptions) {
    this.#options = options;
    const url = new URL(options.url);
    options.log.flight.note('voice-open', { url });
    const socket = new WebSocket(url, { ...socketOptions(url), maxPayload: MESSAGE_BYTES_AT_MOST });
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = toBytes(data);
      const frame = isBinary ? parseBinaryFrame(bytes) : parseTextFrame(bytes.toString('utf8'));
      options.log.flight.note('voice', { way: 'in', frame, bytes, isBinary });
      this.#receive(frame);
    });
    this.#opened = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', (error) => {
        options.log.debug('voice socket error', { error: error.message });
        reject(new VoiceError('unreachable', 'voice gateway unreachable', { cause: error }));
      });
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        const text = reason.toString('utf8');
        options.log.flight.note('voice-end', { code, text });
        this.#heartbeat?.close();
        this.#lost.abort(closeError(code, text));
        resolve({ code, text });
      });
    });
  }

  /** Opens the socket. Throws VoiceError `unreachable`. */
  static async open(options: VoiceGatewayOptions, signal: AbortSignal): Promise<VoiceGateway> {
    signal.throwIfAborted();
    const gateway = VoiceGateway.#start(options);
    try {
      await abortable(gateway.#opened, signal);
      return gateway;
    } catch (error) {
      await gateway.close();
      throw error;
    }
  }

  static #start(options: VoiceGatewayOptions): VoiceGateway {
    try {
      return new VoiceGateway(options);
    } catch (error) {
      const said = networkErrorOf(error)?.message ?? 'voice endpoint is no address';
      throw new VoiceError('unreachable', said, { cause: error });
    }
  }

  /** How long the server has owed us an answer to a heartbeat; 0 when it owes none. */
  get unansweredForMs(): number {
    return this.#askedAtMs === null ? 0 : this.#options.clock.monotonicMs() - this.#askedAtMs;
  }

  /** Aborts when the socket is gone, with the VoiceError of its close code. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The next step of that kind; one that came before the call counts. Throws VoiceError when the socket closes first. */
  expect<Kind extends StepKind>(kind: Kind, signal: AbortSignal): Promise<VoiceMessageOf<Kind>> {
    let offer: ((message: StepMessage) => boolean) | null = null;
    const step = new Promise<VoiceMessageOf<Kind>>((resolve) => {
      offer = (message) => {
        if (!isOfKind(message, kind)) return false;
        resolve(message);
        return true;
      };
      const early = this.#early.findIndex(offer);
      if (early >= 0) this.#early.splice(early, 1);
      else this.#waiting.add(offer);
    });
    return abortable(step, AbortSignal.any([signal, this.lost, this.#unreadable.signal])).finally(
      () => {
        if (offer !== null) this.#waiting.delete(offer);
      },
    );
  }

  /** The handshake is over: every other Session Description goes to `onMessage`, those that have come first. */
  described(): void {
    this.#isDescribed = true;
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#takeStep(message);
  }

  /** Beats at Hello's interval; after two beats without an answer the socket is cut, which reads as close code 1006. */
  startHeartbeat(intervalMs: number): void {
    this.#heartbeat?.close();
    this.#heartbeat = new Heartbeat({
      intervalMs,
      beat: () => this.#beat(),
      onDead: () => {
        this.#options.log.warn('voice gateway does not answer heartbeats', { intervalMs });
        this.#socket.terminate();
      },
    });
  }

  /** Sends `{op, d}` as text; does nothing on a socket that is closing. */
  send(op: number, d: unknown): void {
    this.#options.log.flight.note('voice', { way: 'out', op, d });
    this.#socket.send(JSON.stringify({ op, d }));
  }

  /** Sends `u8 op | body`; does nothing on a socket that is closing. */
  sendBinary(op: number, body: Uint8Array): void {
    this.#options.log.flight.note('voice', { way: 'out', op, body });
    this.#socket.send(writeBinaryFrame(op, body));
  }

  /** Closes with 1000 and waits for the server's answer, 1 s at most. No message is handed on after the call. */
  async close(): Promise<void> {
    this.#heartbeat?.close();
    this.#socket.removeAllListeners('message');
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_LIMIT_MS);
    await this.closed;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #beat(): void {
    this.#askedAtMs ??= this.#options.clock.monotonicMs();
    const t = Math.round(this.#options.clock.wallMs());
    this.send(VOICE_OPCODE.heartbeat, { t, seq_ack: this.#options.received.newest });
  }

  #receive(frame: VoiceFrame | null): void {
    if (frame === null) return this.#noteMalformed(null);
    if (frame.seq !== null) this.#options.received.take(frame.seq);
    const { message } = frame;
    if (message === 'unknown') return;
    if (message === 'malformed') {
      this.#noteMalformed(frame.op, frame.fault);
      if (STEP_OPCODES.has(frame.op) && !this.#isDescribed) this.#giveUp(frame.op);
      return;
    }
    if (message.kind === 'heartbeat-asked') return this.#beat();
    if (message.kind === 'heartbeat-ack') return this.#acknowledged();
    if (isStep(message)) return this.#takeStep(message);
    this.#options.onMessage(message);
  }

  #acknowledged(): void {
    this.#askedAtMs = null;
    this.#heartbeat?.acknowledge();
  }

  #takeStep(message: StepMessage): void {
    for (const offer of this.#waiting) if (offer(message)) return;
    if (this.#isDescribed && isOfKind(message, 'session-description'))
      return this.#options.onMessage(message);
    if (this.#early.length < EARLY_AT_MOST) this.#early.push(message);
  }

  /** A step of the handshake that cannot be read does not come again. */
  #giveUp(op: number): void {
    this.#unreadable.abort(new VoiceError('protocol', `op ${String(op)} cannot be read`));
  }

  /** Logs the first of each opcode. */
  #noteMalformed(op: number | null, why?: string): void {
    if (this.#loggedMalformed.has(op)) return;
    this.#loggedMalformed.add(op);
    this.#options.log.warn('voice gateway sent a message that cannot be read', { op, why });
  }
}

function isOfKind<Kind extends StepKind>(
  message: VoiceMessage,
  kind: Kind,
): message is VoiceMessageOf<Kind> {
  return message.kind === kind;
}

function toBytes(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
