import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { Gap } from '../bridge/gaps.ts';
import { shortDuration } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';

/** Why there is no sound and for how long, so far when the gap lasts: `No connection, 7 s`. */
export function gapWords({ reason, fromSamples, toSamples }: Gap, nowSamples: number): string {
  const seconds = Math.max(0, (toSamples ?? nowSamples) - fromSamples) / SAMPLE_RATE_HZ;
  const time = seconds < 1 ? text('duration.moment.short') : shortDuration(seconds);
  return text(`tape.gap.${reason}`, { time });
}
