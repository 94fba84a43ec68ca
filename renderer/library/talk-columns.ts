/** Where somebody spoke, as runs of whole columns [from, to) of a picture `columns` wide; what touches a column fills it. */
export function talkColumns(
  talk: readonly (readonly [number, number])[],
  samples: number,
  columns: number,
): readonly (readonly [number, number])[] {
  if (samples <= 0) return [];
  const runs: [number, number][] = [];
  for (const [fromSamples, toSamples] of talk) {
    const from = Math.floor((fromSamples * columns) / samples);
    const to = Math.min(columns, Math.max(from + 1, Math.ceil((toSamples * columns) / samples)));
    const last = runs.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else runs.push([from, to]);
  }
  return runs;
}

/** Samples that a person spoke in all. */
export function spokenSamples(talk: readonly (readonly [number, number])[]): number {
  return talk.reduce((sum, [from, to]) => sum + to - from, 0);
}
