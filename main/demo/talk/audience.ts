import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { MediaServer } from '../voice/media-server.ts';

export interface AudienceOptions {
  readonly media: MediaServer;
  readonly dave: DaveRooms;
  /** Called at each check that finds a client that hears the speakers, also when it has been called before. */
  readonly onListener: () => void;
}

/** A client that is sent media and has no keys counts as a listener after this time. */
const KEYS_LIMIT_MS = 2000;

/** Waits for a client that is sent media and can decrypt it, so that the conversation does not begin unheard. */
export class Audience {
  readonly #options: AudienceOptions;
  #waiting: NodeJS.Timeout | null = null;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** To be called when a client may have begun to be sent media, and when one has been sent keys. */
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
