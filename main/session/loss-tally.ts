import { BAR_SAMPLES, KEPT_BARS } from '../../preload/contract/events.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { TrackCounts } from '../recording/manifest.ts';

/** What became of lost sound, in packets: it did not arrive, came when its place was taken, or could not be decrypted. */
export interface LossKinds {
  readonly missing: number;
  readonly late: number;
  readonly undecryptable: number;
}

/** What was lost of one track within one bar of the tape. */
export interface Loss extends LossKinds {
  readonly bar: number;
}

/** What is lost of one track, as far as bars do not tell it. */
export interface LossState {
  /** Shares of the packets of the last minute that were lost, 0 to 1: all, and those that the network lost. */
  readonly recent: { readonly all: number; readonly onTheWay: number };
  /** Bar in which each kind was seen last; null where there was none. */
  readonly lastBars: { readonly [Kind in keyof LossKinds]: number | null };
}

type Counts = Pick<TrackCounts, 'packets' | 'lost' | 'late' | 'undecryptable'>;

interface CountsThen {
  readonly samples: number;
  readonly counts: Counts;
}

interface TrackLosses {
  counts: Counts;
  /** Counts of the last minute, a second apart, the oldest first; the first one ever is of nothing. */
  readonly minute: CountsThen[];
  /** The newest losses by bar, the oldest first. */
  readonly bars: Map<number, Loss>;
  /** Bars of which something is new since the last reading. */
  readonly unread: Set<number>;
  lastBars: LossState['lastBars'];
}

const NOTHING: Counts = { packets: 0, lost: 0, late: 0, undecryptable: 0 };

/** What a track that nothing was ever lost of has. */
export const NO_LOSS: LossState = {
  recent: { all: 0, onTheWay: 0 },
  lastBars: { missing: null, late: null, undecryptable: null },
};

const RECENT_SAMPLES = 60 * SAMPLE_RATE_HZ;

const SECOND_SAMPLES = SAMPLE_RATE_HZ;

/** One second of speech: with fewer packets in a minute a share says nothing. */
const LEAST_PACKETS = 50;

/** Where on the tape sound was lost, by track: a loss belongs to the bar in which it is first seen in the counts. */
export class LossTally {
  readonly #tracks = new Map<string, TrackLosses>();

  /** Takes the counts of a track when the recording is `samples` long. To be called about once a bar. */
  look(file: string, counts: Counts, samples: number): void {
    const track = this.#tracks.get(file) ?? begin(samples);
    this.#tracks.set(file, track);
    const before = track.counts;
    track.counts = counts;
    noteMinute(track.minute, { samples, counts });
    if (lostOf(counts) <= lostOf(before)) return;
    const more: LossKinds = {
      missing: Math.max(0, counts.lost - before.lost),
      late: Math.max(0, counts.late - before.late),
      undecryptable: Math.max(0, counts.undecryptable - before.undecryptable),
    };
    noteLoss(track, more, Math.floor(samples / BAR_SAMPLES));
  }

  /** By track, the bars of which something was lost since they were last read: each bar with all that it has lost. */
  read(): ReadonlyMap<string, readonly Loss[]> {
    return this.#lossesOf((track) => {
      const losses = [...track.bars.values()].filter(({ bar }) => track.unread.has(bar));
      track.unread.clear();
      return losses;
    });
  }

  /** By track, all bars that are kept. */
  kept(): ReadonlyMap<string, readonly Loss[]> {
    return this.#lossesOf(({ bars }) => [...bars.values()]);
  }

  /** What is lost of that track; null is a speaker without one. */
  of(file: string | null): LossState {
    const track = file === null ? undefined : this.#tracks.get(file);
    if (track === undefined) return NO_LOSS;
    return { recent: recentShares(track), lastBars: track.lastBars };
  }

  #lossesOf(choose: (track: TrackLosses) => readonly Loss[]): ReadonlyMap<string, readonly Loss[]> {
    return new Map(
      [...this.#tracks]
        .map(([file, track]) => [file, choose(track)] as const)
        .filter(([, losses]) => losses.length > 0),
    );
  }
}

function begin(samples: number): TrackLosses {
  return {
    counts: NOTHING,
    minute: [{ samples, counts: NOTHING }],
    bars: new Map(),
    unread: new Set(),
    lastBars: NO_LOSS.lastBars,
  };
}

function lostOf({ lost, late, undecryptable }: Counts): number {
  return lost + late + undecryptable;
}

function noteMinute(minute: CountsThen[], now: CountsThen): void {
  const newest = minute.at(-1);
  if (newest !== undefined && now.samples - newest.samples < SECOND_SAMPLES) return;
  minute.push(now);
  while ((minute[0]?.samples ?? now.samples) < now.samples - RECENT_SAMPLES) minute.shift();
}

function noteLoss(track: TrackLosses, more: LossKinds, bar: number): void {
  const { bars, unread } = track;
  const before = bars.get(bar);
  const { missing = 0, late = 0, undecryptable = 0 } = before ?? {};
  bars.set(bar, {
    bar,
    missing: missing + more.missing,
    late: late + more.late,
    undecryptable: undecryptable + more.undecryptable,
  });
  unread.add(bar);
  for (const oldest of bars.keys()) {
    if (bars.size <= KEPT_BARS) break;
    bars.delete(oldest);
    unread.delete(oldest);
  }
  track.lastBars = {
    missing: more.missing > 0 ? bar : track.lastBars.missing,
    late: more.late > 0 ? bar : track.lastBars.late,
    undecryptable: more.undecryptable > 0 ? bar : track.lastBars.undecryptable,
  };
}

function recentShares({ counts, minute }: TrackLosses): LossState['recent'] {
  const first = minute[0]?.counts ?? counts;
  const lost = Math.max(0, lostOf(counts) - lostOf(first));
  const sent = lost + counts.packets - first.packets;
  if (sent < LEAST_PACKETS) return NO_LOSS.recent;
  const onTheWay = Math.max(0, lost - (counts.undecryptable - first.undecryptable));
  return { all: lost / sent, onTheWay: onTheWay / sent };
}
