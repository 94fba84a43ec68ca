import type { GapSnapshot, RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';

/** A stretch of the tape without sound; `toSamples` is null while it lasts. */
export interface Gap {
  readonly reason: GapSnapshot['reason'];
  readonly fromSamples: number;
  readonly toSamples: number | null;
}

type Gaps = Pick<RecordingSessionSnapshot, 'gaps' | 'pausedAtSamples' | 'connection'>;

/** All stretches without sound by their beginning: those that are over, an outage that lasts, a pause that lasts. */
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

/** The stretches that these gaps, by their beginning, cover together: an outage within a pause is none of its own. */
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
