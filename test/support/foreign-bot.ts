import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';

const line = z.object({
  event: z.enum(['ready', 'packet', 'said', 'error']),
  userId: z.string().optional(),
  hex: z.string().optional(),
  message: z.string().optional(),
});
type Line = z.output<typeof line>;

const script = fileURLToPath(new URL('discordjs-client.mjs', import.meta.url));

/** A second bot, on @discordjs/voice 0.19.2: an implementation of the protocol that is not ours. */
export class ForeignBot implements Disposable {
  /** The lines it has printed so far. */
  readonly told: readonly Line[];
  readonly #lines: ReturnType<typeof createInterface>;
  readonly #end: () => void;

  /** `say`: Opus packets, as hex, that it plays once it is ready. */
  constructor(
    demo: DemoServer,
    options: { readonly token: string; readonly say?: readonly string[] },
  ) {
    const { apiUrl, guildId, channelId, caFile } = demo;
    const argument = JSON.stringify({ apiUrl, guildId, channelId, ...options });
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const child = spawn(process.execPath, [script, argument], { env, stdio: [...stdio] });
    this.#end = () => {
      child.kill();
    };
    const told: Line[] = [];
    this.told = told;
    this.#lines = createInterface({ input: child.stdout });
    this.#lines.on('line', (text) => told.push(line.parse(JSON.parse(text))));
  }

  /** Resolves as soon as `isSo` is true, asked after every line; rejects when the bot's process ends. */
  until(isSo: (bot: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isSo(this)) return;
        this.#lines.off('line', look);
        resolve();
      };
      this.#lines.on('line', look).on('close', () => reject(new Error('the bot ended')));
      look();
    });
  }

  ready(): Promise<void> {
    return this.until(({ told }) => told.some((one) => one.event === 'ready'));
  }

  /** Packets that the bot received from that user, as hex; those that it could not open are missing. */
  heard(userId: string): string[] {
    return this.told.filter((one) => one.userId === userId).flatMap((one) => one.hex ?? []);
  }

  get errors(): string[] {
    return this.told.flatMap((one) => (one.event === 'error' ? [one.message ?? ''] : []));
  }

  /** Ends the bot's process. */
  [Symbol.dispose](): void {
    this.#end();
  }
}
