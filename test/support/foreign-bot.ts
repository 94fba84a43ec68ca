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

/** A bot beside us on @discordjs/voice 0.19.2: nobody here wrote its idea of the protocol. */
export class ForeignBot implements Disposable {
  /** Everything it has said so far. */
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

  /** Resolves as soon as what it has told fulfils the condition; rejects when it ends. */
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

  /** What that user has said, packet for packet as hex; what this client could not open is not among it. */
  heard(userId: string): string[] {
    return this.told.filter((one) => one.userId === userId).flatMap((one) => one.hex ?? []);
  }

  get errors(): string[] {
    return this.told.flatMap((one) => (one.event === 'error' ? [one.message ?? ''] : []));
  }

  /** Its process is gone, its sockets with it. */
  [Symbol.dispose](): void {
    this.#end();
  }
}
