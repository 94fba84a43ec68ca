import { once } from 'node:events';
import { toError } from '../base/errors.ts';
import { sleep } from '../base/wait.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { DiscordError } from '../discord/discord-error.ts';
import type { VoiceServerUpdate, VoiceStateChange } from '../discord/voice-state.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { E2eeState } from '../dave/dave-session.ts';
import type { MediaSink } from '../rtp/media-sink.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import type { VoiceError } from '../voice/voice-error.ts';
import { joinChannel, openVoice } from './join.ts';
import type { VoiceContext } from './join.ts';
import { PathWatch, type SignsOfLife } from './path-watch.ts';
import { Rejoins } from './rejoins.ts';
import { linkEndOf, type LinkEnd, type LinkGap } from './link-end.ts';
import { VoiceFeed } from './voice-feed.ts';

/** How long news that explains an absence may follow it: Discord sends them in any order. */
const VERDICT_MS = 1_000;

/** How long a new voice server may take after 4014 and 4022 before they mean what they say. */
const NEW_SERVER_MS = 5_000;

/** A voice server that owes an answer for so long was not there to say why we are out of the channel. */
const ANSWER_MS = 5_000;

const PATH_LOOK_MS = 1_000;

/**
 * `waiting`: what comes next is Discord's. `following`: for a voice server, which goes to whoever waits for it.
 * `opening`: that server is being connected to. `joining`: we leave and join ourselves, and the events that this
 * causes are no news.
 */
type LostPhase = 'waiting' | 'following' | 'opening' | 'joining';

/** Times are monotonic. */
type LinkState =
  | {
      readonly kind: 'open';
      readonly voice: VoiceConnection;
      readonly feed: VoiceFeed;
      readonly sinceMs: number;
      /** Set while the WebSocket resumes: sound goes on meanwhile. */
      readonly resumingSinceMs: number | null;
    }
  | {
      readonly kind: 'lost';
      readonly reason: LinkGap;
      readonly sinceMs: number;
      readonly attempt: number;
      readonly phase: LostPhase;
      /** What it means when nothing brings us back: a close code of the voice server says more than our empty seat. */
      readonly verdict: 'kicked' | 'call-ended';
      readonly cancel: AbortController;
    }
  | { readonly kind: 'closed' };

/** What a recording is told about its voice connections. */
export interface LinkHandlers {
  /** Takes the datagrams, names and news of keys of every voice session, without a detour through the link. */
  readonly media: MediaSink;
  onE2ee(state: E2eeState): void;
  /** A voice session begins: its keys are those of `voice`, its SSRCs are new. `after` says why the one before ended. */
  onOpen(voice: VoiceConnection, after: LinkGap | null): void;
  /**
   * The voice session is over; nothing can be received until the next `onOpen`. `heardAtMs` is the last sign of life of
   * a connection that had been dead before, on the monotonic clock; null when it was good to the end.
   */
  onLost(heardAtMs: number | null): void;
  /** Nothing has arrived for a while although the call goes on; the link tries to mend it. */
  onDeaf(): void;
  onMoved(channel: ChannelInfo): void;
  /** Discord's last word, or a fault of ours: the recording ends. Said once. */
  onFinal(end: LinkEnd): void;
  onChange(): void;
}

/**
 * Keeps one recording connected to its channel: the voice connection resumes by itself; everything beyond that
 * (new voice server, moved, session refused, main session lost) is mended here by joining again.
 */
export class VoiceLink implements AsyncDisposable {
  readonly #context: VoiceContext;
  readonly #handlers: LinkHandlers;
  #channel: ChannelInfo;
  #state: LinkState;
  readonly #path = new PathWatch();
  readonly #rejoins = new Rejoins();
  #refusal: Error | null = null;
  readonly #pathTimer: NodeJS.Timeout;

