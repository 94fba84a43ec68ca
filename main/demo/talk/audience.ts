import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { MediaServer } from '../voice/media-server.ts';

export interface AudienceOptions {
  readonly media: MediaServer;
  readonly dave: DaveRooms;
  /** Somebody listens: the conversation may begin. */
  readonly onListener: () => void;
}

/** Who is sent media and is never given keys still is an audience, after so long. */
const KEYS_LIMIT_MS = 2000;

/** Waits for somebody who hears the speakers and can open what they say, so that nobody misses the first words. */
export class Audience {
  readonly #options: AudienceOptions;
  #waiting: NodeJS.Timeout | null = null;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** To be called when somebody may have become able to hear, or has been given keys. */
  check(): void {
    const { media, dave, onListener } = this.#options;
    const listens = media.receivers.map(({ grant, userId }) =>
      dave.hasKeys(grant.channelId, userId),
    );
    if (listens.includes(true)) return onListener();
    if (listens.length > 0) this.#waiting ??= setTimeout(() => this.#stopWaiting(), KEYS_LIMIT_MS);
  }

  close(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
  }

  #stopWaiting(): void {
    this.#waiting = null;
    this.#options.onListener();
  }
}
