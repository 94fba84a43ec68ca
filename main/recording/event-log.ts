import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { systemErrorCode } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { createFile } from '../base/plain-file.ts';
import { replaceBy, syncFile } from '../base/replace-file.ts';
import { EVENTS_FILE } from './layout.ts';
import { openRegular } from './open-regular.ts';
import type { RecordingEvent } from './recording-event.ts';

/** One line of `events.jsonl`; the other fields depend on `event`, see `RecordingEvent`. */
const eventSchema = z.looseObject({
  event: z.string(),
  at: z.string(),
  samples: z.number(),
});
export type LoggedEvent = z.infer<typeof eventSchema>;

/** Longer than any line we write: the last event holds every track of the manifest. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;

/** So many lines are read at a stretch; then others in this thread have their turn. */
const LINES_AT_ONCE = 1_000;

/**
 * A line of the file that is no event: torn at the end, or damaged. `offset` is in bytes from the start of the file.
 */
export interface BadLine {
  readonly offset: number;
  readonly message: string;
}

/**
 * The events of a recording, in order; the file is read 256 KiB at a time. A line that is no event goes to `onBadLine`.
 * Throws the system's error, `ENOENT` when there is no log, or StorageError when the log is no plain file.
 */
export async function* readEvents(
  folder: string,
  onBadLine: (line: BadLine) => void = () => undefined,
): AsyncGenerator<LoggedEvent, void, undefined> {
  for await (const { offset, bytes, whole } of readLines(path.join(folder, EVENTS_FILE))) {
    const event = whole ? parseEvent(bytes) : null;
    if (event !== null) yield event;
    else onBadLine({ offset, message: whole ? 'line is no event' : 'last line is cut off' });
  }
}

/** The line of the log for an event: `event`, `at` and `samples` first. `atMs` is since 1970. */
export function writeEvent(event: RecordingEvent, atMs: number): string {
  const { event: name, samples, ...rest } = event;
  return `${JSON.stringify({ event: name, at: new Date(atMs).toISOString(), samples, ...rest })}\n`;
}

/**
 * Adds lines at the end of the log and syncs it; makes the log when there is none. Throws the system's error, or
 * StorageError when the log is no plain file.
 */
export async function appendEvents(folder: string, lines: readonly string[]): Promise<void> {
  await using handle = await openLog(path.join(folder, EVENTS_FILE));
  const { size } = await handle.stat();
  await handle.write(lines.join(''), size);
  await syncFile(handle);
}

async function openLog(file: string): Promise<FileHandle> {
  try {
    return await openRegular(file, 'change');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return createFile(file);
  }
}

/** So much is gathered before it is written. */
const WRITE_CHARACTERS = 1024 * 1024;

/**
 * Replaces the log by one with what `change` makes of each event, none where it makes undefined, and the lines of `added`
 * behind them. What is no event is left out: nobody can tell what stands there. Throws as `readEvents` does.
 */
export async function rewriteEvents(
  folder: string,
  change: (event: LoggedEvent) => unknown,
  added: () => readonly string[],
): Promise<void> {
  await replaceBy(path.join(folder, EVENTS_FILE), async (handle) => {
    let lines = '';
    for await (const event of readEvents(folder)) {
      const changed = change(event);
      if (changed !== undefined) lines += `${JSON.stringify(changed)}\n`;
      if (lines.length < WRITE_CHARACTERS) continue;
      await handle.appendFile(lines);
      lines = '';
    }
    await handle.appendFile([lines, ...added()].join(''));
  });
}

/** Cuts off a last line without a line feed. Throws as `readEvents` does. */
export async function cutTornLine(folder: string): Promise<void> {
  const file = path.join(folder, EVENTS_FILE);
  for await (const { offset, whole } of readLines(file)) {
    if (whole) continue;
    await using handle = await openRegular(file, 'change');
    await handle.truncate(offset);
  }
}

/** What an event tells of a track. */
const OF_TRACK: ReadonlySet<string> = new Set(['track', 'talkspurt', 'loss']);

/**
 * Takes everything out of the log that was told of these tracks (`tracks/NN-name.opus`): who has them, when somebody
 * talked there, what was lost. Throws as `readEvents` does, or the system's error.
 */
export async function removeTrackLines(folder: string, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const file = path.join(folder, EVENTS_FILE);
  const removed: ReadonlySet<unknown> = new Set(files);
  const isOfThem = (line: Buffer): boolean => {
    const event = line.includes('"tracks/') ? parseEvent(line) : null;
    if (event === null || !OF_TRACK.has(event.event)) return false;
    return removed.has(event['file']) || removed.has(event['track']);
  };
  await replaceBy(file, async (handle) => {
    let kept: Buffer[] = [];
    let keptBytes = 0;
    for await (const { bytes, whole } of readLines(file)) {
      if (!whole || isOfThem(bytes)) continue;
      kept.push(bytes, Buffer.of(LINE_FEED));
      keptBytes += bytes.byteLength;
      if (keptBytes < PIECE_BYTES) continue;
      await handle.appendFile(Buffer.concat(kept));
      kept = [];
      keptBytes = 0;
    }
    await handle.appendFile(Buffer.concat(kept));
  });
}

/** A line of a file; `bytes` without its line feed. */
interface Line {
  /** In bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** Whether it ends in a line feed. */
  readonly whole: boolean;
}

/**
 * The lines of a file, read 256 KiB at a time; the last one, `whole` false, has no bytes where no line feed ends it. Throws
 * as `readEvents` does.
 */
export async function* readLines(file: string): AsyncGenerator<Line, void, undefined> {
  await using handle = await openRegular(file, 'read');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let offset = 0;
  let count = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(PIECE_BYTES));
    if (bytesRead === 0) break;
    let from = 0;
    for (
      let end = buffer.indexOf(LINE_FEED);
      end >= 0 && end < bytesRead;
      end = buffer.indexOf(LINE_FEED, from)
    ) {
      const last = buffer.subarray(from, end);
      const bytes = waiting.length === 0 ? last : Buffer.concat([...waiting, last]);
      yield { offset, bytes, whole: true };
      count += 1;
      if (count % LINES_AT_ONCE === 0) await setImmediate();
      offset += waitingBytes + (end + 1 - from);
      from = end + 1;
      waiting = [];
      waitingBytes = 0;
    }
    if (from < bytesRead) waiting.push(buffer.subarray(from, bytesRead));
    waitingBytes += bytesRead - from;
    if (waitingBytes > MOST_LINE_BYTES) break; // no line of ours is so long: the rest is not read
  }
  if (waitingBytes > 0) yield { offset, bytes: Buffer.alloc(0), whole: false };
}

function parseEvent(line: Buffer): LoggedEvent | null {
  if (line[0] !== OPEN_BRACE) return null; // told without the cost of an exception
  const value = parseJson(line.toString('utf8'));
  if (value === undefined) return null; // telling why in full takes a hundred times longer
  const result = eventSchema.safeParse(value);
  return result.success ? result.data : null;
}
