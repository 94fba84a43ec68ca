import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/wait.ts';
import { DiscordError } from './discord-error.ts';
import type { VoiceEndpoint } from './api-url.ts';
import { GATEWAY_OP } from './gateway-frame.ts';
import type { GatewayTiming } from './gateway-timing.ts';
import type { GuildDirectory } from './guild-directory.ts';
import type { VoiceServer } from './voice-state.ts';

/** The voice channel to be in. */
export interface VoiceTarget {
  readonly guildId: string;
  readonly channelId: string;
}

/** What joining needs of the gateway it runs on. */
export interface GatewayLink {
  readonly directory: GuildDirectory;
  readonly timing: GatewayTiming;
  readonly clock: Clock;
  /** Ids of our user and of the current session. */
  readonly identity: () => { readonly userId: string; readonly sessionId: string };
  /** False, and nothing sent, when there is no connection. */
  readonly send: (message: { readonly op: number; readonly d: unknown }) => boolean;
  /** Resolves as soon as the gateway is connected; throws when the gateway has ended. */
  readonly whenConnected: (signal: AbortSignal) => Promise<void>;
}

interface NamedServer {
  readonly token: string;
  /** Null while Discord looks for a server. */
  readonly at: VoiceEndpoint | null;
  /** It was connected to, and is not handed out again. */
  readonly isTaken: boolean;
  /** When it was last named, monotonic. */
  readonly namedAtMs: number;
}

/**
 * The server that a move leads to may be named under the token of before, and sooner than the voice socket closes or
 * our voice state changes: so long ago at most.
 */
const SAME_SERVER_MS = 5_000;

interface Waiter extends VoiceTarget {
  readonly check: () => void;
  /** Discord looks for a server. */
  readonly extend: () => void;
  /** Sends op 4 again in `afterMs`, where it was sent for this waiter and the time that a join may take allows it. */
  readonly askAgain: (afterMs: number) => void;
  readonly fail: (error: DiscordError) => void;
}

/** Our place in voice channels: op 4, and the two events that answer it in either order. */
export class VoiceSeats {
  readonly #link: GatewayLink;
  /** Newest VOICE_SERVER_UPDATE by guild. */
  readonly #servers = new Map<string, NamedServer>();
  /** Guilds in which a voice session with the newest server is open, or is being opened. */
  readonly #connected = new Set<string>();
  readonly #waiters = new Set<Waiter>();
  /** Guilds in which a leave of ours may not be answered yet. */
  readonly #leaving = new Set<string>();
  /** Guilds to leave as soon as there is a connection. */
  readonly #leaveLater = new Set<string>();

  constructor(link: GatewayLink) {
    this.#link = link;
  }

  /**
   * Joins and waits for the server to talk to; asks again where Discord limits us, or op 4 may have been lost. When we are in that channel already, leaves first: Discord ignores op 4
   * for the same channel. Throws 'join-timeout' (Discord says nothing when it refuses), or 'not-found' when the guild or
   * the channel goes meanwhile; and then leaves. Throws the signal's reason, and leaves nothing: whoever aborts knows
   * whether the seat is wanted, into which somebody may have dragged us.
   */
  async join(
    target: VoiceTarget & { readonly selfMute: boolean },
    signal: AbortSignal,
  ): Promise<VoiceServer> {
    const { guildId, channelId, selfMute } = target;
    const { directory, timing, whenConnected } = this.#link;
    this.#leaveLater.delete(guildId);
    await whenConnected(signal);
    if (directory.ownChannelId(guildId) === channelId) {
      this.leave(guildId);
      await sleep(timing.rejoinPauseMs, signal);
      await whenConnected(signal);
    }
    this.release(guildId);
    this.#servers.delete(guildId); // what came before belongs to an earlier join
    try {
      const ask = (): void => void this.#sendVoiceState({ guildId, channelId, selfMute });
      const answer = this.#wait(target, ask, signal);
      ask();
      return await answer;
    } catch (error) {
      if (!signal.aborted) this.leave(guildId);
      throw error;
    }
  }

  /**
   * Waits until we are in that channel and Discord has named a voice server that was not connected to yet (`use`):
   * after a move by someone else, or when the server changes. Sends nothing.
   */
  follow(target: VoiceTarget, signal: AbortSignal): Promise<VoiceServer> {
    return this.#wait(target, null, signal);
  }

