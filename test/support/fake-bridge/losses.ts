import { LossTally, NO_LOSS } from '../../../main/session/loss-tally.ts';
import { NO_COUNTS, type TrackCounts } from '../../../main/recording/manifest.ts';
import { BAR_SAMPLES } from '../../../preload/contract/events.ts';
import type { SpeakerSnapshot } from '../../../preload/contract/snapshot.ts';

const SECOND = 48_000;

/** Counts of every speaker before the scene's losses began. */
const BEFORE: TrackCounts = { ...NO_COUNTS, packets: 20_000 };

/** Counts of one speaker, `second` seconds after the scene's losses began. */
export type CountsAt = (second: number) => Partial<TrackCounts>;

export interface LostSound {
  /** By index in the list of speakers. */
  readonly lost: ReadonlyMap<number, CountsAt>;
  /** How long ago the losses began. */
  readonly seconds: number;
}

/** The loss tally of a recording of that length, and its speakers with their counts. */
export function tallied(
  speakers: readonly SpeakerSnapshot[],
  samples: number,
  { lost, seconds }: LostSound = { lost: new Map(), seconds: 1 },
): { readonly losses: LossTally; readonly speakers: readonly SpeakerSnapshot[] } {
  const losses = new LossTally();
  const countsAt = (index: number, second: number): TrackCounts => ({
    ...BEFORE,
    packets: BEFORE.packets + second * 50,
    ...lost.get(index)?.(second),
  });
  for (const { track } of speakers)
    if (track !== null) losses.look(track, BEFORE, samples - 90 * SECOND);
  for (let second = 0; second < seconds; second += 1) {
    for (const [index, { track }] of speakers.entries()) {
      if (track === null) continue;
      const then = samples - (seconds - second) * SECOND;
      for (let at = then; at < then + SECOND; at += BAR_SAMPLES)
        losses.look(track, countsAt(index, second), at);
    }
  }
  const told = speakers.map((speaker, index) =>
    withCounts(speaker, countsAt(index, seconds - 1), losses),
  );
  return { losses, speakers: told };
}

/** The speaker with these counts and the tally's losses; without a track, the counts are zero. */
export function withCounts(
  speaker: SpeakerSnapshot,
  counts: TrackCounts,
  losses: LossTally,
): SpeakerSnapshot {
  const { packets, lost, late, undecryptable } = speaker.track === null ? NO_COUNTS : counts;
  const { recent, lastBars } = speaker.track === null ? NO_LOSS : losses.of(speaker.track);
  return {
    ...speaker,
    packets,
    lostPackets: lost + late + undecryptable,
    latePackets: late,
    undecryptablePackets: undecryptable,
    recentLoss: recent,
    lastLossBars: lastBars,
  };
}

/** The counts that are in the speaker's snapshot. */
export function countsOf(speaker: SpeakerSnapshot): TrackCounts {
  const { packets, lostPackets, latePackets: late, undecryptablePackets: undecryptable } = speaker;
  return { ...NO_COUNTS, packets, lost: lostPackets - late - undecryptable, late, undecryptable };
}
