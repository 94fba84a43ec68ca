import { BAR_SAMPLES, KEPT_BARS } from '../../preload/contract/events.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { TrackCounts } from '../recording/manifest.ts';

/** What became of lost sound, in packets: it did not arrive, came when its place was taken, or could not be decrypted. */
export interface LossKinds {
  readonly lost: number;
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

interface Look {
  readonly bar: number;
  readonly counts: Counts;
}

interface TrackLosses {
  counts: Counts;
  /** The newest looks, the oldest first: by the last of them what was missing at the first is lost for good. */
  readonly looks: Look[];
  /** What the bars tell so far. */
  told: LossKinds;
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
  lastBars: { lost: null, late: null, undecryptable: null },
};

const RECENT_SAMPLES = 60 * SAMPLE_RATE_HZ;

const SECOND_SAMPLES = SAMPLE_RATE_HZ;

/** One second of speech: with fewer packets in a minute a share says nothing. */
const LEAST_PACKETS = 50;

/** Looks are 200 ms apart, and a packet that comes behind later ones does so within the playout delay of 250 ms. */
const LOOKS = 3;

/**
 * Where on the tape sound was lost, by track: a loss belongs to the bar in which it is first seen in the counts. It
 * is told two looks later: a packet that came after all is not among them.
 */
export class LossTally {
  readonly #tracks = new Map<string, TrackLosses>();

  /** Takes the counts of a track when the recording is `samples` long. To be called about once a bar. */
  look(file: string, counts: Counts, samples: number): void {
    const track = this.#tracks.get(file) ?? begin(samples);
    this.#tracks.set(file, track);
    track.counts = counts;
    noteMinute(track.minute, { samples, counts });
    track.looks.push({ bar: Math.floor(samples / BAR_SAMPLES), counts });
    if (track.looks.length >= LOOKS) tellOldest(track);
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

  /** Forgets that track with all its losses. */
  forget(file: string): void {
    this.#tracks.delete(file);
  }

  /** What is lost of that track. */
  of(file: string): LossState {
    const track = this.#tracks.get(file);
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
    looks: [],
    told: { lost: 0, late: 0, undecryptable: 0 },
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

/** Takes the oldest look out and notes in its bar what was lost by then, and is lost still. */
function tellOldest(track: TrackLosses): void {
  const { looks, told } = track;
  const oldest = looks.shift();
  if (oldest === undefined) return;
  const { late, undecryptable } = oldest.counts;
  const lost = Math.min(oldest.counts.lost, ...looks.map(({ counts }) => counts.lost));
  track.told = { lost, late, undecryptable };
  noteLoss(
    track,
    {
      lost: Math.max(0, lost - told.lost),
      late: Math.max(0, late - told.late),
      undecryptable: Math.max(0, undecryptable - told.undecryptable),
    },
    oldest.bar,
  );
}

function noteLoss(track: TrackLosses, more: LossKinds, bar: number): void {
  if (more.lost + more.late + more.undecryptable === 0) return;
  const { bars, unread } = track;
  const before = bars.get(bar);
  const { lost = 0, late = 0, undecryptable = 0 } = before ?? {};
  bars.set(bar, {
    bar,
    lost: lost + more.lost,
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
    lost: more.lost > 0 ? bar : track.lastBars.lost,
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
