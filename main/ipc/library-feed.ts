import type { LibraryChange, RecordingSnapshot } from '../../preload/contract/library.ts';

/** What the page has been told of the library, so that only what is new is told again. */
export class LibraryFeed {
  #told: ReadonlyMap<string, RecordingSnapshot> = new Map();

  /** All of it, for a page that knows nothing. `rows` are newest first. */
  whole(rows: readonly RecordingSnapshot[]): LibraryChange {
    this.#told = new Map(rows.map((row) => [row.id, row]));
    return { order: [...this.#told.keys()], rows };
  }

  /** What the page does not know yet; null when it knows it all. `rows` are newest first. */
  change(rows: readonly RecordingSnapshot[]): LibraryChange | null {
    const before = this.#told;
    const { order } = this.whole(rows);
    const changed = rows.filter((row) => !isSameRow(row, before.get(row.id)));
    return changed.length === 0 && isSameList(order, [...before.keys()])
      ? null
      : { order, rows: changed };
  }
}

/** Talk maps are the same when they are one object: the index reads each once. */
function isSameRow(row: RecordingSnapshot, before: RecordingSnapshot | undefined): boolean {
  return before !== undefined && isSameList(valuesOf(row), valuesOf(before));
}

/** All that a row says, the values of its tracks one after the other. */
function valuesOf({ tracks, ...facts }: RecordingSnapshot): readonly unknown[] {
  return [...Object.values(facts), ...tracks.flatMap((track) => Object.values(track))];
}

function isSameList(list: readonly unknown[], before: readonly unknown[]): boolean {
  return list.length === before.length && list.every((value, index) => value === before[index]);
}
