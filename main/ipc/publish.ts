import type { WebContents } from 'electron';
import type { EventName, Events } from '../../preload/contract/events.ts';
import type { Deck } from './deck.ts';
import { toSnapshot } from './to-snapshot.ts';

/** Snapshots are sent on change, but no faster than a person sees. */
const SNAPSHOT_MS = 50;

/** Levels: 20 times a second, and only to a window that shows. */
const LEVELS_MS = 50;

/** While recording, figures such as bytes written change without an event. */
const FIGURES_MS = 500;

/** Tells the window what changed. One at most is under way; what changes meanwhile goes with the next. */
export class Publisher {
  readonly #deck: Deck;
  readonly #appVersion: string;
  readonly #window: () => WebContents | null;
  readonly #levels: NodeJS.Timeout;
  readonly #figures: NodeJS.Timeout;
  #pending: NodeJS.Timeout | null = null;

  constructor(
    deck: Deck,
    { appVersion, window }: { appVersion: string; window: () => WebContents | null },
  ) {
    this.#deck = deck;
    this.#appVersion = appVersion;
    this.#window = window;
    this.#levels = setInterval(() => this.#sendLevels(), LEVELS_MS);
    this.#figures = setInterval(() => {
      if (deck.engine.session.kind === 'recording') this.changed();
    }, FIGURES_MS);
  }

  /** Something a snapshot shows has changed. */
  changed(): void {
    this.#pending ??= setTimeout(() => {
      this.#pending = null;
      this.#send('snapshot', toSnapshot(this.#deck, this.#appVersion));
    }, SNAPSHOT_MS);
  }

  close(): void {
    clearInterval(this.#levels);
    clearInterval(this.#figures);
    if (this.#pending !== null) clearTimeout(this.#pending);
  }

  #sendLevels(): void {
    const { session } = this.#deck.engine;
    if (session.kind !== 'recording' || this.#window() === null) return;
    const { samples } = session.session;
    this.#send('levels', { samples, speakers: session.session.levels() });
  }

  #send<Name extends EventName>(name: Name, payload: Events[Name]): void {
    const window = this.#window();
    if (window !== null && !window.isDestroyed()) window.send(name, payload);
  }
}
