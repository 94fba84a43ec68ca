import type { DaveSession } from '../dave/dave-session.ts';
import type { E2eeState } from '../dave/dave-state.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { MediaSink } from '../rtp/media-sink.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import type { VoiceError } from '../voice/voice-error.ts';
import type { LinkEnd, LinkGapReason } from './link-end.ts';
import type { SignsOfLife } from './path-watch.ts';
import type { VoiceFeed } from './voice-feed.ts';

/**
 * `waiting`: for what Discord sends next, or for time to pass. `following`: for the voice server that Discord names by
 * itself. `joining`: leaving and joining, our seat not taken yet. `seated`: the join gave us the seat, and Discord has
 * yet to name the voice server. `opening`: connecting to the server that was named.
 */
export type LostPhase = 'waiting' | 'following' | 'joining' | 'seated' | 'opening';

/** Why the recording ends when our seat is empty and nothing brings us back: `call-ended` after close code 4022. */
export type Removal = Extract<LinkEnd, 'kicked' | 'call-ended'>;

/** What a link and the recording behind it use of a voice connection. */
export interface LinkedVoice extends Pick<
  VoiceConnection,
  | 'cipher'
  | 'close'
  | 'echo'
  | 'heardAtMs'
  | 'movedTo'
  | 'sendOpus'
  | 'setSpeaking'
  | 'transportOpened'
  | 'unansweredForMs'
> {
  readonly dave: Pick<DaveSession, 'gaveUp' | 'members' | 'open' | 'opened' | 'state'>;
}

/** A voice session, and the gate through which it is heard. */
export interface OpenVoice {
  readonly voice: LinkedVoice;
  readonly feed: VoiceFeed;
}

/** Times are monotonic. */
export interface OpenState extends OpenVoice {
  readonly kind: 'open';
  readonly sinceMs: number;
  /** Set while the WebSocket resumes: sound goes on meanwhile. */
  readonly resumingSinceMs: number | null;
  /** When Discord named this session's server by itself, as long as no voice state of ours has said why. */
  readonly unexplainedSinceMs: number | null;
}

/** Times are monotonic. */
export type LinkState =
  | OpenState
  | {
      readonly kind: 'lost';
      readonly reason: LinkGapReason;
      readonly sinceMs: number;
      readonly attempt: number;
      readonly phase: LostPhase;
      readonly removal: Removal;
      readonly cancel: AbortController;
    }
  | { readonly kind: 'closed' };

/** What a recording is told about its voice connections. */
export interface LinkHandlers {
  /** Takes datagrams, names and changes of keys of every voice session, past the link. */
  readonly media: MediaSink;
  onE2ee(state: E2eeState): void;
  /**
   * Asked of every voice session but the first before anything of it is heard: it begins when this resolves. Rejects
   * with the signal's reason only. Where absent, every session begins at once.
   */
  admit?(voice: LinkedVoice, channelId: Snowflake, signal: AbortSignal): Promise<void>;
  /**
   * A voice session begins: its keys are those of `voice`, its SSRCs are new. `after` says why the voice session before
   * it ended; null for the first. What it received from `sinceMs` on, monotonic, is heard.
   */
  onOpen(voice: LinkedVoice, after: LinkGapReason | null, sinceMs: number): void;
  /**
   * The voice session is over; nothing can be received until the next `onOpen`. `deadSinceMs`, monotonic, is the last
   * sign of life of a connection that was dead before its end; null when it was good to the end.
   */
  onLost(deadSinceMs: number | null): void;
  /**
   * Nothing has arrived for 20 s or more although the call goes on, or what arrives has not opened for 3 s; the link
   * tries to mend it.
   */
  onUnheard(why: 'nothing-arrives' | 'nothing-opens'): void;
  /** Discord declared voice sessions void again and again (4006): another voice region may help. Joining goes on. */
  onVoidSessions(): void;
  /**
   * Somebody moved the bot to `channel`; the link follows, or has followed already: without `admit`, a new voice session
   * may begin up to 5 s before.
   */
  onMoved(channel: ChannelInfo): void;
  /** Discord's last word, or a fault of our own code: the recording has to end. The first call counts. */
  onFinal(end: LinkEnd): void;
  /** What `retrying` tells may have changed. */
  onChange(): void;
}

/** Whether a move of ours to another channel may be why Discord named the server in use, at `earliestMs` or later. */
export function isUnexplained(state: LinkState, earliestMs: number): state is OpenState {
  return state.kind === 'open' && (state.unexplainedSinceMs ?? -Infinity) >= earliestMs;
}

export function signsOf({ echo, heardAtMs, transportOpened, dave }: LinkedVoice): SignsOfLife {
  const opened = { transport: transportOpened, endToEnd: dave.opened };
  return { echoAtMs: echo.lastEchoAtMs, heardAtMs, ...opened };
}

export function removalOf(error: VoiceError): Removal {
  return error.reason === 'call-ended' ? 'call-ended' : 'kicked';
}

/** When the connection broke, monotonic, and the number of the attempt under way, from 1. */
export interface Retrying {
  readonly sinceMs: number;
  readonly attempt: number;
}

/** Null while the connection is good, and once the link is closed. */
export function retryingOf(state: LinkState): Retrying | null {
  switch (state.kind) {
    case 'lost':
      return { sinceMs: state.sinceMs, attempt: state.attempt };
    case 'open': {
      const { resumingSinceMs } = state;
      return resumingSinceMs === null ? null : { sinceMs: resumingSinceMs, attempt: 1 };
    }
    case 'closed':
      return null;
  }
}
