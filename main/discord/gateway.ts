import { EventEmitter } from 'node:events';
import type { Clock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { withLimit } from '../base/wait.ts';
import { voiceEndpoint } from './api-url.ts';
import { toButtonPress, type ButtonPress } from './button-press.ts';
import { DiscordError } from './discord-error.ts';
import { rateLimitedSchema, voiceServerUpdateSchema } from './gateway-payloads.ts';
import type { ReadyPayload } from './gateway-payloads.ts';
import { GATEWAY_OP } from './gateway-frame.ts';
import { GatewaySession } from './gateway-session.ts';
import { GATEWAY_TIMING } from './gateway-timing.ts';
import type { GatewayTiming } from './gateway-timing.ts';
import { GuildDirectory } from './guild-directory.ts';
import type { DirectoryEvent } from './guild-events.ts';
import type { DiscordRest } from './rest.ts';
import { VoiceSeats } from './voice-seats.ts';
import type { VoiceTarget } from './voice-seats.ts';
import type { VoiceServer, VoiceServerUpdate, VoiceStateChange } from './voice-state.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface GatewayEvents {
  /** The directory changed. */
  changed: [];
  'voice-state': [change: VoiceStateChange];
  /** VOICE_SERVER_UPDATE names another server than before, or none yet; `followVoice` waits until we can connect. */
  'voice-server': [update: VoiceServerUpdate];
  /** The connection is lost and is tried again, or is back. */
  connection: [state: 'connected' | 'retrying'];
  /** Discord forgot our session: we are in no voice channel. `joinVoice` waits for the next session by itself. */
  'session-lost': [];
  'channel-deleted': [channelId: string];
  'guild-removed': [guildId: string];
  /** Somebody pressed a button under a message of ours. */
  press: [press: ButtonPress];
  /** Discord refuses for good; no event comes after it. */
  closed: [error: DiscordError];
}

/** Why there is no session when no connection has failed: one is open, and nothing comes. */
const SILENCE = new DiscordError('unreachable', 'the gateway says nothing', { closeCode: 1006 });

export interface GatewayOptions {
  readonly rest: DiscordRest;
  readonly apiUrl: URL;
  readonly token: string;
  readonly log: Log;
  readonly clock: Clock;
  /** In [0, 1): jitter. */
  readonly random?: () => number;
  readonly timing?: Partial<GatewayTiming>;
}

/** Our presence on Discord: the main gateway, v10, kept up by itself, and what it tells about guilds and voice. */
export class Gateway extends EventEmitter<GatewayEvents> implements AsyncDisposable {
  readonly directory: GuildDirectory;
  readonly #apiUrl: URL;
  readonly #log: Log;
  readonly #timing: GatewayTiming;
  readonly #session: GatewaySession;
  readonly #seats: VoiceSeats;
  readonly #connected = new WaitingRoom();
  readonly #guildsKnown = new WaitingRoom();
  readonly #guildsPending = new Set<string>();
  #ready: ReadyPayload | null = null;
  #ended: DiscordError | null = null;

