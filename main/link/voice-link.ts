import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toError } from '../base/errors.ts';
import { sleep } from '../base/wait.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { DiscordError } from '../discord/discord-error.ts';
import type { VoiceServerUpdate, VoiceStateChange } from '../discord/voice-state.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { VoiceError } from '../voice/voice-error.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import { gatewayBack, joinVoice } from './join.ts';
import type { LinkContext } from './join.ts';
import { PathWatch } from './path-watch.ts';
import { settledChannel } from './settled-channel.ts';
import { isDismissal, Rejoins } from './rejoins.ts';
import { linkEndOf, strongerReason, type LinkGapReason } from './link-end.ts';
import { isUnexplained, retryingOf, signsOf, removalOf } from './link-state.ts';
import type {
  LinkedVoice,
  LinkHandlers,
  LinkState,
  LostPhase,
  OpenState,
  OpenVoice,
  Retrying,
  Removal,
} from './link-state.ts';
import { VoiceFeed } from './voice-feed.ts';

/** How long after our seat became empty the event may come that explains it: Discord sends the two in any order. */
const EXPLAINED_MS = 1_000;

/**
 * A voice server that sends us away (4014, 4022), the new server's name and our voice state in another channel come in
 * any order, within 5 s.
 */
const NEW_SERVER_MS = 5_000;

/** A voice server that has owed an answer for 5 s is dead: our seat is empty because of it, and nobody kicked us. */
const ANSWER_MS = 5_000;

const PATH_LOOK_MS = 1_000;

/** What a link begins with: an open voice session. */
export interface LinkStart extends OpenVoice {
  readonly handlers: LinkHandlers;
  /** Opens the voice sessions that follow. */
  readonly open: (
    context: LinkContext,
    to: { readonly server: VoiceServer; readonly feed: VoiceFeed },
    signal: AbortSignal,
  ) => Promise<LinkedVoice>;
}

/**
 * Keeps one recording connected to its channel. The voice connection resumes by itself; after everything else (a new
 * voice server, a move, a refused session, a lost main session) the link follows Discord to the next voice server or
 * joins again.
 */
export class VoiceLink implements AsyncDisposable {
  readonly #context: LinkContext;
  readonly #handlers: LinkHandlers;
  readonly #open: LinkStart['open'];
  #channel: ChannelInfo;
  #state: LinkState;
  readonly #path = new PathWatch();
  readonly #rejoins = new Rejoins();
  #refusal: Error | null = null;
  /** Aborting it opens a session at once that waits for news of a move; null while none does. */
  #settling: AbortController | null = null;
  readonly #pathTimer: NodeJS.Timeout;