  constructor(
    context: VoiceContext,
    channel: ChannelInfo,
    { voice, feed, handlers }: { voice: VoiceConnection; feed: VoiceFeed; handlers: LinkHandlers },
  ) {
    this.#context = context;
    this.#channel = channel;
    this.#handlers = handlers;
    const { gateway, clock } = context;
    this.#state = {
      kind: 'open',
      voice,
      feed,
      sinceMs: clock.monotonicMs(),
      resumingSinceMs: null,
    };
    gateway.on('voice-state', this.#onVoiceState);
    gateway.on('voice-server', this.#onVoiceServer);
    gateway.on('channel-deleted', this.#onChannelDeleted);
    gateway.on('guild-removed', this.#onGuildRemoved);
    gateway.on('session-lost', this.#onSessionLost);
    gateway.on('closed', this.#onGatewayClosed);
    this.#attach({ voice, feed, after: null });
    this.#pathTimer = setInterval(() => this.#watchPath(), PATH_LOOK_MS);
  }

  get channel(): ChannelInfo {
    return this.#channel;
  }

  /** The error with which Discord refused us, once it has ended the recording; else null. */
  get refusal(): Error | null {
    return this.#refusal;
  }

  /** How long and the how-manieth time the connection is being tried again; null while it is good. */
  get retrying(): { readonly forMs: number; readonly attempt: number } | null {
    const nowMs = this.#context.clock.monotonicMs();
    switch (this.#state.kind) {
      case 'lost':
        return { forMs: nowMs - this.#state.sinceMs, attempt: this.#state.attempt };
      case 'open': {
        const { resumingSinceMs } = this.#state;
        return resumingSinceMs === null ? null : { forMs: nowMs - resumingSinceMs, attempt: 1 };
      }
      case 'closed':
        return null;
    }
  }

  /** Leaves the channel and lets go of everything. Nothing is reported from here on. */
  async close(): Promise<void> {
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

  #attach({
    voice,
    feed,
    after,
  }: {
    voice: VoiceConnection;
    feed: VoiceFeed;
    after: LinkGap | null;
  }): void {
    this.#path.begin(this.#context.clock.monotonicMs());
    this.#handlers.onOpen(voice, after);
    feed.attach({
      media: this.#handlers.media,
      control: {
        onE2ee: (state) => this.#handlers.onE2ee(state),
        onResuming: () => this.#resuming(this.#context.clock.monotonicMs()),
        onResumed: () => {
          this.#path.resumed(this.#context.clock.monotonicMs());
          this.#resuming(null);
        },
        onClosed: (error) => this.#voiceClosed(error),
      },
    });
  }

  #transition(next: LinkState): void {
    this.#state = next;
  }

  #resuming(sinceMs: number | null): void {
    if (this.#state.kind === 'open') this.#transition({ ...this.#state, resumingSinceMs: sinceMs });
    this.#handlers.onChange();
  }

  #watchPath(): void {
    if (this.#state.kind !== 'open' || this.#state.resumingSinceMs !== null) return;
    const { voice } = this.#state;
    const { clock, log } = this.#context;
    const step = this.#path.look(clock.monotonicMs(), signsOf(voice));
    if (step === 'wait') return;
    log.warn('nothing arrives', { step, ...voice.echo });
    if (step === 'announce') {
      voice.setSpeaking('silent');
      this.#handlers.onDeaf();
    } else {
      this.#mend('reconnect', (signal) => this.#rejoin(signal));
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
        return this.#mend('reconnect', (signal) => this.#rejoin(signal), { error });
      case 'await-server':
        return this.#mend('reconnect', async (signal) => {
          // A new voice server or another channel cancels this wait; see #onVoiceServer.
          await sleep(NEW_SERVER_MS, signal);
          if (error.reason === 'call-ended') {
            this.#handlers.onFinal('call-ended');
            return;
          }
          await this.#gatewayBack(signal); // who is in the channel is known from there
          // Another program with our token may have taken our seat: that one is not to be thrown out.
          if (!this.#isInChannel()) {
            this.#handlers.onFinal('kicked');
            return;
          }
          await this.#rejoin(signal);
        });
    }
  }

  readonly #onVoiceServer = ({ guildId }: VoiceServerUpdate): void => {
    if (guildId !== this.#channel.guildId) return;
    if (this.#phase === 'joining' || this.#phase === 'following') return;
    this.#mend('server-move', (signal) => this.#follow(signal));
  };

  readonly #onVoiceState = (change: VoiceStateChange): void => {
    if (!change.own || change.guildId !== this.#channel.guildId) return;
    if (this.#phase === 'joining') return;
    if (change.after === null) {
      // Who does not answer for long loses the seat: that need not be somebody's doing.
      if (this.#isUnanswered) return this.#mend('reconnect', (signal) => this.#rejoin(signal));
      return this.#mend('reconnect', async (signal) => {
        await sleep(VERDICT_MS, signal);
        if (this.#state.kind === 'lost') this.#handlers.onFinal(this.#state.verdict);
      });
    }
    if (change.after === this.#channel.id) return;
    const channel = this.#context.gateway.directory.channel(change.after);
    if (channel === null) return;
    this.#channel = channel;
    this.#handlers.onMoved(channel);
    if (this.#state.kind === 'lost' && this.#state.phase === 'opening') {
      // The new channel's voice server was named before the channel, and is named only once.
      this.#transition({ ...this.#state, reason: 'channel-move' });
      return;
    }
    this.#mend('channel-move', (signal) => this.#follow(signal));
  };

  readonly #onChannelDeleted = (channelId: Snowflake): void => {
    if (channelId === this.#channel.id) this.#handlers.onFinal('channel-deleted');
  };

  readonly #onGuildRemoved = (guildId: Snowflake): void => {
    if (guildId === this.#channel.guildId) this.#handlers.onFinal('kicked');
  };

  readonly #onSessionLost = (): void => {
    this.#mend('reconnect', (signal) => this.#rejoin(signal));
  };

  readonly #onGatewayClosed = (error: DiscordError): void => this.#rejected(error);

  get #phase(): LostPhase | null {
    return this.#state.kind === 'lost' ? this.#state.phase : null;
  }

  /** Resolves once the main gateway is connected, with what it missed. */
  async #gatewayBack(signal: AbortSignal): Promise<void> {
    const { gateway } = this.#context;
    while (gateway.connection !== 'connected') await once(gateway, 'connection', { signal });
  }

  #isInChannel(): boolean {
    const { guildId, id } = this.#channel;
    return this.#context.gateway.directory.ownChannelId(guildId) === id;
  }

  get #isUnanswered(): boolean {
    return this.#state.kind === 'open' && this.#state.voice.unansweredForMs > ANSWER_MS;
  }