  private constructor(options: GatewayOptions) {
    super();
    const { rest, apiUrl, token, log, clock, random = Math.random } = options;
    this.#apiUrl = apiUrl;
    this.#log = log;
    this.#timing = { ...GATEWAY_TIMING, ...options.timing };
    this.directory = new GuildDirectory(clock);
    this.#session = new GatewaySession({
      rest,
      apiUrl,
      token,
      log,
      clock,
      random,
      timing: this.#timing,
      handlers: {
        onReady: (ready) => this.#onReady(ready),
        onConnected: () => this.#onConnected(),
        onRetrying: () => this.emit('connection', 'retrying'),
        onSessionLost: () => this.#onSessionLost(),
        onDispatch: (type, data) => this.#onDispatch(type, data),
        onGivenUp: (error) => this.#end(error),
      },
    });
    this.#seats = new VoiceSeats({
      directory: this.directory,
      timing: this.#timing,
      clock,
      identity: () => ({ userId: this.user.id, sessionId: this.sessionId }),
      send: (message) => this.#session.send(message),
      whenConnected: (signal) => this.#whenConnected(signal),
    });
  }

  /**
   * Connects and identifies; resolves when the guilds that READY announced are known, or 5 s after READY without them.
   * Throws DiscordError: 'token-rejected' and other final answers at once, 'unreachable' after a minute of trying.
   */
  static async connect(options: GatewayOptions, signal?: AbortSignal): Promise<Gateway> {
    const gateway = new Gateway(options);
    const limitMs = gateway.#timing.connectLimitMs;
    const onLimit = (): Error =>
      new DiscordError('unreachable', `no session after ${String(limitMs)} ms`, {
        cause: gateway.#session.lastFailure ?? SILENCE,
      });
    try {
      gateway.#session.start();
      await withLimit({ limitMs, onLimit }, (both) => gateway.#whenConnected(both), signal);
      await gateway.#whenGuildsKnown(signal);
      options.log.flight.step({ of: 'gateway', step: 'gateway-guilds', awaited: null });
      return gateway;
    } catch (error) {
      await gateway.close();
      throw error;
    }
  }

  /** Our user id, and the name Discord shows. */
  get user(): { readonly id: string; readonly name: string } {
    const { id, global_name, username } = this.#identity.user;
    return { id, name: global_name ?? username ?? id };
  }

  /** The bot's own id where Discord does not say: of all but the oldest bots the two are the same. */
  get applicationId(): string {
    return this.#identity.application?.id ?? this.#identity.user.id;
  }

  /** Id of the current session; of the last one while there is none. */
  get sessionId(): string {
    return this.#identity.session_id;
  }

  /** Why there is no session any more, with which everything that waited for one fails; null while it is kept up. */
  get ended(): DiscordError | null {
    return this.#ended;
  }

  /** The newest reason why there was no connection; undefined or null when there was none. */
  get lastFailure(): unknown {
    return this.#session.lastFailure;
  }

  get connection(): 'connected' | 'retrying' {
    return this.#session.isConnected ? 'connected' : 'retrying';
  }

  /**
   * Joins the channel and waits for the voice server; while the connection is lost, waits for the connection first. When
   * we are in that channel already, leaves it first, so that Discord names a new server. Throws DiscordError:
   * 'join-timeout', 'session-lost', 'not-found' when the guild or the channel goes, or what closed the gateway; or the
   * signal's reason, and then leaves nothing.
   */
  joinVoice(
    target: VoiceTarget & { readonly selfMute: boolean },
    signal: AbortSignal,
  ): Promise<VoiceServer> {
    const awaited = 'own VOICE_STATE_UPDATE and VOICE_SERVER_UPDATE';
    const limitMs = this.#timing.joinLimitMs;
    this.#log.flight.step({ of: 'voice', step: 'voice-join', limitMs, awaited });
    return this.#seats.join(target, signal);
  }

  /**
   * Waits, without asking for anything, until we are in that channel and a voice server is named that was not
   * connected to: after somebody moved us, or after 'voice-server'. Throws as `joinVoice` does.
   */
  followVoice(target: VoiceTarget, signal: AbortSignal): Promise<VoiceServer> {
    const awaited = 'VOICE_SERVER_UPDATE of another server';
    const limitMs = this.#timing.joinLimitMs;
    this.#log.flight.step({ of: 'voice', step: 'voice-follow', limitMs, awaited });
    return this.#seats.follow(target, signal);
  }

  /** To be called on connecting to `server`: while that lasts, 'voice-server' does not tell the same server again. */
  useVoice(server: VoiceServer): void {
    this.#log.flight.note('voice-server', { done: 'connecting', ...server });
    this.#seats.use(server);
  }

  /** To be called when the voice session in that guild is over. */
  releaseVoice(guildId: string): void {
    this.#seats.release(guildId);
  }

  /** Leaves the guild's voice channel; while the connection is lost, as soon as the connection is back. */
  leaveVoice(guildId: string): void {
    this.#seats.leave(guildId);
  }

  /** Whether a voice state of ours that is in no channel may answer a `leaveVoice`, or the leave before a join. */
  isLeavingVoice(guildId: string): boolean {
    return this.#seats.isLeaving(guildId);
  }

  /** Ends the session, and with it our place in voice. Idempotent. */
  async close(): Promise<void> {
    this.#settle(new DiscordError('closed', 'the gateway was closed'));
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #identity(): ReadyPayload {
    if (this.#ready === null) throw new Error('the gateway has no session yet');
    return this.#ready;
  }

  #onReady(ready: ReadyPayload): void {
    this.#ready = ready;
    const guildIds = ready.guilds.map(({ id }) => id);
    for (const id of guildIds) this.#guildsPending.add(id);
    const session = { userId: ready.user.id, sessionId: ready.session_id, guildIds };
    this.#publish(this.directory.beginSession(session));
    this.#checkGuilds();
  }

  #onConnected(): void {
    this.#connected.open();
    this.#seats.connected();
    this.emit('connection', 'connected');
  }

  #onSessionLost(): void {
    const cause = this.#session.lastFailure;
    this.#seats.fail(new DiscordError('session-lost', 'the gateway session ended', { cause }));
    this.emit('session-lost');
  }

  #onDispatch(type: string, data: unknown): void {
    if (type === 'VOICE_SERVER_UPDATE') {
      const done = this.#onVoiceServer(data);
      return this.#log.flight.note('voice-server', { done, data });
    }
    if (type === 'RATE_LIMITED') return this.#onRateLimited(data);
    if (type === 'INTERACTION_CREATE') {
      const press = toButtonPress(data);
      if (press !== null) this.emit('press', press);
      return;
    }
    const events = this.directory.apply(type, data);
    if (events === null) return this.#log.warn('a gateway event is malformed', { type });
    this.#publish(events);
  }

  #onRateLimited(data: unknown): void {
    const parsed = rateLimitedSchema.safeParse(data);
    if (!parsed.success)
      return this.#log.warn('a gateway event is malformed', { type: 'RATE_LIMITED' });
    const { opcode, retry_after: retryAfterSeconds, meta } = parsed.data;
    this.#log.warn('discord limits us', { opcode, retryAfterSeconds });
    if (opcode === GATEWAY_OP.voiceStateUpdate)
      this.#seats.rateLimited(meta?.guild_id ?? null, retryAfterSeconds * 1_000);
  }

  /** Returns what was done with it. */
  #onVoiceServer(data: unknown): 'malformed' | 'no-address' | 'repeats' | 'looking' | 'offered' {
    const parsed = voiceServerUpdateSchema.safeParse(data);
    if (!parsed.success) {
      this.#log.warn('a gateway event is malformed', { type: 'VOICE_SERVER_UPDATE' });
      return 'malformed';
    }
    const { guild_id: guildId, token, endpoint } = parsed.data;
    const at = endpoint === null ? null : voiceEndpoint(this.#apiUrl, endpoint);
    if (endpoint !== null && at === null) {
      this.#log.warn('a voice endpoint is no host and port', { guildId });
      return 'no-address';
    }
    if (at?.scheme === null)
      this.#log.warn('the host of a voice server is refused', { guildId, host: at.endpoint });
    if (!this.#seats.serverUpdated(guildId, token, at)) return 'repeats';
    this.emit('voice-server', { guildId, token, endpoint: at?.endpoint ?? null });
    return at === null ? 'looking' : 'offered';
  }

  #publish(events: readonly DirectoryEvent[]): void {
    for (const event of events) {
      switch (event.kind) {
        case 'changed':
          this.emit('changed');
          break;
        case 'guild-ready':
          this.#guildsPending.delete(event.guildId);
          this.#checkGuilds();
          break;
        case 'guild-removed':
          this.#guildsPending.delete(event.guildId);
          this.#checkGuilds();
          this.#seats.guildGone(event.guildId);
          this.emit('guild-removed', event.guildId);
          break;
        case 'channel-deleted':
          this.#seats.channelGone(event.channelId);
          this.emit('channel-deleted', event.channelId);
          break;
        case 'voice-state':
          this.emit('voice-state', event.change);
          if (event.change.own) this.#seats.ownStateChanged(event.change.guildId);
          break;
      }
    }
  }

  #checkGuilds(): void {
    if (this.#guildsPending.size === 0) this.#guildsKnown.open();
  }

  async #whenConnected(signal: AbortSignal): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    if (!this.#session.isConnected) await this.#connected.wait(signal);
  }

  async #whenGuildsKnown(signal?: AbortSignal): Promise<void> {
    const late = new Error('guilds are late');
    const [step, limitMs] = ['gateway-guilds', this.#timing.guildsLimitMs] as const;
    this.#log.flight.step({ of: 'gateway', step, limitMs, awaited: 'GUILD_CREATE of each' });
    const limit = { limitMs, onLimit: () => late };
    const work = async (both: AbortSignal): Promise<void> => {
      if (this.#ended !== null) throw this.#ended;
      if (this.#guildsPending.size > 0) await this.#guildsKnown.wait(both);
    };
    await withLimit(limit, work, signal).catch((error: unknown) => {
      if (error !== late) throw toError(error);
      this.#log.warn('not all guilds are known in time', { missing: this.#guildsPending.size });
    });
  }

  #end(error: DiscordError): void {
    if (this.#settle(error)) this.emit('closed', error);
  }

  /** Fails every waiter with `error`. False when the gateway had ended before. */
  #settle(error: DiscordError): boolean {
    if (this.#ended !== null) return false;
    this.#ended = error;
    this.#connected.fail(error);
    this.#guildsKnown.fail(error);
    this.#seats.fail(error);
    return true;
  }
}
