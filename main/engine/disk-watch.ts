import { isPlenty, type DiskRoom } from './disk-room.ts';

/** Long enough for a disk that is slow to answer; at full speed of 50 people it takes in 12 MB. */
const CHECK_MS = 30_000;

export interface DiskWatchOptions {
  /** Null while it cannot be known. */
  readonly room: () => Promise<DiskRoom | null>;
  readonly onLow: (room: DiskRoom) => void;
}

/** Looks at the disk while something is recorded: a low one is told once, and again only after there was plenty. */
export class DiskWatch implements Disposable {
  readonly #options: DiskWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #told = false;
  #over = false;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.check(), CHECK_MS);
  }

  /** Never rejects, unless `room` does. */
  async check(): Promise<void> {
    const room = await this.#options.room();
    if (room === null || this.#over) return;
    if (room.low && !this.#told) this.#options.onLow(room);
    if (room.low) this.#told = true;
    else if (isPlenty(room)) this.#told = false;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    clearInterval(this.#timer);
  }
}
