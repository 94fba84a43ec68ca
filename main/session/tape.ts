import type { TimelinePosition } from '../audio/timeline-position.ts';
import type { TrackCounts } from '../recording/manifest.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import { LossTally, type Loss, type LossState } from './loss-tally.ts';
import { Meters, SILENT_DB, type Levels } from './meters.ts';

/** What of one track is new on the live tape. */
export interface TapeNews extends Levels {
  /** Bars in which sound was lost, oldest first, each with all that it has lost. */
  readonly losses: readonly Loss[];
}

/** The live tape: how loud each track was, and where sound is missing. Beside the packet path, which never waits for it. */
export class Tape {
  readonly #meters = new Meters();
  readonly #losses = new LossTally();

  push(track: Pick<TrackWriter, 'file'>, position: TimelinePosition, opus: Uint8Array): void {
    this.#meters.push(track, position, opus);
  }

  /** Takes the counts of a track when the recording is `samples` long. To be called about once a bar. */
  look(track: string, counts: TrackCounts, samples: number): void {
    this.#losses.look(track, counts, samples);
  }

  /** What is new since the last reading; for it at most half a second of each track is decoded. */
  read(): readonly TapeNews[] {
    return together(this.#meters.read(), this.#losses.read());
  }

  /** All that is kept of what was ever read, for a window that opens; nothing is decoded for it. */
  kept(): readonly TapeNews[] {
    return together(this.#meters.kept(), this.#losses.kept());
  }

  /** Drops the sound that has come since the last reading, undecoded: nobody looks at it. Losses stay. */
  skip(): void {
    this.#meters.skip();
  }

  /** Drops the sound of that track that has come since the last reading. */
  drop(track: string): void {
    this.#meters.drop(track);
  }

  /** Forgets that track. */
  forget(track: string): void {
    this.#meters.forget(track);
    this.#losses.forget(track);
  }

  /** What is lost of that track. */
  lossOf(track: string): LossState {
    return this.#losses.of(track);
  }
}

/** A track can have lost all it had before it was ever heard. */
function together(
  levels: readonly Levels[],
  losses: ReadonlyMap<string, readonly Loss[]>,
): readonly TapeNews[] {
  const heard = new Set(levels.map(({ track }) => track));
  const unheard = [...losses.keys()].filter((track) => !heard.has(track));
  return [...levels, ...unheard.map(silent)].map((level) => ({
    ...level,
    losses: losses.get(level.track) ?? [],
  }));
}

function silent(track: string): Levels {
  return { track, peakDb: SILENT_DB, bars: [] };
}
