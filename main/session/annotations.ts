import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { GapReason, ToldEvent } from './session-event.ts';

/** A stretch [from, to), in samples, in which nothing was received, or nothing was kept because of a pause. */
export interface Gap {
  readonly reason: GapReason;
  readonly fromSamples: number;
  readonly toSamples: number;
}

/**
 * A new voice server may be the first sign of a move to another channel: a gap of reason `server-move` is told 5 s after
 * its end, since its reason may change until then.
 */
const UNSETTLED_SAMPLES = 5 * SAMPLE_RATE_HZ;

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
  #unsettled: Gap | null = null;
  /** The gap under way. */
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
    this.#settle('server-move');
    this.#lost = { atSamples, asleep: cause === 'asleep' };
  }

  /** Ends the gap since `connectionLost` and gives it; null when there is none. After `asleep` its reason is `sleep`. */
  connectionBack(reason: GapReason, toSamples: number): Gap | null {
    if (this.#lost === null) return null;
    const { atSamples: fromSamples, asleep } = this.#lost;
    this.#lost = null;
    const gap: Gap = { reason: asleep ? 'sleep' : reason, fromSamples, toSamples };
    if (gap.reason === 'server-move') this.#unsettled = gap;
    else this.gap(gap);
    return gap;
  }

  /** The bot is in another channel: that explains a new voice server shortly before. */
  moved(): void {
    this.#settle('channel-move');
  }

  /** Tells what has waited long enough at `samples`. To be called often. */
  tick(samples: number): void {
    if (this.#unsettled === null) return;
    if (samples - this.#unsettled.toSamples >= UNSETTLED_SAMPLES) this.#settle('server-move');
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
    this.#settle('server-move');
    this.resume(samples);
  }

  #settle(reason: GapReason): void {
    const gap = this.#unsettled;
    this.#unsettled = null;
    if (gap !== null) this.gap({ ...gap, reason });
  }

  #keepMarker(number: number, marker: Marker): void {
    this.#markers[number] = marker;
    this.#tell({ event: 'marker', samples: marker.samples, number, note: marker.note });
  }
}
