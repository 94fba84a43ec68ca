import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { socketOptions } from '../network/socket-options.ts';
import { DiscordError } from './discord-error.ts';
import { GATEWAY_OP, parseGatewayFrame, parseHello } from './gateway-frame.ts';
import type { GatewayFrame } from './gateway-frame.ts';
import type { GatewayTiming } from './gateway-timing.ts';
import { Heartbeat } from './heartbeat.ts';
import { RollingWindow } from './rolling-window.ts';

/**
 * Why a connection ended. `ours`: we closed it, with the reason; `theirs`: the server or the network did. `failure` is
 * why it never opened, or null.
 */
export type ConnectionEnd =
  | {
      readonly kind: 'theirs';
      readonly code: number;
      readonly text: string;
      readonly failure: Error | null;
    }
  | { readonly kind: 'ours'; readonly why: OwnReason };

/** `closed`: by `close`; `reconnect`: op 7; `session-…`: op 9; `no-…`: the server did not send it in time. */
export type OwnReason =
  | 'closed'
  | 'reconnect'
  | 'session-resumable'
  | 'session-invalid'
  | 'no-heartbeat-ack'
  | 'no-hello'
  | 'no-ready';

export interface ConnectionHandlers {
  /** Hello came: what to send first (Identify or Resume). */
  readonly onHello: () => { readonly op: number; readonly d: unknown };
  readonly onDispatch: (frame: GatewayFrame) => void;
  /** Last sequence number of the session, for heartbeats. */
  readonly sequence: () => number | null;
  /** Called once, also when the connection never opened. */
  readonly onEnd: (end: ConnectionEnd) => void;
}

/** Discord's limit per connection is 120 sends in 60 s; five are kept for heartbeats. */
const SENDS_PER_MINUTE = 120;
const HEARTBEAT_RESERVE = 5;

/** Any code but 1000 and 1001 keeps the session, and the bot in its voice channel. */
const KEEP_SESSION_CODE = 4000;
const END_SESSION_CODE = 1000;

