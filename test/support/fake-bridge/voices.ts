/** Bars of one turn of talking: 3 s. */
const TURN_BARS = 15;

/** A hash of two numbers, from 0 to 1. */
function chance(one: number, two: number): number {
  let hash = Math.imul(one + 1, 0x9e37_79b1) ^ Math.imul(two + 1, 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a_2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000;
}

/** Peak of that speaker in that bar, in dBFS; null while silent. `share` is the part of the time that they talk. */
export function voiceAt(speaker: number, bar: number, share: number): number | null {
  const turn = Math.floor(bar / TURN_BARS);
  if (chance(speaker, turn) > share) return null;
  const from = Math.floor(chance(speaker + 100, turn) * 5);
  const length = 5 + Math.floor(chance(speaker + 200, turn) * 10);
  const place = (bar % TURN_BARS) - from;
  if (place < 0 || place >= length) return null;
  const swell = Math.sin(((place + 0.5) / length) * Math.PI);
  return -34 + 22 * swell + 10 * (chance(speaker + 300, bar) - 0.5);
}

/** How one speaker talks. */
export interface Voice {
  readonly share: number;
  /** First bar in which this person is there. */
  readonly fromBar: number;
}

/**
 * Bars of that speaker from `first` to `last`, both included. The speaker's very first bar is among them even when
 * silent, at -100 dBFS.
 */
export function barsOf(
  speaker: number,
  { share, fromBar }: Voice,
  [first, last]: readonly [number, number],
): readonly (readonly [number, number])[] {
  const bars: [number, number][] = [];
  for (let bar = Math.max(first, fromBar); bar <= last; bar += 1) {
    const peak = voiceAt(speaker, bar, share);
    if (peak !== null) bars.push([bar, peak]);
    else if (bar === fromBar) bars.push([bar, -100]);
  }
  return bars;
}