  /** As `follow`. `ask` sends op 4 again; null where none was sent. */
  #wait(target: VoiceTarget, ask: (() => void) | null, signal: AbortSignal): Promise<VoiceServer> {
    const { joinLimitMs, joinAgainLimitMs, voiceServerLimitMs } = this.#link.timing;
    const lastAskAtMs = this.#nowMs + joinAgainLimitMs;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const onAbort = (): void => fail(signal.reason);
      const onLimit = (): void =>
        fail(new DiscordError('join-timeout', 'discord named no voice server in time'));
      const isLooking = this.#servers.get(target.guildId)?.at === null;
      let timer = setTimeout(onLimit, isLooking ? voiceServerLimitMs : joinLimitMs);
      const waiter: Waiter = {
        guildId: target.guildId,
        channelId: target.channelId,
        check: () => {
          const server = this.#fresh(target);
          if (server === null) return;
          settle();
          resolve(server);
        },
        extend: () => {
          clearTimeout(timer);
          timer = setTimeout(onLimit, voiceServerLimitMs);
        },
        askAgain: (afterMs) => {
          if (ask === null || this.#nowMs + afterMs > lastAskAtMs) return;
          clearTimeout(timer);
          timer = setTimeout(() => {
            timer = setTimeout(onLimit, joinLimitMs);
            ask();
          }, afterMs);
        },
        fail,
      };
      if (signal.aborted) return onAbort();
      this.#waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      waiter.check();
    });
  }

  /** We connect to that server: `join` and `follow` do not hand it out again, unless Discord names it anew. */
  use({ guildId, token, endpoint }: Pick<VoiceServer, 'guildId' | 'token' | 'endpoint'>): void {
    const newest = this.#servers.get(guildId);
    if (newest?.token !== token || newest.at?.endpoint !== endpoint) return;
    this.#servers.set(guildId, { ...newest, isTaken: true, namedAtMs: -Infinity });
    this.#connected.add(guildId);
    this.#leaving.delete(guildId);
  }

  /** The voice session in that guild is over. A server with the same token is then news: nothing says tokens differ. */
  release(guildId: string): void {
    if (!this.#connected.delete(guildId)) return;
    const newest = this.#servers.get(guildId);
    if (newest === undefined || this.#nowMs - newest.namedAtMs > SAME_SERVER_MS) return;
    this.#servers.set(guildId, { ...newest, isTaken: false });
  }

  /** Leaves at once, or as soon as the gateway is connected; never the seat of another program with our token. */
  leave(guildId: string): void {
    this.release(guildId);
    if (this.#link.directory.isSeatTaken(guildId)) return;
    const sent = this.#sendVoiceState({ guildId, channelId: null, selfMute: true });
    if (sent) this.#leaving.add(guildId);
    else this.#leaveLater.add(guildId);
  }

  /** The gateway is connected: leaves what had to wait for that, and asks again where op 4 may have been lost. */
  connected(): void {
    const guildIds = [...this.#leaveLater];
    this.#leaveLater.clear();
    for (const guildId of guildIds) this.leave(guildId);
    for (const waiter of this.#waiters) {
      const isSeated = this.#link.directory.ownChannelId(waiter.guildId) === waiter.channelId;
      if (!isSeated) waiter.askAgain(0);
    }
  }

  /** Discord dropped an op 4 for that guild, or for one it does not name, and takes it again after `retryAfterMs`. */
  rateLimited(guildId: string | null, retryAfterMs: number): void {
    const { rejoinPauseMs } = this.#link.timing;
    for (const waiter of this.#waiters)
      if (guildId === null || guildId === waiter.guildId)
        waiter.askAgain(Math.max(retryAfterMs, rejoinPauseMs));
  }

  /** VOICE_SERVER_UPDATE came. False when it repeats the one that we are connected to, or are about to. */
  serverUpdated(guildId: string, token: string, at: VoiceEndpoint | null): boolean {
    const before = this.#servers.get(guildId);
    const isSame = before?.token === token && before.at?.endpoint === at?.endpoint;
    if (isSame && (!before.isTaken || this.#connected.has(guildId))) {
      this.#servers.set(guildId, { ...before, namedAtMs: this.#nowMs });
      return false;
    }
    this.#servers.set(guildId, { token, at, isTaken: false, namedAtMs: this.#nowMs });
    for (const waiter of this.#waitersOf(guildId)) {
      if (at === null) waiter.extend();
      else waiter.check();
    }
    return true;
  }

  /**
   * Whether the next voice state of ours that is in no channel may answer a leave of ours: one was sent, and neither was
   * answered nor followed by a voice session.
   */
  isLeaving(guildId: string): boolean {
    return this.#leaving.has(guildId);
  }

  /** A voice state of ours changed, and everybody who asks `isLeaving` about it has been told. */
  ownStateChanged(guildId: string): void {
    if (this.#link.directory.ownChannelId(guildId) === null) this.#leaving.delete(guildId);
    for (const waiter of this.#waitersOf(guildId)) waiter.check();
  }

  /** The bot is no longer in that guild. */
  guildGone(guildId: string): void {
    const error = new DiscordError('not-found', 'the bot was removed from the guild');
    for (const waiter of this.#waitersOf(guildId)) waiter.fail(error);
  }

  channelGone(channelId: string): void {
    const error = new DiscordError('not-found', 'the channel was deleted');
    for (const waiter of [...this.#waiters]) if (waiter.channelId === channelId) waiter.fail(error);
  }

  /** The session or the gateway ended: fails every waiter with `error`. */
  fail(error: DiscordError): void {
    this.#servers.clear();
    this.#connected.clear();
    this.#leaving.clear();
    this.#leaveLater.clear();
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  get #nowMs(): number {
    return this.#link.clock.monotonicMs();
  }

  #waitersOf(guildId: string): Waiter[] {
    return [...this.#waiters].filter((waiter) => waiter.guildId === guildId);
  }

  #fresh({ guildId, channelId }: VoiceTarget): VoiceServer | null {
    const server = this.#servers.get(guildId);
    if (server === undefined || server.at === null || server.isTaken) return null;
    if (this.#link.directory.ownChannelId(guildId) !== channelId) return null;
    const { token, at } = server;
    return { guildId, channelId, ...this.#link.identity(), token, ...at };
  }

  #sendVoiceState(state: {
    readonly guildId: string;
    readonly channelId: string | null;
    readonly selfMute: boolean;
  }): boolean {
    const { guildId, channelId, selfMute } = state;
    const d = { guild_id: guildId, channel_id: channelId, self_mute: selfMute, self_deaf: false };
    return this.#link.send({ op: GATEWAY_OP.voiceStateUpdate, d });
  }
}
