import type { Clock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { schemaFault } from '../base/schema-fault.ts';
import { sleep } from '../base/wait.ts';
import { networkErrorOf } from '../network/network-error.ts';
import { type CheckedGatewayUrl, gatewayUrl } from './api-url.ts';
import { DiscordError } from './discord-error.ts';
import { isOurFault } from './gateway-close.ts';
import { GatewayConnection } from './gateway-connection.ts';
import type { ConnectionEnd } from './gateway-connection.ts';
import { GATEWAY_OP, identifyPayload } from './gateway-frame.ts';
import type { GatewayFrame } from './gateway-frame.ts';
import { readySchema } from './gateway-payloads.ts';
import type { ReadyPayload } from './gateway-payloads.ts';
import { afterEnd, afterFailure, pauseMs } from './gateway-retry.ts';
import type { NextStep } from './gateway-retry.ts';
import type { GatewayTiming } from './gateway-timing.ts';
import type { DiscordRest } from './rest.ts';

interface SessionHandlers {
  /** A session began; its dispatches follow. */
  readonly onReady: (ready: ReadyPayload) => void;
  /** READY or RESUMED: messages can be sent. */
  readonly onConnected: () => void;
  /** The connection is lost and is tried again. */
  readonly onRetrying: () => void;
  /** A session that had begun cannot be resumed. */
  readonly onSessionLost: () => void;
  /** Every dispatch but READY and RESUMED. */
  readonly onDispatch: (type: string, data: unknown) => void;
  /** Discord refuses for good; nothing is tried after it. */
  readonly onGivenUp: (error: DiscordError) => void;
}

/** What a session runs on; `random` is in [0, 1). */
export interface SessionOptions {
  readonly rest: DiscordRest;
  readonly apiUrl: URL;
  readonly token: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: GatewayTiming;
  readonly handlers: SessionHandlers;
}

/** What a later connection needs to resume the session. */
interface Resumable {
  readonly id: string;
  readonly resumeUrl: URL | null;
  sequence: number;
}

type Link =
  | { readonly kind: 'down' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'up'; readonly connection: GatewayConnection; readonly sinceMs: number };

/** Every third attempt to resume goes to the address of GET /gateway/bot in place of the session's own. */
const MAIN_ADDRESS_EVERY = 3;

/** The close code of a WebSocket that ended without a close frame (RFC 6455 section 7.1.5). */
const NEVER_OPENED = 1006;

/** Keeps a session with the main gateway: connects, identifies or resumes, again and again, until closed or refused. */
export class GatewaySession {
  readonly #options: SessionOptions;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #link: Link = { kind: 'down' };
  /** The newest connection; it may be closing still while the link is down. */
  #connection: GatewayConnection | null = null;
  #resumable: Resumable | null = null;
  #wasReady = false;
  #identifyAllowedAtMs = 0;
  #identifyIntervalMs = 0;
  /** Attempts since a connection last held for `stableAfterMs`. */
  #attempt = 0;
  /** The newest reason why there is no connection, for the error after the time limit. */
  #lastFailure: unknown = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  get isConnected(): boolean {
    return this.#link.kind === 'up';
  }

  get lastFailure(): unknown {
    return this.#lastFailure;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** False, and nothing sent, when there is no connection. */
  send(message: { readonly op: number; readonly d: unknown }): boolean {
    if (this.#link.kind !== 'up') return false;
    this.#link.connection.send(message);
    return true;
  }

  /** Ends the session: the bot goes offline. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new DiscordError('closed', 'the gateway was closed'));
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { handlers } = this.#options;
    for (;;) {
      const next = await this.#connectOnce(signal);
      if (signal.aborted) return;
      if (next.kind === 'give-up') {
        this.#log.error('the gateway is given up', { reason: next.error.reason });
        handlers.onGivenUp(next.error);
        return;
      }
      if (next.kind === 'identify' && this.#resumable !== null) this.#loseSession();
      this.#attempt += 1;
      const waitMs = pauseMs(next.pause, this.#attempt, this.#options);
      this.#log.info('the gateway is tried again', { attempt: this.#attempt, waitMs });
      try {
        await sleep(waitMs, signal);
      } catch {
        return; // closed while waiting
      }
    }
  }

  /** One connection from its address to its end. Never throws. */
  async #connectOnce(signal: AbortSignal): Promise<NextStep> {
    const { timing } = this.#options;
    try {
      const url = await this.#address(signal);
      const end = await this.#converse(url);
      this.#report(end);
      const barred = end.kind === 'theirs' ? networkErrorOf(end.failure) : null;
      if (barred?.isLasting !== true) return afterEnd(end);
      throw new DiscordError('no-way', `gateway: ${barred.message}`, { cause: barred });
    } catch (thrown) {
      const error =
        thrown instanceof DiscordError
          ? thrown
          : new DiscordError('unreachable', toError(thrown).message, { cause: thrown });
      this.#lastFailure = error;
      if (!signal.aborted)
        this.#log.warn('no way to the gateway', { reason: error.reason, error: error.message });
      return afterFailure(error, { firstReady: !this.#wasReady, timing });
    }
  }

  /** Where to connect; before an Identify also waits until one is allowed. */
  async #address(signal: AbortSignal): Promise<URL> {
    const { rest, apiUrl, clock, timing } = this.#options;
    const ownAddress = this.#attempt % MAIN_ADDRESS_EVERY !== MAIN_ADDRESS_EVERY - 1;
    const resumeUrl = this.#resumable?.resumeUrl ?? null;
    if (resumeUrl !== null && ownAddress) return resumeUrl;
    const awaited = 'GET /gateway/bot';
    this.#log.flight.step({ of: 'gateway', step: 'gateway-address', awaited });
    const bot = await rest.getGatewayBot(signal);
    const url = acceptable(gatewayUrl(apiUrl, bot.url));
    if (this.#resumable !== null) return url;
    if (bot.identifiesLeft <= 0) {
      const message = `no session start left for ${String(bot.resetAfterMs)} ms`;
      throw new DiscordError('rate-limited', message, { retryAfterMs: bot.resetAfterMs });
    }
    await sleep(Math.max(0, this.#identifyAllowedAtMs - clock.monotonicMs()), signal);
    this.#identifyIntervalMs = timing.identifyIntervalMs / bot.maxConcurrency;
    return url;
  }

  #converse(url: URL): Promise<ConnectionEnd> {
    return new Promise((resolve) => {
      const { timing, random, clock } = this.#options;
      const connection = new GatewayConnection({
        url,
        timing,
        random,
        clock,
        log: this.#log,
        handlers: {
          onHello: () => this.#greeting(),
          onDispatch: (frame) => this.#dispatch(connection, frame),
          sequence: () => this.#resumable?.sequence ?? null,
          onEnd: (end) => {
            this.#lost();
            resolve(end);
          },
        },
      });
      this.#connection = connection;
      this.#link = { kind: 'opening' };
    });
  }

  #greeting(): { op: number; d: unknown } {
    const { token } = this.#options;
    if (this.#resumable === null) {
      // Counted from the sending of Identify: Hello may come late.
      this.#identifyAllowedAtMs = this.#options.clock.monotonicMs() + this.#identifyIntervalMs;
      return { op: GATEWAY_OP.identify, d: identifyPayload(token) };
    }
    const { id, sequence } = this.#resumable;
    return { op: GATEWAY_OP.resume, d: { token, session_id: id, seq: sequence } };
  }

  #dispatch(connection: GatewayConnection, { t, d, s }: GatewayFrame): void {
    if (this.#resumable !== null && s !== null)
      this.#resumable.sequence = Math.max(this.#resumable.sequence, s);
    if (this.#link.kind === 'opening') connection.extendReadyLimit();
    if (t === 'READY') this.#ready(connection, d, s ?? 0);
    else if (t === 'RESUMED') this.#up(connection);
    else if (t !== null) this.#options.handlers.onDispatch(t, d);
  }

  #ready(connection: GatewayConnection, d: unknown, sequence: number): void {
    const parsed = readySchema.safeParse(d);
    if (!parsed.success)
      return this.#log.warn('READY is malformed', { why: schemaFault(parsed.error, d) });
    const id = parsed.data.session_id;
    if (this.#resumable !== null && this.#resumable.id !== id) this.#loseSession();
    const address = parsed.data.resume_gateway_url;
    const checked = gatewayUrl(this.#options.apiUrl, address ?? '');
    const resumeUrl = checked.kind === 'accepted' ? checked.url : null;
    const host = checked.kind === 'host-refused' ? checked.host : null;
    if (resumeUrl === null) this.#log.warn('no acceptable address to resume at', { host });
    this.#resumable = { id, resumeUrl, sequence };
    this.#wasReady = true;
    this.#options.handlers.onReady(parsed.data);
    this.#up(connection);
  }

  #up(connection: GatewayConnection): void {
    connection.established();
    if (this.#link.kind === 'up') return;
    this.#link = { kind: 'up', connection, sinceMs: this.#options.clock.monotonicMs() };
    this.#options.handlers.onConnected();
  }

  #lost(): void {
    const link = this.#link;
    this.#link = { kind: 'down' };
    if (link.kind !== 'up' || this.#closing.signal.aborted) return;
    const lastedMs = this.#options.clock.monotonicMs() - link.sinceMs;
    if (lastedMs >= this.#options.timing.stableAfterMs) this.#attempt = 0;
    this.#options.handlers.onRetrying();
  }

  #loseSession(): void {
    this.#resumable = null;
    this.#options.handlers.onSessionLost();
  }

  #report(end: ConnectionEnd): void {
    if (end.kind === 'ours') return this.#log.info('gateway connection closed', { why: end.why });
    this.#lastFailure = new DiscordError('unreachable', `gateway: ${end.text}`, {
      closeCode: end.code,
      ...(end.failure === null ? {} : { cause: end.failure }),
    });
    const fields = { code: end.code, text: end.text.slice(0, 200) };
    if (isOurFault(end.code))
      this.#log.error('the gateway closed because of a fault of ours', fields);
    else this.#log.info('the gateway connection ended', fields);
  }
}

/** The address that was checked. Throws DiscordError; a host that is refused counts as one that nobody answers at. */
function acceptable(checked: CheckedGatewayUrl): URL {
  switch (checked.kind) {
    case 'accepted':
      return checked.url;
    case 'not-an-address':
      throw new DiscordError('bad-response', 'no acceptable gateway address');
    case 'host-refused':
      throw new DiscordError('unreachable', `gateway: host ${checked.host} is refused`, {
        closeCode: NEVER_OPENED,
      });
  }
}
