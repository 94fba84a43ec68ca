import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

/** The built command line. */
const TAPEDECK = path.resolve(import.meta.dirname, '../../out/main/tapedeck.js');

const line = z.looseObject({ event: z.string(), at: z.iso.datetime({ precision: 3 }) });

/** One line of JSON on stdout. */
export type Line = z.infer<typeof line>;

export interface Ended {
  /** Null when a signal killed it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** What is set beside PATH; the test's own environment is not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A run of the command line in a process of its own, killed when the test ends. */
export class CommandLine {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #over = false;

  constructor(words: readonly string[], { env = {}, cwd }: StartOptions = {}) {
    this.#child = spawn(process.execPath, [TAPEDECK, ...words], {
      env: { PATH: process.env['PATH'], ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#tell();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (exitCode) => {
        this.#over = true;
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr });
        this.#tell();
      }),
    );
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** The first event of that name, or the one with that number, as soon as it is printed. Rejects when there will be none. */
  until(event: string, number = 1): Promise<Line> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const whole = this.#stdout.slice(0, this.#stdout.lastIndexOf('\n') + 1);
        const found = parseLines(whole).filter((each) => each.event === event)[number - 1];
        if (found !== undefined) resolve(found);
        else if (this.#over)
          reject(new Error(`ended without ${event}: ${this.#stdout}${this.#stderr}`));
        else return;
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Nobody reads stdout any more. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Runs a command to its end. */
export function runCommandLine(words: readonly string[], options?: StartOptions): Promise<Ended> {
  return new CommandLine(words, options).ended;
}

/** Every line of stdout, parsed as JSON; throws when one is no event. */
export function parseLines(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => line.parse(JSON.parse(text)));
}
