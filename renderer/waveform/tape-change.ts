import { BAR_SAMPLES } from '../../preload/contract/events.ts';
import type { LaneOnTape, TapeContent } from './tape-content.ts';

/** The part of a tape that must be drawn again because its content changed; new sound is not in it. */
export type TapeChange =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'some';
      /** All lanes are drawn from this bar on; Infinity when no gap and no marker changed. */
      readonly fromBar: number;
      /** Single lanes that are drawn, each from a bar on. */
      readonly lanes: readonly { readonly index: number; readonly fromBar: number }[];
    };

/**
 * The difference between two contents, whose gaps and markers are in order of time: everything behind the first
 * difference is drawn.
 */
export function changeBetween(before: TapeContent, after: TapeContent): TapeChange {
  if (before.laneHeight !== after.laneHeight || before.lanes.length !== after.lanes.length) {
    return { kind: 'everything' };
  }
  const fromSamples = Math.min(
    firstOtherGap(before.gaps, after.gaps),
    firstOther(before.markers, after.markers),
  );
  const lanes = after.lanes.flatMap((lane, index) => {
    const fromBar = changedFrom(before.lanes[index], lane);
    return fromBar === Infinity ? [] : [{ index, fromBar }];
  });
  return { kind: 'some', fromBar: barOf(fromSamples), lanes };
}

function changedFrom(before: LaneOnTape | undefined, after: LaneOnTape): number {
  if (before?.track !== after.track || before.personNumber !== after.personNumber) return 0;
  const left = before.leftAtSamples === after.leftAtSamples ? [] : [before, after];
  return Math.min(...left.map(({ leftAtSamples }) => barOf(leftAtSamples ?? Infinity)));
}

/** The lower of the first two numbers that differ; Infinity when the lists are the same. */
function firstOther(before: readonly number[], after: readonly number[]): number {
  const length = Math.max(before.length, after.length);
  for (let index = 0; index < length; index += 1) {
    const [was = Infinity, is = Infinity] = [before[index], after[index]];
    if (was !== is) return Math.min(was, is);
  }
  return Infinity;
}

function firstOtherGap(before: TapeContent['gaps'], after: TapeContent['gaps']): number {
  const length = Math.max(before.length, after.length);
  for (let index = 0; index < length; index += 1) {
    const [was, is] = [before[index] ?? NO_GAP, after[index] ?? NO_GAP];
    if (was.fromSamples !== is.fromSamples) return Math.min(was.fromSamples, is.fromSamples);
    if (was.toSamples !== is.toSamples) {
      return Math.min(was.toSamples ?? Infinity, is.toSamples ?? Infinity);
    }
  }
  return Infinity;
}

const NO_GAP = { fromSamples: Infinity, toSamples: Infinity };

function barOf(samples: number): number {
  return Math.floor(samples / BAR_SAMPLES);
}
