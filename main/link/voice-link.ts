import { once } from 'node:events';
import { toError } from '../base/errors.ts';
import { sleep } from '../base/wait.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { DiscordError } from '../discord/discord-error.ts';
import type { VoiceServerUpdate, VoiceStateChange } from '../discord/voice-state.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import type { VoiceError } from '../voice/voice-error.ts';
import { joinChannel, openVoice } from './join.ts';
import type { VoiceContext } from './join.ts';
import { PathWatch } from './path-watch.ts';
import { Rejoins } from './rejoins.ts';
import { linkEndOf, type LinkGap } from './link-end.ts';
import type { LinkHandlers } from './link-handlers.ts';
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

type LinkState =
  | {
      readonly kind: 'open';
      readonly voice: VoiceConnection;
      readonly feed: VoiceFeed;
      readonly sinceMs: number;
    }
  | {
      readonly kind: 'lost';
      reason: LinkGap;
      readonly sinceMs: number;
      attempt: number;
      phase: LostPhase;
      readonly cancel: AbortController;
    }
  | { readonly kind: 'closed' };

/**
 * Keeps one recording connected to its channel: the voice connection resumes by itself; everything beyond that
 * (new voice server, moved, session refused, main session lost) is mended here by joining again.
 */
export class VoiceLink implements AsyncDisposable {
  readonly #context: VoiceContext;
  readonly #handlers: LinkHandlers;
  #channel: ChannelInfo;
  #state: LinkState;
  /** What it means when nothing brings us back: how the voice server took leave says more than our empty seat. */
  #verdict: 'kicked' | 'call-ended' = 'kicked';
  /** Set while the WebSocket resumes: sound goes on meanwhile. */
  #resumingSinceMs: number | null = null;
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
    this.#state = { kind: 'open', voice, feed, sinceMs: clock.monotonicMs() };
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
    if (this.#state.kind === 'lost') {
      return { forMs: nowMs - this.#state.sinceMs, attempt: this.#state.attempt };
    }
    return this.#resumingSinceMs === null
      ? null
      : { forMs: nowMs - this.#resumingSinceMs, attempt: 1 };
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
    this.#state = { kind: 'closed' };
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
    this.#resumingSinceMs = null;
    this.#path.begin(this.#context.clock.monotonicMs());
    this.#handlers.onOpen(voice, after);
    feed.attach({
      receive: (datagram, arrivedAtMs) => {
        this.#path.heard(arrivedAtMs);
        this.#handlers.onDatagram(datagram, arrivedAtMs);
      },
      name: (ssrc, userId) => this.#handlers.onName(ssrc, userId),
      e2eeChanged: (state) => this.#handlers.onE2ee(state),
      keysChanged: () => this.#handlers.onKeys(),
      voiceChanged: (change) => {
        const nowMs = this.#context.clock.monotonicMs();
        this.#resumingSinceMs = change === 'resumed' ? null : nowMs;
        if (change === 'resumed') this.#path.resumed(nowMs);
        this.#handlers.onChange();
      },
      voiceClosed: (error) => this.#voiceClosed(error),
    });
  }

  #watchPath(): void {
    if (this.#state.kind !== 'open' || this.#resumingSinceMs !== null) return;
    const { voice } = this.#state;
    const { clock, log } = this.#context;
    const step = this.#path.look(clock.monotonicMs(), voice.echo.lastEchoAtMs);
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
        this.#verdict = error.reason === 'call-ended' ? 'call-ended' : 'kicked';
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
        this.#handlers.onFinal(this.#verdict);
      });
    }
    if (change.after === this.#channel.id) return;
    const channel = this.#context.gateway.directory.channel(change.after);
    if (channel === null) return;
    this.#channel = channel;
    this.#handlers.onMoved(channel);
    if (this.#state.kind === 'lost' && this.#state.phase === 'opening') {
      this.#state.reason = 'channel-move'; // its server was named before it, and only once
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

  /** Since when nothing was heard, when the connection was dead before it was over; null: until now. */
  #deafSinceMs(voice: VoiceConnection, error: VoiceError | undefined): number | null {
    const isCut = error !== undefined && error.closeCode === null;
    return this.#path.deafSinceMs({
      nowMs: this.#context.clock.monotonicMs(),
      echoAtMs: voice.echo.lastEchoAtMs,
      cutAtMs: isCut ? this.#resumingSinceMs : null,
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
    const deafSinceMs = last.kind === 'open' ? this.#deafSinceMs(last.voice, error) : null;
    const cancel = new AbortController();
    const sinceMs = last.kind === 'lost' ? last.sinceMs : nowMs;
    const attempt = last.kind === 'lost' ? last.attempt : 1;
    // A move shows as a new server first, or as a lost connection: what it was is known last.
    const known = last.kind === 'lost' && reason === 'reconnect' ? last.reason : reason;
    this.#state = { kind: 'lost', reason: known, sinceMs, attempt, phase: 'waiting', cancel };
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
      const voice = await openVoice(this.#context, { server, handlers: feed }, signal);
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
      if (this.#state.kind === 'lost') this.#state.attempt = attempt;
      this.#enter('joining');
      this.#handlers.onChange();
      await sleep(this.#rejoins.pauseMs(), signal);
      const { guildId, id: channelId } = this.#channel;
      const feed = new VoiceFeed();
      try {
        const target = { guildId, channelId, handlers: feed };
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
    if (this.#state.kind === 'lost') this.#state.phase = phase;
  }

  #opened({ voice, feed }: { voice: VoiceConnection; feed: VoiceFeed }, signal: AbortSignal): void {
    if (this.#state.kind !== 'lost' || signal.aborted) {
      void voice.close();
      return;
    }
    const { reason: after } = this.#state;
    this.#state = { kind: 'open', voice, feed, sinceMs: this.#context.clock.monotonicMs() };
    this.#verdict = 'kicked';
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