/** Largest message taken: above the GUILD_CREATE of a very large server, and parsed well within a second. */
const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** One WebSocket to the main gateway, from opening to its end: Hello, heartbeats, the limit on sends, opcodes. */
export class GatewayConnection {
  readonly #socket: WebSocket;
  readonly #timing: GatewayTiming;
  readonly #random: () => number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #handlers: ConnectionHandlers;
  readonly #sends = new RollingWindow(SENDS_PER_MINUTE, 60_000);
  readonly #waiting: string[] = [];
  #heartbeat: Heartbeat | null = null;
  #limit: NodeJS.Timeout;
  #sendTimer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: {
    readonly url: URL;
    readonly timing: GatewayTiming;
    readonly random: () => number;
    readonly clock: Clock;
    readonly log: Log;
    readonly handlers: ConnectionHandlers;
  }) {
    this.#timing = options.timing;
    this.#random = options.random;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#handlers = options.handlers;
    this.#limit = setTimeout(
      () => this.#closeFor('no-hello'),
      options.timing.handshakeLimitMs + options.timing.helloLimitMs,
    );
    this.#log.flight.step({ of: 'gateway', step: 'gateway-hello', awaited: 'op 10' });
    this.#log.flight.note('gateway-open', { url: options.url });
    this.#socket = new WebSocket(options.url, {
      ...socketOptions(options.url),
      handshakeTimeout: options.timing.handshakeLimitMs,
      maxPayload: LARGEST_MESSAGE_BYTES,
    });
    this.#socket.on('open', () => this.#limitTo('no-hello', options.timing.helloLimitMs));
    this.#socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.#socket.on('unexpected-response', (_, response) => {
      this.#fail(notUpgraded(response));
      this.#socket.terminate();
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', (code, reason) =>
      this.#end({ kind: 'theirs', code, text: reason.toString('utf8'), failure: null }),
    );
  }

  /** Sends as soon as the limit on sends allows; after the end not at all. */
  send(message: { readonly op: number; readonly d: unknown }): void {
    this.#waiting.push(JSON.stringify(message));
    this.#drain();
  }

  /** READY or RESUMED came: ends the time limit for them. */
  established(): void {
    this.#log.flight.step({ of: 'gateway', step: 'gateway-ready', awaited: null });
    clearTimeout(this.#limit);
  }

  /** Ends the session and the connection: by a closing handshake, after `closeLimitMs` without one. */
  async close(): Promise<void> {
    this.#closeFor('closed');
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#ended) return;
    const text = isBinary ? '' : toText(data);
    const frame = parseGatewayFrame(text);
    this.#log.flight.note('gateway', { way: 'in', chars: text.length, frame });
    if (frame === null) return this.#log.warn('a gateway message is malformed', { isBinary });
    switch (frame.op) {
      case GATEWAY_OP.dispatch:
        if (frame.t === null) return this.#log.warn('a dispatch has no name');
        return this.#handlers.onDispatch(frame);
      case GATEWAY_OP.heartbeat:
        return this.#beat();
      case GATEWAY_OP.reconnect:
        return this.#closeFor('reconnect');
      case GATEWAY_OP.invalidSession:
        return this.#closeFor(frame.d === true ? 'session-resumable' : 'session-invalid');
      case GATEWAY_OP.hello:
        return this.#hello(frame.d);
      case GATEWAY_OP.heartbeatAck:
        return this.#heartbeat?.acknowledge();
      default:
        return this.#log.debug('unknown gateway opcode', { op: frame.op });
    }
  }

  #hello(d: unknown): void {
    const intervalMs = parseHello(d);
    if (intervalMs === null) return this.#log.warn('hello is malformed');
    if (this.#heartbeat !== null) return this.#log.warn('hello came twice');
    this.#heartbeat = new Heartbeat(
      { intervalMs, random: this.#random },
      { beat: () => this.#beat(), onZombie: () => this.#closeFor('no-heartbeat-ack') },
    );
    this.#log.flight.step({ of: 'gateway', step: 'gateway-ready', awaited: 'READY or RESUMED' });
    this.extendReadyLimit();
    this.send(this.#handlers.onHello());
  }

  /** A replay is under way: the limit for READY or RESUMED begins anew. */
  extendReadyLimit(): void {
    this.#limitTo('no-ready', this.#timing.readyLimitMs);
  }

  #beat(): void {
    if (this.#sends.take(this.#clock.monotonicMs()) > 0)
      return this.#log.warn('no heartbeat: the limit on sends is reached');
    this.#write(JSON.stringify({ op: GATEWAY_OP.heartbeat, d: this.#handlers.sequence() }));
  }

  #drain(): void {
    clearTimeout(this.#sendTimer);
    while (!this.#ended && this.#waiting.length > 0) {
      const waitMs = this.#sends.take(this.#clock.monotonicMs(), HEARTBEAT_RESERVE);
      if (waitMs > 0) {
        this.#sendTimer = setTimeout(() => this.#drain(), waitMs);
        return;
      }
      this.#write(this.#waiting.shift() ?? '');
    }
  }

  #write(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#log.flight.note('gateway', { way: 'out', chars: text.length, text });
    this.#socket.send(text);
  }

  #limitTo(why: OwnReason, limitMs: number): void {
    if (this.#ended) return;
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#closeFor(why), limitMs);
  }

  #closeFor(why: OwnReason): void {
    if (this.#ended) return;
    this.#end({ kind: 'ours', why });
    this.#socket.close(why === 'closed' ? END_SESSION_CODE : KEEP_SESSION_CODE);
    const terminate = setTimeout(() => this.#socket.terminate(), this.#timing.closeLimitMs);
    this.#socket.once('close', () => clearTimeout(terminate));
  }

  #fail(failure: Error): void {
    this.#end({ kind: 'theirs', code: 1006, text: failure.message, failure });
  }

  #end(end: ConnectionEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#log.flight.note('gateway-end', { ...end });
    clearTimeout(this.#limit);
    clearTimeout(this.#sendTimer);
    this.#heartbeat?.close();
    this.#handlers.onEnd(end);
  }
}

/** The error for an HTTP answer in place of a WebSocket. */
function notUpgraded({ statusCode = 0, headers }: IncomingMessage): DiscordError {
  const ray = [headers['cf-ray']].flat()[0]?.slice(0, 64) ?? null;
  const contentType = headers['content-type']?.slice(0, 64) ?? null;
  const message = `answered with http ${String(statusCode)}, cf-ray ${ray ?? 'none'}`;
  return new DiscordError('unreachable', message, { httpStatus: statusCode, ray, contentType });
}

function toText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
