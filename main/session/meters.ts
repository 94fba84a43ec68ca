import { BAR_SAMPLES, KEPT_BARS } from '../../preload/contract/events.ts';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import type { TimelinePosition } from '../audio/timeline-position.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';

/** A level without sound, in dBFS. */
export const SILENT_DB = -100;

/**
 * Packets that a speaker may have waiting: half a second. Beyond that the meter drops the oldest; the recording has
 * them all.
 */
const MOST_WAITING = 25;

/** Levels of one speaker since they were last read. */
export interface Levels {
  readonly track: string;
  /** dBFS; −100 when silent. */
  readonly peakDb: number;
  /**
   * Bars that got packets since the last reading, as [number, peak]: bar 0 begins at sample 0, the peak is the bar's so
   * far in dBFS.
   */
  readonly bars: readonly (readonly [number, number])[];
}

interface Waiting {
  readonly position: TimelinePosition;
  readonly opus: Uint8Array;
}

class Meter {
  // Levels need neither width nor treble: a third of the rate and one channel cost half of a full decode.
  #decoder: OpusDecoder | null = null;
  readonly #waiting: Waiting[] = [];
  /** Peaks in dBFS by number, the oldest bar first. */
  readonly #kept = new Map<number, number>();
  #bar = { number: -1, peak: 0 };

  push(packet: Waiting): void {
    if (this.#waiting.length === MOST_WAITING) this.#waiting.shift();
    this.#waiting.push(packet);
  }

  skip(): void {
    this.#waiting.length = 0;
  }

  /** As `skip`; what the decoder still knows of the sound before is forgotten too. */
  drop(): void {
    this.skip();
    this.#decoder = null;
  }

  read(): Omit<Levels, 'track'> {
    this.#decoder ??= new OpusDecoder({ rateHz: 16_000, channels: 1 });
    const bars = new Map<number, number>();
    let loudest = 0;
    for (const { position, opus } of this.#waiting.splice(0)) {
      const peak = peakOf(this.#decoder.decode(opus));
      const number = Math.max(0, Math.floor(position / BAR_SAMPLES)); // pre-skip lies before sample 0
      this.#bar = {
        number,
        peak: Math.max(peak, number === this.#bar.number ? this.#bar.peak : 0),
      };
      bars.set(number, this.#bar.peak);
      loudest = Math.max(loudest, peak);
    }
    const read = [...bars].map(([number, peak]) => [number, toDecibels(peak)] as const);
    this.#keep(read);
    return { peakDb: toDecibels(loudest), bars: read };
  }

  get kept(): Levels['bars'] {
    return [...this.#kept];
  }

  #keep(bars: Levels['bars']): void {
    for (const [number, peakDb] of bars) this.#kept.set(number, peakDb);
    for (const number of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_BARS) break;
      this.#kept.delete(number);
    }
  }
}

/** Levels for the window, decoded apart from the packet path and only when somebody reads them. */
export class Meters {
  readonly #meters = new Map<string, Meter>();

  /** Keeps a packet to be decoded at the next reading. Runs on the packet path: decodes nothing. */
  push(track: Pick<TrackWriter, 'file'>, position: TimelinePosition, opus: Uint8Array): void {
    let meter = this.#meters.get(track.file);
    if (meter === undefined) {
      meter = new Meter();
      this.#meters.set(track.file, meter);
    }
    meter.push({ position, opus });
  }

  /** Drops what has come since the last reading, undecoded: nobody looks at it. */
  skip(): void {
    for (const meter of this.#meters.values()) meter.skip();
  }

  /** Drops what of that track has come since the last reading. */
  drop(track: string): void {
    this.#meters.get(track)?.drop();
  }

  /** Forgets that track with all its levels. */
  forget(track: string): void {
    this.#meters.delete(track);
  }

  /** Decodes what has come since the last reading, at most half a second of each speaker. */
  read(): readonly Levels[] {
    return [...this.#meters].map(([track, meter]) => ({ track, ...meter.read() }));
  }

  /** The newest bars of each track that were ever read, for a window that opens; nothing is decoded for it. */
  kept(): readonly Levels[] {
    return [...this.#meters].map(([track, meter]) => ({
      track,
      peakDb: SILENT_DB,
      bars: meter.kept,
    }));
  }
}

/** Largest absolute sample, 0 to 1. */
function peakOf(pcm: Int16Array): number {
  let peak = 0;
  for (const sample of pcm) peak = Math.max(peak, Math.abs(sample));
  return peak / 32_768;
}

function toDecibels(peak: number): number {
  return peak === 0 ? SILENT_DB : Math.max(SILENT_DB, 20 * Math.log10(peak));
}
