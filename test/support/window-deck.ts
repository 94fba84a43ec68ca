import { expect } from 'vitest';
import { createLog } from '../../main/base/log.ts';
import { withLimit } from '../../main/base/wait.ts';
import { Engine } from '../../main/engine/engine.ts';
import { ExportJobs } from '../../main/engine/export-jobs.ts';
import { LibraryIndex } from '../../main/engine/library-index.ts';
import { Deck, type KeptToken, type Shell, type TokenStore } from '../../main/ipc/deck.ts';
import { toSnapshot } from '../../main/ipc/to-snapshot.ts';
import type { SessionEvent } from '../../main/session/session-event.ts';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import { toRecording } from '../../main/ipc/to-recording.ts';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { guildCreate } from './discord-payloads.ts';
import type { FakeConnection, FakeDiscord } from './fake-discord.ts';
import { TOKEN } from './fake-gateway-client.ts';
import { scratchFolder } from './scratch-folder.ts';

const WAIT_LIMIT_MS = 20_000;

/** A key store in memory. */
class FakeTokens implements TokenStore {
  readonly available = true;
  kept: KeptToken | null = null;

  load(): Promise<KeptToken | null> {
    return Promise.resolve(this.kept);
  }

  keep(kept: KeptToken): Promise<void> {
    this.kept = kept;
    return Promise.resolve();
  }

  forget(): Promise<void> {
    this.kept = null;
    return Promise.resolve();
  }
}

/** A shell without a window: answers as the test says, and keeps what it was asked for. */
export class FakeShell implements Shell {
  readonly tokens = new FakeTokens();
  readonly apiUrl: URL;
  /** What the folder dialog answers. */
  folder: string | null = null;
  startDemo: Shell['startDemo'] = () => Promise.reject(new Error('no demo server here'));
  readonly links: string[] = [];
  readonly texts: string[] = [];
  readonly copied: string[] = [];
  readonly shown: string[] = [];
  readonly opened: string[] = [];

  constructor(apiUrl: URL) {
    this.apiUrl = apiUrl;
  }

  chooseFolder(): Promise<string | null> {
    return Promise.resolve(this.folder);
  }

  showInFolder(file: string): void {
    this.shown.push(file);
  }

  openFolder(folder: string): Promise<void> {
    this.opened.push(folder);
    return Promise.resolve();
  }

  openText(name: string): Promise<void> {
    this.texts.push(name);
    return Promise.resolve();
  }

  openLink(url: string): Promise<void> {
    this.links.push(url);
    return Promise.resolve();
  }

  copyText(text: string): void {
    this.copied.push(text);
  }

  diagnostics(recordings: readonly string[]): Promise<string> {
    return Promise.resolve(`recordings: ${String(recordings.length)}`);
  }

  saveReport(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** What the window shows: the snapshot, and the library, which is an event of its own. */
export interface Shown extends Snapshot {
  readonly recordings: readonly RecordingSnapshot[];
}

/** A deck over a real engine and an empty library, for the Discord at `apiUrl`. */
export class WindowDeck implements AsyncDisposable {
  readonly deck: Deck;
  readonly engine: Engine;
  readonly shell: FakeShell;
  readonly library: string;
  readonly events: SessionEvent[] = [];
  readonly #changes = new Set<() => void>();

  static async open(
    apiUrl: URL,
    freeBytes: () => Promise<number | null> = () => Promise.resolve(1e12),
  ): Promise<WindowDeck> {
    return new WindowDeck(apiUrl, { library: await scratchFolder(), freeBytes });
  }

  private constructor(
    apiUrl: URL,
    { library, freeBytes }: { library: string; freeBytes: () => Promise<number | null> },
  ) {
    const log = createLog('error', () => undefined);
    this.library = library;
    this.shell = new FakeShell(apiUrl);
    this.engine = new Engine({ libraryFolder: library, appVersion: '0.0.0', log, freeBytes });
    this.deck = new Deck({
      engine: this.engine,
      library: new LibraryIndex(library, log),
      exports: new ExportJobs(),
      shell: this.shell,
      log,
      onChange: () => this.#tell(),
      onEvent: (event) => this.events.push(event),
    });
    this.deck.library.onChange(() => this.#tell());
  }

  /** What the window would show now. */
  get snapshot(): Shown {
    const recordings = this.deck.library.recordings.map(toRecording);
    return { ...toSnapshot(this.deck, '0.0.0'), recordings };
  }

  /** The first snapshot that fulfils the condition, the present one included. */
  until(what: string, isIt: (snapshot: Shown) => boolean): Promise<Shown> {
    const onLimit = (): Error => new Error(`waited in vain for ${what}`);
    return withLimit({ limitMs: WAIT_LIMIT_MS, onLimit }, async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        const { snapshot } = this;
        if (isIt(snapshot)) return snapshot;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            this.#changes.delete(wake);
            resolve();
          };
          this.#changes.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.deck.close();
  }

  #tell(): void {
    for (const wake of [...this.#changes]) wake();
  }
}

/** Signs in as the window does; gives the server's end of the gateway connection. */
export async function signInTo(fake: FakeDiscord, { deck }: WindowDeck): Promise<FakeConnection> {
  const signing = deck.signIn(TOKEN);
  const connection = await fake.welcome('session-1');
  connection.dispatch('GUILD_CREATE', guildCreate(), 2);
  expect(await signing).toEqual({ ok: true });
  return connection;
}
