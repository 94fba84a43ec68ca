import { parseArgs } from 'node:util';
import { alignment } from './alignment.ts';
import { counting } from './counting.ts';
import { load } from './load.ts';
import { Report } from './report.ts';

const ALIGNMENT_ROWS = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B10', 'B11'];
const COUNTING_ROWS = ['B12', 'B13'];
const LOAD_ROWS = ['A3', 'A3w', 'A3d', 'A3m', 'A11', 'A11f'];

/** Runs the benchmarks and prints a line for each; `words` are the command's options. */
export async function runBenchmarks(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const report = new Report(values.only);
  const size = values.quick ? 'quick' : 'full';
  if (report.wantsAny(ALIGNMENT_ROWS)) for (const row of alignment(size)) report.add(row);
  if (report.wantsAny(COUNTING_ROWS)) for await (const row of counting(size)) report.add(row);
  if (report.wantsAny(LOAD_ROWS)) for await (const row of load(size)) report.add(row);
  if (values.json !== undefined) report.write(values.json);
}
