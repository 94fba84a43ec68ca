import type { LibraryChange, RecordingSnapshot } from '../../preload/contract/library.ts';

/** The recordings of the library, newest first; a row stays the same object for as long as nothing of it changes. */
export class LibraryStore {
  readonly #listeners = new Set<() => void>();
  #recordings: readonly RecordingSnapshot[] = [];

  get = (): readonly RecordingSnapshot[] => this.#recordings;

  accept({ order, rows }: LibraryChange): void {
    const known = new Map([...this.#recordings, ...rows].map((row) => [row.id, row]));
    this.#recordings = order.flatMap((id) => known.get(id) ?? []);
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
