import type { GapReason, ToldEvent } from './session-event.ts';

/** A stretch of [from, to) in which nothing was received, or nothing was to be kept. */
export interface Gap {
  readonly reason: GapReason;
  readonly fromSamples: number;
  readonly toSamples: number;
}

export interface Marker {
  readonly samples: number;
  readonly note: string;
}

/** What a recording notes beside its tracks: gaps, pauses and markers. */
export class Annotations {
  readonly #tell: (event: ToldEvent) => void;
  readonly #gaps: Gap[] = [];
  readonly #markers: Marker[] = [];
  #lost: { readonly atSamples: number; readonly asleep: boolean } | null = null;
  #pausedAtSamples: number | null = null;

  constructor(tell: (event: ToldEvent) => void) {
    this.#tell = tell;
  }

  /** Those that are over, in the order in which they ended. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  get markers(): readonly Marker[] {
    return this.#markers;
  }

  /** Null while not paused. */
  get pausedAtSamples(): number | null {
    return this.#pausedAtSamples;
  }

  get isConnectionLost(): boolean {
    return this.#lost !== null;
  }

  /** A gap that is over. */
  gap({ reason, fromSamples, toSamples }: Gap): void {
    this.#gaps.push({ reason, fromSamples, toSamples });
    this.#tell({ event: 'gap', samples: fromSamples, reason, fromSamples, toSamples });
  }

  /** The connection is gone; why is known when it is back. `asleep`: this computer slept from there on. */
  connectionLost(atSamples: number, cause: 'unknown' | 'asleep' = 'unknown'): void {
    this.#lost = { atSamples, asleep: cause === 'asleep' };
  }

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

  /** Gives the marker's number, for a note that is typed after the moment is marked. */
  mark(marker: Marker): number {
    const number = this.#markers.length;
    this.#keepMarker(number, marker);
    return number;
  }

  /** False when there is no such marker. */
  note(number: number, note: string): boolean {
    const marker = this.#markers[number];
    if (marker === undefined) return false;
    this.#keepMarker(number, { ...marker, note });
    return true;
  }

  /** The recording ends at `samples`: an outage or a pause that lasts ends there too. */
  end(samples: number): void {
    this.connectionBack('reconnect', samples);
    this.resume(samples);
  }

  #keepMarker(number: number, marker: Marker): void {
    this.#markers[number] = marker;
    this.#tell({ event: 'marker', samples: marker.samples, number, note: marker.note });
  }
}
