import { parseArgs } from 'node:util';
import { alignment } from './alignment.ts';
import { Report } from './report.ts';

/** Runs the benchmarks and prints a line for each; `words` are the command's options. */
export function runBenchmarks(words: readonly string[]): void {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const report = new Report(values.only);
  for (const row of alignment(values.quick ? 'quick' : 'full')) report.add(row);
  if (values.json !== undefined) report.write(values.json);
}
