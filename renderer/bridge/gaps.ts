import type { GapSnapshot, RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';

/** A part of the tape without sound; `toSamples` is null while it lasts. */
export interface Gap {
  readonly reason: GapSnapshot['reason'];
  readonly fromSamples: number;
  readonly toSamples: number | null;
}

type Gaps = Pick<RecordingSessionSnapshot, 'gaps' | 'pausedAtSamples' | 'connection'>;

/** All gaps in order of their beginning: those that are over, an outage under way and a pause under way. */
export function gapsOf({ gaps, pausedAtSamples, connection }: Gaps): readonly Gap[] {
  const outageFromSamples = connection.kind === 'retrying' ? connection.fromSamples : null;
  const lasting = (reason: Gap['reason'], fromSamples: number | null): readonly Gap[] =>
    fromSamples === null ? [] : [{ reason, fromSamples, toSamples: null }];
  return [
    ...gaps,
    ...lasting('reconnect', outageFromSamples),
    ...lasting('pause', pausedAtSamples),
  ].toSorted((one, other) => one.fromSamples - other.fromSamples);
}

/** Samples [from, to); `toSamples` is null while it lasts. */
export type Stretch = Omit<Gap, 'reason'>;

/** The gaps, which are in order of their beginning, with overlapping ones merged. */
export function stretchesOf(gaps: readonly Gap[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { fromSamples, toSamples } of gaps) {
    const last = stretches.at(-1);
    if (last === undefined || fromSamples >= endOf(last)) {
      stretches.push({ fromSamples, toSamples });
    } else if (endOf({ toSamples }) > endOf(last)) {
      stretches[stretches.length - 1] = { ...last, toSamples };
    }
  }
  return stretches;
}

function endOf({ toSamples }: Pick<Gap, 'toSamples'>): number {
  return toSamples ?? Infinity;
}
