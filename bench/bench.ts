import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { alignment } from './alignment.ts';
import type { Row } from './row.ts';

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
  const wanted = values.only?.split(',');
  const isWanted = ({ id }: Row): boolean => wanted?.some((name) => id.startsWith(name)) ?? true;
  const rows: Row[] = [];
  for (const row of alignment(values.quick ? 'quick' : 'full')) {
    if (!isWanted(row)) continue;
    rows.push(row);
    const verdict = row.holds ? 'holds' : 'FAILS';
    console.log(
      `${row.id.padEnd(4)}${String(row.figure).padStart(8)}  ${row.target.padEnd(9)} ${verdict}  ${row.against}`,
    );
  }
  if (values.json !== undefined) {
    const file = path.resolve(process.env['INIT_CWD'] ?? '.', values.json);
    writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  }
}
