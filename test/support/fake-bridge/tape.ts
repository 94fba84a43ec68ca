import { BAR_SAMPLES, KEPT_BARS, type SpeakerLevels } from '../../../preload/contract/events.ts';
import type {
  RecordingSessionSnapshot,
  SpeakerSnapshot,
} from '../../../preload/contract/snapshot.ts';
import type { LossTally } from '../../../main/session/loss-tally.ts';
import { isSilent } from './marks.ts';
import { barsOf, voiceAt, type Voice } from './voices.ts';

/** The fourth person came this many bars before the scene begins. */
const FOURTH_BARS = 240;

/** The live tape of a made-up recording: bars of sound and bars with losses. */
export class FakeTape {
  readonly losses: LossTally;
  readonly #fourthFromBar: number;
  /** Peaks by bar, by track. */
  readonly #kept = new Map<string, Map<number, number>>();
  #nextBar: number;

  /** For a recording that is `samples` long; the first `read` fills the tape. */
  constructor(samples: number, losses: LossTally) {
    this.losses = losses;
    const bar = Math.floor(samples / BAR_SAMPLES);
    this.#fourthFromBar = Math.max(0, bar - FOURTH_BARS);
    this.#nextBar = Math.max(0, bar - KEPT_BARS + 1);
  }

  /** Levels since the last `read`, up to `samples`. */
  read(session: RecordingSessionSnapshot, samples: number): readonly SpeakerLevels[] {
    const last = Math.floor(samples / BAR_SAMPLES);
    const span = [this.#nextBar, last] as const;
    this.#nextBar = last;
    const losses = this.losses.read();
    return session.speakers.flatMap((speaker, index): SpeakerLevels[] => {
      const { track } = speaker;
      if (track === null) return [];
      const isHeard = (bar: number) => !isSilent(session, bar) && bar < endOf(speaker);
      const voice = this.#voice(index, session.speakers.length);
      const bars = barsOf(index, voice, span).filter(([bar]) => isHeard(bar));
      this.#keep(track, bars);
      const peakDb = isHeard(last) ? (voiceAt(index, last, voice.share) ?? -100) : -100;
      return [{ track, peakDb, bars, losses: losses.get(track) ?? [] }];
    });
  }

  /** Levels of the whole tape so far, for a page that is loaded again. */
  kept(): readonly SpeakerLevels[] {
    const losses = this.losses.kept();
    return [...this.#kept].map(([track, bars]) => ({
      track,
      peakDb: -100,
      bars: [...bars],
      losses: losses.get(track) ?? [],
    }));
  }

  #voice(index: number, count: number): Voice {
    return { share: count > 8 ? 0.16 : 0.42, fromBar: index === 3 ? this.#fourthFromBar : 0 };
  }

  #keep(track: string, bars: SpeakerLevels['bars']): void {
    const kept = this.#kept.get(track) ?? new Map<number, number>();
    this.#kept.set(track, kept);
    for (const [bar, peakDb] of bars) kept.set(bar, peakDb);
    for (const bar of kept.keys()) {
      if (kept.size <= KEPT_BARS) break;
      kept.delete(bar);
    }
  }
}

/** The first bar without sound of a speaker who left or cannot be decrypted; Infinity otherwise. */
function endOf({ leftAtSamples, undecryptableFromSamples }: SpeakerSnapshot): number {
  return Math.floor((leftAtSamples ?? undecryptableFromSamples ?? Infinity) / BAR_SAMPLES);
}