  constructor(
    context: LinkContext,
    channel: ChannelInfo,
    { voice, feed, handlers, open }: LinkStart,
  ) {
    this.#context = context;
    this.#channel = channel;
    this.#handlers = handlers;
    this.#open = open;
    const { gateway, clock } = context;
    this.#state = {
      kind: 'open',
      voice,
      feed,
      sinceMs: clock.monotonicMs(),
      resumingSinceMs: null,
      unexplainedSinceMs: null,
    };
    gateway.on('voice-state', this.#onVoiceState);
    gateway.on('voice-server', this.#onVoiceServer);
    gateway.on('channel-deleted', this.#onChannelDeleted);
    gateway.on('guild-removed', this.#onGuildRemoved);
    gateway.on('session-lost', this.#onSessionLost);
    gateway.on('closed', this.#onGatewayClosed);
    this.#attach({ voice, feed, sinceMs: clock.monotonicMs() }, null);
    this.#pathTimer = setInterval(() => this.#watchPath(), PATH_LOOK_MS);
  }

  get channel(): ChannelInfo {
    return this.#channel;
  }

  /** The error with which Discord refused us, once it has ended the recording; else null. */
  get refusal(): Error | null {
    return this.#refusal;
  }

  /** Since when the connection has been broken; null while it is good. */
  get retrying(): Retrying | null {
    return retryingOf(this.#state);
  }

  /** Leaves the channel and lets go of everything. Nothing is reported from here on. */
  async close(): Promise<void> {
    if (this.#settling !== null) {
      this.#settling.abort();
      await nextTurn();
    }
    if (this.#state.kind === 'closed') return;
    const { gateway } = this.#context;
    gateway.off('voice-state', this.#onVoiceState);
    gateway.off('voice-server', this.#onVoiceServer);
    gateway.off('channel-deleted', this.#onChannelDeleted);
    gateway.off('guild-removed', this.#onGuildRemoved);
    gateway.off('session-lost', this.#onSessionLost);
    gateway.off('closed', this.#onGatewayClosed);
    clearInterval(this.#pathTimer);
    const last = this.#state;
    this.#transition({ kind: 'closed' });
    if (last.kind === 'lost') last.cancel.abort(new Error('closed'));
    if (last.kind === 'open') {
      last.feed.detach();
      await last.voice.close();
    }
    gateway.leaveVoice(this.#channel.guildId);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #attach(
    { voice, feed, sinceMs }: OpenVoice & Pick<OpenState, 'sinceMs'>,
    after: LinkGapReason | null,
  ): void {
    this.#path.begin(this.#context.clock.monotonicMs());
    this.#handlers.onOpen(voice, after, sinceMs);
    feed.attach({
      media: this.#handlers.media,
      control: {
        onE2ee: (state) => this.#handlers.onE2ee(state),
        onResuming: () => this.#resuming(),
        onResumed: () => this.#resumed(),
        onClosed: (error) => this.#voiceClosed(error),
      },
    });
  }

  #transition(next: LinkState): void {
    this.#state = next;
  }

  #resuming(): void {
    const resumingSinceMs = this.#context.clock.monotonicMs();
    if (this.#state.kind === 'open') this.#transition({ ...this.#state, resumingSinceMs });
    this.#handlers.onChange();
  }

  #resumed(): void {
    this.#path.resumed(this.#context.clock.monotonicMs());
    if (this.#state.kind === 'open') this.#transition({ ...this.#state, resumingSinceMs: null });
    this.#handlers.onChange();
  }

  #watchPath(): void {
    if (this.#state.kind !== 'open' || this.#state.resumingSinceMs !== null) return;
    const { voice } = this.#state;
    const { clock, log } = this.#context;
    const step = this.#path.look(clock.monotonicMs(), signsOf(voice));
    if (step === 'wait') return;
    const message = step === 'rekey' ? 'nothing can be opened' : 'nothing arrives';
    log.warn(message, { step, ...voice.echo });
    if (step === 'announce') {
      voice.setSpeaking('silent');
      this.#handlers.onUnheard('nothing-arrives');
    } else {
      if (step === 'rekey') this.#handlers.onUnheard('nothing-opens');
      this.#replaceVoice('reconnect', (signal) => this.#rejoin(signal));
    }
  }

  #voiceClosed(error: VoiceError): void {
    this.#context.log.warn('voice connection lost', {
      reason: error.reason,
      code: error.closeCode,
      message: error.message,
    });
    switch (error.remedy) {
      case 'stop':
        return this.#rejected(error);
      case 'rejoin':
      case 'rejoin-once':
        return this.#replaceVoice('reconnect', (signal) => this.#rejoin(signal), { error });
      case 'await-server':
        return this.#replaceVoice('reconnect', (signal) => this.#awaitServer(error, signal), {
          removal: removalOf(error),
        });
    }
  }

  /** The voice server sent us away (4014, 4022). A new voice server or news of our seat aborts `signal`. */
  async #awaitServer(error: VoiceError, signal: AbortSignal): Promise<void> {
    await sleep(NEW_SERVER_MS, signal);
    if (removalOf(error) === 'call-ended') {
      this.#handlers.onFinal('call-ended');
      return;
    }
    await gatewayBack(this.#context.gateway, signal); // only the main gateway tells who is in the channel
    // Joining again would throw out another program with our token that has taken our seat.
    if (!this.#isInChannel()) {
      this.#handlers.onFinal('kicked');
      return;
    }
    await this.#rejoin(signal);
  }

  readonly #onVoiceServer = ({ guildId }: VoiceServerUpdate): void => {
    if (guildId !== this.#channel.guildId) return;
    // Who waits for a server gets this one from the gateway.
    if (this.#phase === 'following' || this.#isJoining) return;
    const namedAtMs = this.#context.clock.monotonicMs();
    this.#replaceVoice('server-move', (signal) => this.#follow(signal, namedAtMs));
  };

  readonly #onVoiceState = (change: VoiceStateChange): void => {
    if (!change.own || change.guildId !== this.#channel.guildId) return;
    if (change.after === null) this.#unseated();
    else if (change.after !== this.#channel.id) this.#moved(change.after);
    else if (change.before !== change.after && this.#phase === 'joining') this.#enter('seated');
  };

  /** We are in no channel: by our own leave, by somebody's hand, or because Discord took the seat. */
  #unseated(): void {
    if (this.#phase === 'joining') return; // by our own leave, or with the voice session before
    if (this.#phase === 'seated' && this.#context.gateway.isLeavingVoice(this.#channel.guildId))
      return this.#enter('joining');
    // Discord also takes the seat of a connection that is dead: then nobody kicked us.
    if (this.#state.kind === 'open' && this.#state.voice.unansweredForMs > ANSWER_MS)
      return this.#replaceVoice('reconnect', (signal) => this.#rejoin(signal));
    this.#replaceVoice('reconnect', async (signal) => {
      await sleep(EXPLAINED_MS, signal);
      if (this.#state.kind === 'lost') this.#handlers.onFinal(this.#state.removal);
    });
  }

  /** Somebody moved us. */
  #moved(channelId: Snowflake): void {
    const { gateway, clock } = this.#context;
    const untold = { ...this.#channel, id: channelId, name: channelId, people: [] };
    const channel = gateway.directory.channel(channelId) ?? untold;
    this.#channel = channel;
    this.#handlers.onMoved(channel);
    // The new channel's voice server may be named before the channel, and is named only once.
    if (this.#state.kind === 'lost' && this.#state.phase === 'opening') {
      this.#transition({ ...this.#state, reason: 'channel-move' });
    } else if (isUnexplained(this.#state, clock.monotonicMs() - NEW_SERVER_MS)) {
      this.#state.voice.movedTo(channel.id);
      this.#transition({ ...this.#state, unexplainedSinceMs: null });
    } else if (this.#isJoining && gateway.isLeavingVoice(channel.guildId)) {
      // Our leave comes behind the move, and takes us out of that channel too.
      this.#replaceVoice('channel-move', (signal) => this.#rejoin(signal));
    } else {
      this.#replaceVoice('channel-move', (signal) => this.#follow(signal, null));
    }
  }

  readonly #onChannelDeleted = (channelId: Snowflake): void => {
    if (channelId === this.#channel.id) this.#handlers.onFinal('channel-deleted');
  };

  readonly #onGuildRemoved = (guildId: Snowflake): void => {
    if (guildId === this.#channel.guildId) this.#handlers.onFinal('kicked');
  };

  readonly #onSessionLost = (): void => {
    this.#replaceVoice('reconnect', (signal) => this.#rejoin(signal));
  };

  readonly #onGatewayClosed = (error: DiscordError): void => this.#rejected(error);

  get #phase(): LostPhase | null {
    return this.#state.kind === 'lost' ? this.#state.phase : null;
  }

  get #isJoining(): boolean {
    return this.#phase === 'joining' || this.#phase === 'seated';
  }

  #isInChannel(): boolean {
    const { guildId, id } = this.#channel;
    return this.#context.gateway.directory.ownChannelId(guildId) === id;
  }

  /** Last sign of life of a connection that was dead before its end, monotonic; null when it was good to the end. */
  #deadSinceMs(
    { voice, resumingSinceMs }: OpenState,
    error: VoiceError | undefined,
  ): number | null {
    const isCut = error !== undefined && error.closeCode === null;
    return this.#path.deadSinceMs({
      nowMs: this.#context.clock.monotonicMs(),
      signs: signsOf(voice),
      cutAtMs: isCut ? resumingSinceMs : null,
    });
  }

  #rejected(cause: Error): void {
    this.#refusal ??= cause;
    this.#handlers.onFinal('rejected');
  }

  /**
   * Ends the voice session and does `work`, which opens the next one. A later call aborts the signal of `work` and
   * takes over.
   */
  #replaceVoice(
    reason: LinkGapReason,
    work: (signal: AbortSignal) => Promise<void>,
    { error, removal = 'kicked' }: { readonly error?: VoiceError; readonly removal?: Removal } = {},
  ): void {
    const last = this.#state;
    if (last.kind === 'closed') return;
    const nowMs = this.#context.clock.monotonicMs();
    if (last.kind === 'open') {
      this.#rejoins.ended(nowMs - last.sinceMs);
      const again = reason !== 'reconnect' || this.#failed(error) === 'again';
      if (!again && error !== undefined) return this.#rejected(error);
    }
    const deadSinceMs = last.kind === 'open' ? this.#deadSinceMs(last, error) : null;
    const cancel = new AbortController();
    const sinceMs = retryingOf(last)?.sinceMs ?? nowMs;
    const attempt = last.kind === 'lost' ? last.attempt : 1;
    // A move may show first as a lost connection or as a new server.
    const known = last.kind === 'lost' ? strongerReason(last.reason, reason) : reason;
    this.#transition({
      kind: 'lost',
      reason: known,
      sinceMs,
      attempt,
      phase: 'waiting',
      removal: last.kind === 'lost' ? last.removal : removal,
      cancel,
    });
    if (last.kind === 'lost') last.cancel.abort(new Error('overtaken'));
    if (last.kind === 'open') {
      last.feed.detach();
      this.#context.gateway.releaseVoice(this.#channel.guildId);
      this.#handlers.onLost(deadSinceMs);
      void last.voice.close();
    }
    this.#handlers.onChange();
    work(cancel.signal).catch((thrown: unknown) => {
      if (cancel.signal.aborted) return;
      this.#context.log.error('reconnecting failed', { error: toError(thrown).stack });
      this.#handlers.onFinal('fault');
    });
  }

  /**
   * Connects to the voice server that Discord names by itself; when that fails, joins again. `namedAtMs`: when it was
   * named, if a move may still turn out to be the cause.
   */
  async #follow(signal: AbortSignal, namedAtMs: number | null): Promise<void> {
    const { guildId, id: channelId } = this.#channel;
    try {
      this.#enter('following');
      const server = await this.#context.gateway.followVoice({ guildId, channelId }, signal);
      await this.#connect(server, namedAtMs, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (this.#noteFailure(error) === 'ended') return;
      if (isDismissal(error)) await this.#dismissed(error, signal);
      else await this.#rejoin(signal);
    }
  }

  /** Opens a voice session with `server`. We may be moved meanwhile. */
  async #connect(
    server: VoiceServer,
    namedAtMs: number | null,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    this.#enter('opening');
    const feed = new VoiceFeed();
    const isMove = this.#state.kind === 'lost' && this.#state.reason === 'channel-move';
    const mayBeMove = namedAtMs !== null && !isMove && this.#handlers.admit !== undefined;
    if (mayBeMove) feed.hold();
    const voice = await this.#open(this.#context, { server, feed }, signal);
    const openedAtMs = this.#context.clock.monotonicMs();
    try {
      if (mayBeMove) await this.#settle(feed, signal);
      await this.#admitted({ voice, feed }, server.channelId, signal);
    } catch (error) {
      void voice.close();
      throw error;
    }
    const sinceMs = feed.isHolding ? openedAtMs : this.#context.clock.monotonicMs();
    this.#opened({ voice, feed, sinceMs }, mayBeMove ? null : namedAtMs, signal);
  }

  /** Resolves when it is known whether we were moved, or once the link is to close: what has been said is heard then. */
  async #settle(feed: VoiceFeed, signal: AbortSignal): Promise<void> {
    const closing = new AbortController();
    const onElsewhere = (): void => {
      feed.forget(); // said where nobody has been told yet
      this.#settling = null;
    };
    const settled = Promise.race([
      settledChannel(this.#context, this.#channel, onElsewhere, signal),
      once(closing.signal, 'abort'),
    ]);
    this.#settling = closing;
    await settled.finally(() => {
      this.#settling = null;
    });
  }

  /**
   * Resolves when the session, made for the channel `of`, may be heard in the one where we are by then: we may be moved
   * while it waits.
   */
  async #admitted({ voice, feed }: OpenVoice, of: Snowflake, signal: AbortSignal): Promise<void> {
    let channelId = of;
    do {
      if (channelId !== this.#channel.id) {
        voice.movedTo(this.#channel.id);
        feed.forget(); // what was said there before anyone was asked
      }
      channelId = this.#channel.id;
      await this.#handlers.admit?.(voice, channelId, signal);
    } while (channelId !== this.#channel.id);
  }

  /** A voice server sent us away before a voice session was open: as when it closes an open one. */
  async #dismissed(error: VoiceError, signal: AbortSignal): Promise<void> {
    if (this.#state.kind === 'lost')
      this.#transition({ ...this.#state, phase: 'waiting', removal: removalOf(error) });
    await this.#awaitServer(error, signal);
  }

  /** Joins anew, with growing pauses, until it works or the failure is final. */
  async #rejoin(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#state.kind === 'lost')
        this.#transition({ ...this.#state, attempt, phase: 'joining' });
      this.#handlers.onChange();
      await sleep(this.#rejoins.pauseMs(), signal);
      const { guildId, id: channelId } = this.#channel;
      try {
        const server = await joinVoice(this.#context, { guildId, channelId }, signal);
        await this.#connect(server, null, signal);
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        this.#context.log.warn('rejoining failed', { attempt, message: toError(error).message });
        if (this.#noteFailure(error) === 'ended') return;
        if (isDismissal(error)) return this.#dismissed(error, signal);
        this.#context.gateway.leaveVoice(guildId);
      }
    }
  }

  #enter(phase: LostPhase): void {
    if (this.#state.kind === 'lost') this.#transition({ ...this.#state, phase });
  }

  #opened(
    { voice, feed, sinceMs }: OpenVoice & Pick<OpenState, 'sinceMs'>,
    namedAtMs: number | null,
    signal: AbortSignal,
  ): void {
    if (this.#state.kind !== 'lost' || signal.aborted) {
      void voice.close();
      return;
    }
    const { reason: after } = this.#state;
    const unexplainedSinceMs = after === 'channel-move' ? null : namedAtMs;
    const state = { kind: 'open', sinceMs, resumingSinceMs: null, unexplainedSinceMs } as const;
    this.#transition({ voice, feed, ...state });
    this.#attach({ voice, feed, sinceMs }, after);
    this.#handlers.onChange();
  }

  #failed(error: unknown): 'again' | 'final' {
    if (this.#rejoins.advisesRegion(error, this.#context.clock.monotonicMs()))
      this.#handlers.onVoidSessions();
    return this.#rejoins.failed(error);
  }

  /** Counts a failure to connect, and ends the recording where it is Discord's last word. */
  #noteFailure(error: unknown): 'ended' | 'again' {
    const end = linkEndOf(error, this.#failed(error));
    if (end === 'rejected') this.#rejected(toError(error));
    else if (end !== null) this.#handlers.onFinal(end);
    return end === null ? 'again' : 'ended';
  }
}