  /** The last sign of life of a connection that was dead before it was over; null when it was good to the end. */
  #deafSinceMs(
    { voice, resumingSinceMs }: Extract<LinkState, { kind: 'open' }>,
    error: VoiceError | undefined,
  ): number | null {
    const isCut = error !== undefined && error.closeCode === null;
    return this.#path.deafSinceMs({
      nowMs: this.#context.clock.monotonicMs(),
      signs: signsOf(voice),
      cutAtMs: isCut ? resumingSinceMs : null,
    });
  }

  #rejected(cause: Error): void {
    this.#refusal ??= cause;
    this.#handlers.onFinal('rejected');
  }

  /** Lets the voice session go and does `work` in its place; news that comes meanwhile takes over from it. */
  #mend(
    reason: LinkGap,
    work: (signal: AbortSignal) => Promise<void>,
    { error }: { readonly error?: VoiceError } = {},
  ): void {
    const last = this.#state;
    if (last.kind === 'closed') return;
    const nowMs = this.#context.clock.monotonicMs();
    if (last.kind === 'open') {
      this.#rejoins.ended(nowMs - last.sinceMs);
      const again = reason !== 'reconnect' || this.#rejoins.failed(error) === 'again';
      if (!again && error !== undefined) return this.#rejected(error);
    }
    const deafSinceMs = last.kind === 'open' ? this.#deafSinceMs(last, error) : null;
    const cancel = new AbortController();
    const sinceMs = last.kind === 'lost' ? last.sinceMs : nowMs;
    const attempt = last.kind === 'lost' ? last.attempt : 1;
    // A move shows as a new server first, or as a lost connection: what it was is known last.
    const known = last.kind === 'lost' && reason === 'reconnect' ? last.reason : reason;
    this.#transition({
      kind: 'lost',
      reason: known,
      sinceMs,
      attempt,
      phase: 'waiting',
      verdict: last.kind === 'lost' ? last.verdict : verdictOf(error),
      cancel,
    });
    if (last.kind === 'lost') last.cancel.abort(new Error('overtaken'));
    if (last.kind === 'open') {
      last.feed.detach();
      this.#handlers.onLost(deafSinceMs);
      void last.voice.close();
    }
    this.#handlers.onChange();
    work(cancel.signal).catch((thrown: unknown) => {
      if (cancel.signal.aborted) return;
      this.#context.log.error('reconnecting failed', { error: toError(thrown).stack });
      this.#handlers.onFinal('fault');
    });
  }

  /** Connects to the voice server that Discord names by itself; when that does not come to anything, joins again. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { guildId, id: channelId } = this.#channel;
    const feed = new VoiceFeed();
    try {
      this.#enter('following');
      const server = await this.#context.gateway.followVoice({ guildId, channelId }, signal);
      signal.throwIfAborted();
      this.#enter('opening');
      const voice = await openVoice(this.#context, { server, feed }, signal);
      this.#opened({ voice, feed }, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (this.#isFinal(error)) return;
      await this.#rejoin(signal);
    }
  }

  /** Joins anew, with growing pauses, until it works or the failure is final. */
  async #rejoin(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#state.kind === 'lost')
        this.#transition({ ...this.#state, attempt, phase: 'joining' });
      this.#handlers.onChange();
      await sleep(this.#rejoins.pauseMs(), signal);
      const { guildId, id: channelId } = this.#channel;
      const feed = new VoiceFeed();
      try {
        const target = { guildId, channelId, feed };
        const voice = await joinChannel(this.#context, target, signal);
        this.#opened({ voice, feed }, signal);
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        this.#context.log.warn('rejoining failed', { attempt, message: toError(error).message });
        if (this.#isFinal(error)) return;
      }
    }
  }

  #enter(phase: LostPhase): void {
    if (this.#state.kind === 'lost') this.#transition({ ...this.#state, phase });
  }

  #opened({ voice, feed }: { voice: VoiceConnection; feed: VoiceFeed }, signal: AbortSignal): void {
    if (this.#state.kind !== 'lost' || signal.aborted) {
      void voice.close();
      return;
    }
    const { reason: after } = this.#state;
    const sinceMs = this.#context.clock.monotonicMs();
    this.#transition({ kind: 'open', voice, feed, sinceMs, resumingSinceMs: null });
    this.#attach({ voice, feed, after });
    this.#handlers.onChange();
  }

  /** Whether no other try is worth while; the recording has been told then. */
  #isFinal(error: unknown): boolean {
    const reason = linkEndOf(error, this.#rejoins.failed(error));
    if (reason === 'rejected') this.#rejected(toError(error));
    else if (reason !== null) this.#handlers.onFinal(reason);
    return reason !== null;
  }
}

function signsOf({ echo, heardAtMs }: VoiceConnection): SignsOfLife {
  return { echoAtMs: echo.lastEchoAtMs, heardAtMs };
}

function verdictOf(error: VoiceError | undefined): 'kicked' | 'call-ended' {
  return error?.reason === 'call-ended' ? 'call-ended' : 'kicked';
}
