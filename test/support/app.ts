import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Ended } from './command-line.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const scripts = z.object({ scripts: z.object({ demo: z.string() }) });

/** The last command of the package's `demo` script, in words: what runs after set-up. */
function demoCommand(): string[] {
  const text = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
  const { demo } = scripts.parse(JSON.parse(text)).scripts;
  return (demo.split(' && ').at(-1) ?? '').split(' ');
}

/**
 * The built app, started as `npm run demo -- …` starts it, with `temporaryFolder` as TMPDIR; killed when the test ends.
 */
export class App {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(words: readonly string[], temporaryFolder: string) {
    const PATH = [path.join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(path.delimiter);
    const [program = '', ...first] = demoCommand();
    this.#child = spawn(program, [...first, ...words], {
      cwd: ROOT,
      env: { ...process.env, PATH, TMPDIR: temporaryFolder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (exitCode) =>
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr }),
      ),
    );
    onTestFinished(() => void this.#child.kill('SIGTERM'));
  }
}
