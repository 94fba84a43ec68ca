import type { Writable } from 'node:stream';
import { outsideJson, outsideText } from '../../preload/contract/outside-text.ts';
import { writeJsonLine } from '../base/json.ts';
import { sleep } from '../base/wait.ts';

/** Where output goes; `isTTY` as on process.stdout. */
export type OutputStream = Writable & { readonly isTTY?: boolean };

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** `json`: one object a line on stdout and nothing else there; people's text goes to stderr. */
  readonly mode: 'json' | 'people';
}

/** Moves to the start of a terminal's line and clears it. */
const CLEAR_LINE = '\r\u001b[2K';

/**
 * stdout and stderr of a command line. When the reader of a stream goes away, what is written to that stream is dropped.
 * No method throws, and only `flush` waits for writes.
 */
export class Output {
  readonly mode: OutputOptions['mode'];
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #people: OutputStream;
  readonly #gone = new Set<OutputStream>();
  #status = '';

  constructor({ stdout, stderr, mode }: OutputOptions) {
    this.mode = mode;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#people = mode === 'json' ? stderr : stdout;
    for (const stream of [stdout, stderr]) stream.on('error', () => this.#gone.add(stream)); // EPIPE: the reader is gone
  }

  /** Prints a JSON event on stdout with --json, nothing without; adds `at`, the present time, where the event has none. */
  event(event: {
    readonly event: string;
    readonly at?: string;
    readonly [field: string]: unknown;
  }): void {
    if (this.mode === 'json') this.#write(this.#stdout, `${writeJsonLine(timed(event))}\n`);
  }

  /** Prints a JSON event on stdout, with or without --json, and with the token in it that this command is to tell. */
  announce(event: { readonly event: string; readonly [field: string]: unknown }): void {
    this.#write(this.#stdout, `${outsideJson(JSON.stringify(timed(event)))}\n`);
  }

  /** A line, or several, for a person, each as `outsideText` leaves it. */
  say(text: string): void {
    this.#line(this.#people, text);
  }

  /** A line on stderr in either mode: what went wrong, and the log when it is asked for. */
  complain(text: string): void {
    this.#line(this.#stderr, text);
  }

  /** Replaces the last line of a terminal, and removes it when `text` is empty; writes nothing to a file or pipe. */
  status(text: string): void {
    if (this.#people.isTTY !== true) return;
    this.#clearStatus();
    this.#status = printable(text);
    this.#write(this.#people, this.#status);
  }

  /** Resolves when the system has taken all that was written, or the readers are gone, or after `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    const giveUp = new AbortController();
    const taken = Promise.all([this.#stdout, this.#stderr].map((stream) => this.#drained(stream)));
    await Promise.race([taken, sleep(limitMs, giveUp.signal)]);
    giveUp.abort();
  }

  /** Writes whole lines; the status line is cleared before and written again below them. */
  #line(stream: OutputStream, text: string): void {
    this.#clearStatus();
    this.#write(stream, `${printable(text)}\n`);
    this.#write(this.#people, this.#status);
  }

  #clearStatus(): void {
    if (this.#status !== '') this.#write(this.#people, CLEAR_LINE);
  }

  #write(stream: OutputStream, text: string): void {
    if (text !== '' && !this.#gone.has(stream)) stream.write(text);
  }

  #drained(stream: OutputStream): Promise<void> {
    if (this.#gone.has(stream)) return Promise.resolve();
    return new Promise((resolve) => stream.write('', () => resolve()));
  }
}

function printable(text: string): string {
  return text.split('\n').map(outsideText).join('\n');
}

function timed({ event, at, ...fields }: { readonly event: string; readonly at?: string }): object {
  return { event, at: at ?? new Date().toISOString(), ...fields };
}
