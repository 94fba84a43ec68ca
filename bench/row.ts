/** One line of the benchmarks: a figure against its target. */
export interface Row {
  readonly id: string;
  readonly figure: number;
  /** The target as it is printed: `<= 1.25`. */
  readonly target: string;
  readonly holds: boolean;
  /** What was measured, in what unit and against what. */
  readonly against: string;
}

/** A figure that must not be above `most`. */
export function atMost(most: number, row: Omit<Row, 'target' | 'holds'>): Row {
  return { ...row, target: `<= ${String(most)}`, holds: row.figure <= most };
}

/** A figure that must not be below `least`. */
export function atLeast(least: number, row: Omit<Row, 'target' | 'holds'>): Row {
  return { ...row, target: `>= ${String(least)}`, holds: row.figure >= least };
}
