import type { Snapshot } from '../../preload/contract/snapshot.ts';

/** The latest snapshot; null until the first has come. */
export class SnapshotStore {
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | null = null;

  get = (): Snapshot | null => this.#snapshot;

  set(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
