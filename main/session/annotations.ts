import type { GapReason, ToldEvent } from './session-event.ts';

/** A stretch [from, to), in samples, in which nothing was received, or nothing was kept because of a pause. */
export interface Gap {
  readonly reason: GapReason;
  readonly fromSamples: number;
  readonly toSamples: number;
}

/** A moment that somebody marked, in samples from sample 0. */
export interface Marker {
  readonly samples: number;
  readonly note: string;
}

/** The gaps, pauses and markers of a recording, each told to it as an event. */
export class Annotations {
  readonly #tell: (event: ToldEvent) => void;
  readonly #gaps: Gap[] = [];
  readonly #markers: Marker[] = [];
  #lost: { readonly atSamples: number; readonly asleep: boolean } | null = null;
  #pausedAtSamples: number | null = null;

  constructor(tell: (event: ToldEvent) => void) {
    this.#tell = tell;
  }

  /** Gaps that are over, in the order in which they ended. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  get markers(): readonly Marker[] {
    return this.#markers;
  }

  /** Where the pause under way began; null while not paused. */
  get pausedAtSamples(): number | null {
    return this.#pausedAtSamples;
  }

  get isConnectionLost(): boolean {
    return this.#lost !== null;
  }

  /** Keeps and tells a gap that is over. */
  gap({ reason, fromSamples, toSamples }: Gap): void {
    this.#gaps.push({ reason, fromSamples, toSamples });
    this.#tell({ event: 'gap', samples: fromSamples, reason, fromSamples, toSamples });
  }

  /**
   * The connection is gone from `atSamples` on; why is known when it is back, unless this computer fell asleep there.
   */
  connectionLost(atSamples: number, cause: 'unknown' | 'asleep' = 'unknown'): void {
    this.#lost = { atSamples, asleep: cause === 'asleep' };
  }

  /** Tells the gap since `connectionLost`, if there is one; after `asleep` its reason is `sleep`. */
  connectionBack(reason: GapReason, toSamples: number): void {
    if (this.#lost === null) return;
    const { atSamples: fromSamples, asleep } = this.#lost;
    this.#lost = null;
    this.gap({ reason: asleep ? 'sleep' : reason, fromSamples, toSamples });
  }

  pause(samples: number): void {
    this.#pausedAtSamples = samples;
    this.#tell({ event: 'pause', samples });
  }

  resume(toSamples: number): void {
    const fromSamples = this.#pausedAtSamples;
    if (fromSamples === null) return;
    this.#pausedAtSamples = null;
    this.#tell({ event: 'resume', samples: toSamples });
    this.gap({ reason: 'pause', fromSamples, toSamples });
  }

  /** Adds a marker. Gives its number, for a note that is typed after the moment is marked. */
  mark(marker: Marker): number {
    const number = this.#markers.length;
    this.#keepMarker(number, marker);
    return number;
  }

  /** Changes the note of a marker. False when there is no marker of that number. */
  note(number: number, note: string): boolean {
    const marker = this.#markers[number];
    if (marker === undefined) return false;
    this.#keepMarker(number, { ...marker, note });
    return true;
  }

  /** The recording ends at `samples`, and with it a lost connection and a pause. */
  end(samples: number): void {
    this.connectionBack('reconnect', samples);
    this.resume(samples);
  }

  #keepMarker(number: number, marker: Marker): void {
    this.#markers[number] = marker;
    this.#tell({ event: 'marker', samples: marker.samples, number, note: marker.note });
  }
}
