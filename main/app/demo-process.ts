import { utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { toError } from '../base/errors.ts';
import { findUpwards } from '../base/find-upwards.ts';
import type { Log } from '../base/log.ts';
import { withLimit } from '../base/wait.ts';

const firstLine = z.object({
  apiUrl: z.url(),
  token: z.string(),
  guildId: z.string(),
  channelId: z.string(),
  sentLog: z.string().optional(),
});

export type DemoAddress = z.output<typeof firstLine>;

/** The demo server ends within milliseconds; the app waits 2 s for one that is stuck. */
const END_LIMIT_MS = 2_000;

/** The demo server in a process of its own: `start` starts it once, `close` ends it. */
export class DemoProcess {
  readonly #log: Log;
  #running: { readonly process: UtilityProcess; readonly address: Promise<DemoAddress> } | null =
    null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** The address at which the server answers. Rejects when the process ends before it prints one. */
  start(): Promise<DemoAddress> {
    this.#running ??= this.#spawn();
    return this.#running.address;
  }

  /** Ends the process and waits until it is gone, because it removes its own temporary files. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    const gone = once(running.process, 'exit');
    running.process.kill();
    const onLimit = (): Error => new Error('demo server does not end');
    await withLimit({ limitMs: END_LIMIT_MS, onLimit }, () => gone).catch((error: unknown) => {
      this.#log.warn('demo server left behind', { reason: toError(error).message });
    });
  }

  #spawn(): { process: UtilityProcess; address: Promise<DemoAddress> } {
    const file = findUpwards('demo-server.js', 'out/main/demo-server.js');
    const child = utilityProcess.fork(file, [], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr?.on('data', (text: Buffer) =>
      this.#log.warn('demo server', { said: text.toString().trim() }),
    );
    const address = new Promise<DemoAddress>((resolve, reject) => {
      child.once('exit', (code) => {
        if (this.#running?.process === child) this.#running = null;
        reject(new Error(`demo server ended with ${String(code)}`));
      });
      if (child.stdout === null) return reject(new Error('demo server without an output'));
      createInterface({ input: child.stdout }).once('line', (line) => {
        try {
          resolve(firstLine.parse(JSON.parse(line)));
        } catch (error) {
          reject(new Error('demo server said something else', { cause: error }));
        }
      });
    });
    return { process: child, address };
  }
}
