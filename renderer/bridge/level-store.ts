import type { LevelBatch } from '../../preload/contract/events.ts';
import { TrackLevels } from './track-levels.ts';

/** Levels of the recording under way, outside React: batches come 20 times a second. */
export class LevelStore {
  readonly #listeners = new Set<() => void>();
  readonly #tracks = new Map<string, TrackLevels>();
  #samples = 0;
  #oldestNewBar = Infinity;

  /** Length of the recording so far in samples of 48 kHz; stays after the end until the next one begins. */
  get samples(): number {
    return this.#samples;
  }

  /** Lowest number of a bar of which the last batch told something new; Infinity when there was none. */
  get oldestNewBar(): number {
    return this.#oldestNewBar;
  }

  track(file: string | null): TrackLevels | null {
    return file === null ? null : (this.#tracks.get(file) ?? null);
  }

  /** How many speak now. */
  speakingCount(): number {
    return [...this.#tracks.values()].filter(({ speaking }) => speaking).length;
  }

  accept(batch: LevelBatch): void {
    if (batch.samples < this.#samples) this.#tracks.clear(); // another recording began
    this.#samples = batch.samples;
    this.#oldestNewBar = Infinity;
    const heard = new Set<string>();
    for (const { track, peakDb, bars, losses } of batch.speakers) {
      const levels = this.#tracks.get(track) ?? new TrackLevels();
      this.#tracks.set(track, levels);
      levels.keep(bars, batch.samples);
      levels.lose(losses);
      levels.hear(peakDb, batch.samples);
      heard.add(track);
      for (const [number] of bars) this.#isNew(number);
      for (const { bar } of losses) this.#isNew(bar);
    }
    for (const [track, levels] of this.#tracks) {
      if (!heard.has(track)) levels.hear(-100, batch.samples);
    }
    this.#tell();
  }

  /** Forgets everything: a new recording is about to begin. */
  clear(): void {
    this.#tracks.clear();
    this.#samples = 0;
    this.#oldestNewBar = Infinity;
    this.#tell();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #isNew(bar: number): void {
    this.#oldestNewBar = Math.min(this.#oldestNewBar, bar);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
