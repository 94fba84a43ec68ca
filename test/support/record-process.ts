import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';

/** The built command line, as a user's shell starts it. */
const TAPEDECK = path.resolve(import.meta.dirname, '../../out/main/tapedeck.js');

/** Time to start, join, and until the last speaker has spoken. */
const ANNOUNCED_WITHIN_MS = 45_000;

const joinedLine = z.object({
  event: z.literal('joined'),
  at: z.iso.datetime({ precision: 3 }),
  recording: z.string(),
});
const speakerLine = z.object({ event: z.literal('speaker'), track: z.string() });

/** `record --json` of the demo's encrypted channel as a process of its own. Needs no vitest. */
export class RecordProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #said = '';

  /** Recordings are written to `home/recordings`. */
  constructor(demo: DemoServer, home: string) {
    const words = ['record', '--channel', demo.setting.channels.voice.id, '--no-notice', '--json'];
    const child = spawn(process.execPath, [TAPEDECK, ...words], {
      env: {
        PATH: process.env['PATH'],
        TAPEDECK_HOME: home,
        DISCORD_API_URL: demo.apiUrl,
        DISCORD_TOKEN: demo.token,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.#gone = new Promise((resolve) => child.once('exit', () => resolve()));
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /**
   * Resolves when `speakers` tracks were announced by `speaker` events. Rejects when the process ends before, or after
   * 45 s.
   */
  async announced(speakers: number): Promise<{ folder: string; joinedAtWallMs: number }> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('record has no stdout');
    let joined: z.infer<typeof joinedLine> | null = null;
    const tracks = new Set<string>();
    const signal = AbortSignal.timeout(ANNOUNCED_WITHIN_MS);
    for await (const text of createInterface({ input: stdout, signal })) {
      const line: unknown = JSON.parse(text);
      joined ??= joinedLine.safeParse(line).data ?? null;
      const speaker = speakerLine.safeParse(line).data;
      if (speaker !== undefined) tracks.add(speaker.track);
      if (joined !== null && tracks.size >= speakers)
        return { folder: joined.recording, joinedAtWallMs: Date.parse(joined.at) };
    }
    throw new Error(`${String(tracks.size)} speakers, then no more: ${this.#said}`);
  }

  /**
   * How long its main thread, and the worst of its others, waited for a processor so far: by Linux's own count
   * (`schedstat`), 0 elsewhere.
   */
  async starvedMs(): Promise<number> {
    const pid = this.#child.pid ?? 0;
    const folder = `/proc/${String(pid)}/task`;
    const threads = await readdir(folder).catch(() => []);
    const waits = threads.map(async (thread) => {
      const text = await readFile(`${folder}/${thread}/schedstat`, 'utf8').catch(() => '0 0 0');
      return { isMain: thread === String(pid), ms: Number(text.split(' ')[1]) / 1e6 };
    });
    const all = await Promise.all(waits);
    const worstMs = (these: typeof all): number => Math.max(0, ...these.map(({ ms }) => ms));
    return (
      worstMs(all.filter(({ isMain }) => isMain)) + worstMs(all.filter(({ isMain }) => !isMain))
    );
  }

  /** Sends SIGKILL and waits for the process to end; gives when it was sent, on the sent log's clock. */
  async kill(): Promise<number> {
    const atMs = performance.timeOrigin + performance.now();
    this.#child.kill('SIGKILL');
    await this.#gone;
    return atMs;
  }

  /** Ends the recording by SIGINT; resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    await this.#gone;
    return this.#child.exitCode;
  }

  async close(): Promise<void> {
    await this.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
