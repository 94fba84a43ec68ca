import type { Recording } from '../recording/recording.ts';
import type { GapReason, UntimedSessionEvent } from './session-event.ts';

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

export interface AnnotationsOptions {
  readonly recording: Pick<Recording, 'appendEvent' | 'updateManifest'>;
  readonly emit: (event: UntimedSessionEvent) => void;
}

/** What a recording notes beside its tracks: gaps, pauses and markers, in manifest and events. */
export class Annotations {
  readonly #options: AnnotationsOptions;
  readonly #gaps: Gap[] = [];
  readonly #pauses: [fromSamples: number, toSamples: number][] = [];
  readonly #markers: Marker[] = [];
  #lost: { readonly atSamples: number; readonly asleep: boolean } | null = null;
  #pausedAtSamples: number | null = null;

  constructor(options: AnnotationsOptions) {
    this.#options = options;
  }

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
  gap(gap: Gap): void {
    const { recording, emit } = this.#options;
    this.#gaps.push(gap);
    recording.appendEvent({ event: 'gap', samples: gap.fromSamples, ...gap });
    recording.updateManifest({ gaps: this.#gaps.map((each) => ({ ...each })) });
    emit({ event: 'gap', ...gap });
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
    this.#options.recording.appendEvent({ event: 'pause', samples });
  }

  resume(toSamples: number): void {
    const { recording } = this.#options;
    const fromSamples = this.#pausedAtSamples;
    if (fromSamples === null) return;
    this.#pausedAtSamples = null;
    this.#pauses.push([fromSamples, toSamples]);
    recording.appendEvent({ event: 'resume', samples: toSamples });
    recording.updateManifest({ pauses: [...this.#pauses] });
    this.gap({ reason: 'pause', fromSamples, toSamples });
  }

  /** Gives the marker's number, for a note that is typed after the moment is marked. */
  mark(marker: Marker): number {
    this.#markers.push(marker);
    this.#keepMarker(marker);
    return this.#markers.length - 1;
  }

  /** False when there is no such marker. */
  note(number: number, note: string): boolean {
    const marker = this.#markers[number];
    if (marker === undefined) return false;
    this.#markers[number] = { ...marker, note };
    this.#keepMarker({ ...marker, note });
    return true;
  }

  /** The recording ends: what lasts, ends with it. */
  end(samples: number): void {
    this.connectionBack('reconnect', samples);
    this.resume(samples);
  }

  #keepMarker({ samples, note }: Marker): void {
    const { recording } = this.#options;
    recording.appendEvent({ event: 'marker', samples, note });
    recording.updateManifest({ markers: this.#markers.map((each) => ({ ...each })) });
  }
}
