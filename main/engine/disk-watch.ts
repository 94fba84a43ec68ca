import { isPlenty, type DiskRoom } from './disk-room.ts';

/** Long enough for a disk that is slow to answer; at full speed of 50 people it takes in 12 MB. */
const CHECK_MS = 30_000;

/** Called with every reading: bytes, or null when the disk does not say. */
type OnRead = (freeBytes: number | null) => void;

/** Reads how much of a disk is free, at once and every 30 s, for as long as anyone watches. */
export class DiskWatch {
  readonly #read: () => Promise<number | null>;
  readonly #watchers = new Set<{ readonly onRead: OnRead }>();
  #timer: NodeJS.Timeout | undefined;
  #freeBytes: number | null = null;

  /** `read` gives the free bytes, null when the disk does not say; it never rejects. */
  constructor(read: () => Promise<number | null>) {
    this.#read = read;
  }

  /** The newest reading; null before the first, and when the disk did not say. */
  get freeBytes(): number | null {
    return this.#freeBytes;
  }

  /** Reads at once. Disposing the result ends the calls of `onRead`. */
  watch(onRead: OnRead): Disposable {
    const watcher = { onRead };
    this.#watchers.add(watcher);
    this.check();
    return {
      [Symbol.dispose]: () => {
        this.#watchers.delete(watcher);
        if (this.#watchers.size === 0) clearInterval(this.#timer);
      },
    };
  }

  /** Reads at once, and then 30 s later, if anyone watches. */
  check(): void {
    if (this.#watchers.size === 0) return;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#tell(), CHECK_MS);
    void this.#tell();
  }

  async #tell(): Promise<void> {
    this.#freeBytes = await this.#read();
    for (const { onRead } of this.#watchers) onRead(this.#freeBytes);
  }
}

/** Tells a low disk once, and again only after there was plenty. */
export class LowDisk {
  readonly #onLow: (room: DiskRoom) => void;
  #told = false;

  constructor(onLow: (room: DiskRoom) => void) {
    this.#onLow = onLow;
  }

  /** There is so much room. */
  update(room: DiskRoom): void {
    if (room.low && !this.#told) this.#onLow(room);
    if (room.low) this.#told = true;
    else if (isPlenty(room)) this.#told = false;
  }
}
