import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Row } from './row.ts';

/** Prints each row as it comes, and keeps all rows for the JSON file. */
export class Report {
  readonly #wanted: readonly string[] | null;
  readonly #rows: Row[] = [];

  /** `only`: beginnings of ids with commas between, as typed. */
  constructor(only: string | undefined) {
    this.#wanted = only?.split(',') ?? null;
  }

  wants(id: string): boolean {
    return this.#wanted?.some((name) => id.startsWith(name)) ?? true;
  }

  wantsAny(ids: readonly string[]): boolean {
    return ids.some((id) => this.wants(id));
  }

  add(row: Row): void {
    if (!this.wants(row.id)) return;
    this.#rows.push(row);
    const { id, figure, target, holds, against } = row;
    const verdict = holds ? 'holds' : 'FAILS';
    console.log(
      `${id.padEnd(4)}${String(figure).padStart(8)}  ${target.padEnd(9)} ${verdict}  ${against}`,
    );
  }

  get holds(): boolean {
    return this.#rows.every(({ holds }) => holds);
  }

  /** As JSON; a relative path is taken from the folder in which the command was typed. */
  write(file: string): void {
    const place = path.resolve(process.env['INIT_CWD'] ?? '.', file);
    writeFileSync(place, `${JSON.stringify(this.#rows, null, 2)}\n`);
  }
}
