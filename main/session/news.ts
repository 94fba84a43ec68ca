import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { UntimedSessionEvent } from './session-event.ts';

/** So many of the newest are kept: minutes of a lively call, and what a window shows is younger than seconds. */
const KEPT = 100;

/** Who comes or goes within the first 3 s belongs to the beginning. */
const SETTLING_SAMPLES = 3 * SAMPLE_RATE_HZ;

/** When something happened. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Length of the recording then, in samples of 48 kHz. */
  readonly samples: number;
}

/** What happened. Missing is what nobody was heard in, less what was paused anyway; both in samples of 48 kHz. */
export type NewsEvent =
  | { readonly kind: 'began' | 'lost' | 'paused' | 'deafened' | 'undeafened' }
  | { readonly kind: 'joined' | 'left'; readonly name: string }
  | { readonly kind: 'moved'; readonly channelName: string }
  /** `slept`, `unheard`: nothing arrived although the connection stood. */
  | { readonly kind: 'back' | 'slept' | 'unheard'; readonly missingSamples: number }
  | { readonly kind: 'resumed'; readonly pausedSamples: number }
  /** `marker` is its number. */
  | { readonly kind: 'marked'; readonly marker: number }
  /** The call took another privacy code in place of one. */
  | { readonly kind: 'code-changed' }
  /** From here on somebody cannot be decrypted; not told again until everybody can. */
  | { readonly kind: 'undecryptable' };

/** One piece of news. Numbers count from 0 over the whole recording, without a hole. */
export type NewsItem = NewsEvent & Moment & { readonly number: number };

/** What the news cannot learn from the recording's events. */
export interface Circumstances {
  /** The connection is being tried again. */
  readonly isLost: boolean;
  /** Somebody deafened the bot. */
  readonly isDeafened: boolean;
}

/** [from, to) in samples. */
type Stretch = Pick<GapEvent, 'fromSamples' | 'toSamples'>;

type GapEvent = Extract<UntimedSessionEvent, { readonly event: 'gap' }>;

/** What happens to a recording, one after the other, for whoever shows it. */
export class News {
  #items: readonly NewsItem[] = [];
  #count = 0;
  /** The connection is lost: the newest gap since then. */
  #lost: { readonly gap: Stretch | null } | null = null;
  #pausedAtSamples: number | null = null;
  #privacyCode: string | null = null;
  /** Null before it is looked at first: the beginning is no change. */
  #isDeafened: boolean | null = null;

  /** The newest, oldest first. */
  get items(): readonly NewsItem[] {
    return this.#items;
  }

  /** To be told of every event of the recording. */
  hear(event: UntimedSessionEvent, at: Moment): void {
    switch (event.event) {
      case 'joined':
        return this.#tell({ kind: 'began' }, at);
      case 'present':
      case 'left':
        if (at.samples < SETTLING_SAMPLES) return;
        return this.#tell(
          { kind: event.event === 'left' ? 'left' : 'joined', name: event.name },
          at,
        );
      case 'moved':
        return this.#tell({ kind: 'moved', channelName: event.channelName }, at);
      case 'gap':
        return this.#hearGap(event, at);
      case 'e2ee':
        return this.#hearCode(event.privacyCode, at);
      case 'connected':
      case 'notice':
      case 'speaker':
      case 'excluded':
      case 'warning':
      case 'stopped':
        return;
    }
  }

  /** To be told whenever one of these may have changed, after the events that changed with it. */
  observe({ isLost, isDeafened }: Circumstances, at: Moment): void {
    if (isLost && this.#lost === null) {
      this.#lost = { gap: null };
      this.#tell({ kind: 'lost' }, at);
    } else if (!isLost && this.#lost !== null) {
      const { gap } = this.#lost;
      this.#lost = null;
      this.#tell({ kind: 'back', missingSamples: gap === null ? 0 : this.#missing(gap) }, at);
    }
    const wasDeafened = this.#isDeafened ?? isDeafened;
    this.#isDeafened = isDeafened;
    if (wasDeafened !== isDeafened) {
      this.#tell({ kind: isDeafened ? 'deafened' : 'undeafened' }, at);
    }
  }

  /** The connection is back, behind a gap whose event may come later. */
  connectionBack(gap: Stretch): void {
    if (this.#lost !== null) this.#lost = { gap };
  }

  paused(at: Moment): void {
    this.#pausedAtSamples = at.samples;
    this.#tell({ kind: 'paused' }, at);
  }

  /** `marker` is its number. */
  marked(marker: number, at: Moment): void {
    this.#tell({ kind: 'marked', marker }, at);
  }

  undecryptable(at: Moment): void {
    this.#tell({ kind: 'undecryptable' }, at);
  }

  /**
   * What a lost connection has cost is told when it is back: `connectionBack` says it, since the event of its gap may
   * come when another connection is lost.
   */
  #hearGap(gap: GapEvent, at: Moment): void {
    switch (gap.reason) {
      case 'pause': {
        this.#pausedAtSamples = null;
        const pausedSamples = gap.toSamples - gap.fromSamples;
        return this.#tell({ kind: 'resumed', pausedSamples }, at);
      }
      case 'sleep':
      case 'network':
        if (this.#lost !== null) {
          this.#lost = { gap };
          return;
        }
        return this.#tell(
          {
            kind: gap.reason === 'sleep' ? 'slept' : 'unheard',
            missingSamples: this.#missing(gap),
          },
          at,
        );
      case 'reconnect':
      case 'server-move':
      case 'channel-move':
        return;
    }
  }

  #hearCode(privacyCode: string | null, at: Moment): void {
    if (privacyCode === null) return;
    const isChange = this.#privacyCode !== null && this.#privacyCode !== privacyCode;
    this.#privacyCode = privacyCode;
    if (isChange) this.#tell({ kind: 'code-changed' }, at);
  }

  #missing({ fromSamples, toSamples }: Stretch): number {
    const until = Math.min(toSamples, this.#pausedAtSamples ?? toSamples);
    return Math.max(0, until - fromSamples);
  }

  #tell(event: NewsEvent, { atMs, samples }: Moment): void {
    const item = { ...event, atMs, samples, number: this.#count };
    this.#count += 1;
    this.#items = [...this.#items, item].slice(-KEPT);
  }
}
