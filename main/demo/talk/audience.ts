import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { MediaServer } from '../voice/media-server.ts';

export interface AudienceOptions {
  readonly media: MediaServer;
  readonly dave: DaveRooms;
  /** Somebody listens: the conversation may begin. */
  readonly onListener: () => void;
}

/** Who is sent media and is never given keys still is an audience, after so long. */
const PATIENCE_MS = 2000;

/** Waits for somebody who hears the speakers and can open what they say, so that nobody misses the first words. */
export class Audience {
  readonly #options: AudienceOptions;
  #patience: NodeJS.Timeout | null = null;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** To be called when somebody may have become able to hear, or has been given keys. */
  look(): void {
    const { media, dave, onListener } = this.#options;
    const listens = media.receivers.map(({ grant, userId }) =>
      dave.hasKeys(grant.channelId, userId),
    );
    if (listens.includes(true)) return onListener();
    if (listens.length > 0) this.#patience ??= setTimeout(() => this.#lose(), PATIENCE_MS);
  }

  close(): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#patience = null;
  }

  #lose(): void {
    this.#patience = null;
    this.#options.onListener();
  }
}
