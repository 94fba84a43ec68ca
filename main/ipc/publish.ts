import type { WebContents } from 'electron';
import type { EventName, Events } from '../../preload/contract/events.ts';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import type { LibraryIndex } from '../engine/library-index.ts';
import { LibraryFeed } from './library-feed.ts';
import { toRecording } from './to-recording.ts';
import { toSnapshot, type SessionStateWith, type ShownDeck } from './to-snapshot.ts';

/** Snapshots are sent on change, but no faster than a person sees. */
const SNAPSHOT_MS = 50;

/** Levels: 20 times a second, and only to a window that shows. */
const LEVELS_MS = 50;

/** While recording, figures such as bytes written change without an event. */
const FIGURES_MS = 500;

/** What of the deck is published. */
export interface PublishedDeck {
  readonly view: ShownDeck['view'];
  readonly engine: ShownDeck['engine'] & {
    readonly session: SessionStateWith<'view' | 'samples' | 'levels' | 'keptLevels' | 'skipLevels'>;
  };
  readonly library: Pick<LibraryIndex, 'recordings' | 'onChange'>;
}

export interface PublisherOptions {
  readonly appVersion: string;
  /** The page of our window; null while there is none. */
  readonly page: () => Pick<WebContents, 'send' | 'isDestroyed'> | null;
  /** Whether anybody can see the window: it is neither hidden nor minimised. */
  readonly isShown: () => boolean;
}

/** Tells the window what changed. One at most is under way; what changes meanwhile goes with the next. */
export class Publisher {
  readonly #deck: PublishedDeck;
  readonly #options: PublisherOptions;
  readonly #library = new LibraryFeed();
  readonly #stopListening: () => void;
  readonly #levels: NodeJS.Timeout;
  readonly #figures: NodeJS.Timeout;
  #pending: NodeJS.Timeout | null = null;

  constructor(deck: PublishedDeck, options: PublisherOptions) {
    this.#deck = deck;
    this.#options = options;
    this.#stopListening = deck.library.onChange(() => this.#libraryChanged());
    this.#levels = setInterval(() => this.#sendLevels(), LEVELS_MS);
    this.#figures = setInterval(() => {
      if (deck.engine.session.kind === 'recording') this.changed();
    }, FIGURES_MS);
  }

  /** Something a snapshot shows has changed. */
  changed(): void {
    this.#pending ??= setTimeout(() => this.#sendSnapshot(), SNAPSHOT_MS);
  }

  /** A page that has just been loaded asks for everything: with the snapshot, which comes last, it can be drawn. */
  ready(): void {
    this.#send('library', this.#library.whole(this.#rows()));
    const { session } = this.#deck.engine;
    if (session.kind === 'recording') {
      const { samples } = session.session;
      this.#send('levels', { samples, speakers: session.session.keptLevels() });
    }
    this.#sendSnapshot();
  }

  close(): void {
    clearInterval(this.#levels);
    clearInterval(this.#figures);
    this.#stopListening();
    this.#clearPending();
  }

  /** Apart from the snapshot: nothing that grows with the library is made again while it stays as it is. */
  #libraryChanged(): void {
    if (this.#page === null) return;
    const change = this.#library.change(this.#rows());
    if (change !== null) this.#send('library', change);
  }

  #rows(): readonly RecordingSnapshot[] {
    return this.#deck.library.recordings.map(toRecording);
  }

  #sendSnapshot(): void {
    this.#clearPending();
    this.#send('snapshot', toSnapshot(this.#deck, this.#options.appVersion));
  }

  #clearPending(): void {
    if (this.#pending !== null) clearTimeout(this.#pending);
    this.#pending = null;
  }

  /** What nobody sees is dropped undecoded, so that a window that shows again begins with the present. */
  #sendLevels(): void {
    const { session: state } = this.#deck.engine;
    if (state.kind !== 'recording') return;
    const { session } = state;
    if (this.#page === null || !this.#options.isShown()) {
      session.skipLevels();
      return;
    }
    this.#send('levels', { samples: session.samples, speakers: session.levels() });
  }

  get #page(): ReturnType<PublisherOptions['page']> {
    const page = this.#options.page();
    return page === null || page.isDestroyed() ? null : page;
  }

  #send<Name extends EventName>(name: Name, payload: Events[Name]): void {
    this.#page?.send(name, payload);
  }
}
