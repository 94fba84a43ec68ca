import path from 'node:path';
import { cleanToken } from '../../preload/contract/bot-token.ts';
import type { CommandInput } from '../../preload/contract/commands.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Engine, SessionState, SignedIn, SignedOut } from '../engine/engine.ts';
import { endProblem, toProblem } from '../engine/error-code.ts';
import type { ExportJob, ExportJobs } from '../engine/export-jobs.ts';
import type { LibraryIndex } from '../engine/library-index.ts';
import { inviteUrl } from '../engine/needed-permissions.ts';
import { recordingFigures } from '../engine/recording-figures.ts';
import { EXPORTS_FOLDER, MANIFEST_FILE } from '../recording/layout.ts';
import type { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import { DONE, refusal, type Outcome, type Refusal } from './outcome.ts';
import { RecordingKeys } from './recording-keys.ts';

/** A bot token, and the REST base it was typed for: it is sent to no other. */
export interface KeptToken {
  readonly token: string;
  /** As `URL.href`. */
  readonly apiUrl: string;
}

/** Where the token is kept between two starts, if the system has a safe place for it. */
export interface TokenStore {
  readonly available: boolean;
  load(): Promise<KeptToken | null>;
  keep(kept: KeptToken): Promise<void>;
  forget(): Promise<void>;
}

/** What the shell around the window does for it. */
export interface Shell {
  readonly tokens: TokenStore;
  /** REST base for a token that was typed in. */
  readonly apiUrl: URL;
  /** Starts the demo server, or finds it running. */
  startDemo(): Promise<{
    readonly apiUrl: URL;
    readonly token: string;
    readonly channelId: string;
  }>;
  chooseFolder(): Promise<string | null>;
  /**
   * Shows a file in the folder it lies in. Nothing is opened: what came from a stranger may be a program to the system.
   */
  showInFolder(file: string): void;
  /** Opens a folder of the user's own. */
  openFolder(folder: string): Promise<void>;
  /** Opens `NAME.txt` of the texts beside the program. */
  openText(name: string): Promise<void>;
  openLink(url: string): Promise<void>;
  copyText(text: string): void;
  /** What helps to find a fault, given a line of figures for each of the newest recordings. */
  diagnostics(recordings: readonly string[]): Promise<string>;
  /** Writes a report to a file that the user chooses; false when none was chosen. Throws the system's error. */
  saveReport(recordings: readonly string[]): Promise<boolean>;
}

const DEVELOPER_PORTAL = 'https://discord.com/developers/applications';

/** Who is signed in, or on the way to be. */
export type AccountView = SignedOut | SigningIn | (SignedIn & { readonly demo: boolean });

interface SigningIn {
  readonly kind: 'signing-in';
  readonly demo: boolean;
}

/** What came of the newest sign-in. Whether the account that it gave still stands is the engine's to say. */
type AccountState = SignedOut | SigningIn | { readonly kind: 'signed-in'; readonly demo: boolean };

/** The recording that was closed last, until the window has taken note of it. */
export interface EndedRecording {
  readonly recordingId: string;
  readonly samples: number;
}

export type ExportChoice = CommandInput<'export.start'>;

/** What the window's keys do, and what it must be told about it: the engine, and the little that only a window has. */
export class Deck implements AsyncDisposable {
  readonly engine: Engine;
  readonly library: LibraryIndex;
  readonly exports: ExportJobs;
  readonly recordingKeys = new RecordingKeys(() => {
    const { session } = this.engine;
    return session.kind === 'recording' ? session.session : null;
  });
  readonly #shell: Shell;
  readonly #log: Log;
  readonly #onChange: () => void;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #folders = new Map<string, string>();
  readonly #stops: (() => void)[];
  readonly #diskWatch: Disposable;
  #account: AccountState = { kind: 'signed-out', problem: null };
  #sessionProblem: Problem | null = null;
  #ended: EndedRecording | null = null;
  #chosenChannelId: string | null = null;

  constructor(options: {
    readonly engine: Engine;
    readonly library: LibraryIndex;
    readonly exports: ExportJobs;
    readonly shell: Shell;
    readonly log: Log;
    /** Anything that a snapshot shows has changed; the library tells of itself. */
    readonly onChange: () => void;
    readonly onEvent?: (event: SessionEvent) => void;
  }) {
    this.engine = options.engine;
    this.library = options.library;
    this.exports = options.exports;
    this.#shell = options.shell;
    this.#log = options.log;
    this.#onChange = options.onChange;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#stops = [this.engine.onChange(this.#onChange), this.exports.onChange(this.#onChange)];
    this.#diskWatch = this.engine.watchDisk();
    void this.library.refresh();
  }

  get view(): {
    readonly account: AccountView;
    readonly keyStoreAvailable: boolean;
    readonly chosenChannelId: string | null;
    readonly session: SessionState;
    readonly sessionProblem: Problem | null;
    readonly ended: EndedRecording | null;
    readonly freeBytes: number | null;
    readonly exports: readonly ExportJob[];
  } {
    return {
      account: this.#accountView,
      keyStoreAvailable: this.#shell.tokens.available,
      chosenChannelId: this.#chosenChannelId,
      session: this.engine.session,
      sessionProblem: this.#sessionProblem,
      ended: this.#ended,
      freeBytes: this.engine.freeBytes,
      exports: this.exports.all(),
    };
  }

  /** Signs in with the token that the key store has, if it has one that was typed for the API at hand. */
  async signInAgain(): Promise<void> {
    const kept = await this.#shell.tokens.load();
    if (kept === null) return;
    if (kept.apiUrl === this.#shell.apiUrl.href) await this.#signInWith(kept.token);
    else this.#log.info('the kept token is for another address, and is not sent');
  }

  /** The token is kept once Discord has accepted it. */
  async signIn(token: string): Promise<Outcome> {
    const clean = cleanToken(token);
    const outcome = await this.#signInWith(clean);
    const apiUrl = this.#shell.apiUrl.href;
    if (outcome.ok) await this.#shell.tokens.keep({ token: clean, apiUrl });
    return outcome;
  }

  startDemo(): Promise<Outcome> {
    return this.#signIn({ demo: true }, async () => {
      const { apiUrl, token, channelId } = await this.#shell.startDemo();
      await this.engine.signIn({ token, apiUrl });
      this.#chosenChannelId = channelId;
    });
  }

  /** Forgets the token too, but not for the demo's account: it has none that was kept. */
  async signOut(): Promise<Outcome> {
    if (this.#isBusy) return refusal('busy');
    const isDemo = this.#account.kind === 'signed-in' && this.#account.demo;
    if (!isDemo) await this.#shell.tokens.forget();
    await this.engine.signOut();
    this.#chosenChannelId = null;
    this.#transition({ kind: 'signed-out', problem: null });
    return DONE;
  }

  choose(channelId: string): Outcome {
    this.#chosenChannelId = channelId;
    this.#onChange();
    return DONE;
  }

  /** Resolves when recording has begun, or why it has not. */
  async record(channelId: string): Promise<Outcome> {
    if (this.#isBusy) return refusal('busy');
    this.#chosenChannelId = channelId;
    this.#sessionProblem = null;
    this.#ended = null;
    try {
      const onEvent = (event: SessionEvent): void => {
        if (event.event === 'joined') void this.library.refresh();
        this.#onEvent(event);
      };
      const session = await this.engine.record({ channelId, notice: 'given', onEvent });
      void session.finished.then((stopped) => this.#sessionEnded(session, stopped));
      return DONE;
    } catch (error) {
      const { account } = this.engine;
      // Discord's last word on the account is why the join failed, and what the welcome screen says.
      const lastWord = account.kind === 'signed-out' ? account.problem : null;
      const problem = lastWord ?? toProblem(error);
      if (problem.code === 'fault')
        this.#log.error('recording not begun', { error: toError(error).stack });
      this.#sessionProblem = problem;
      this.#onChange();
      return { ok: false, problem };
    }
  }

  /** Gives up joining: nothing is on disk then. */
  cancel(): Outcome {
    if (this.engine.session.kind !== 'joining') return refusal('bad-request');
    this.engine.session.cancel.abort(new Error('cancelled'));
    return DONE;
  }

  async stop(): Promise<Outcome> {
    if (this.engine.session.kind !== 'recording') return refusal('bad-request');
    await this.engine.session.session.stop('user');
    return DONE;
  }

  /** The page itself may not write to the clipboard; this is all it can put there. */
  copyCode(): Outcome {
    const { session } = this.engine;
    const code =
      session.kind === 'recording' ? session.session.view().encryption.privacyCode : null;
    if (code === null) return refusal('bad-request');
    this.#shell.copyText(code.replaceAll(/(\d{5})(?=\d)/g, '$1 '));
    return DONE;
  }

  async copyDiagnostics(): Promise<Outcome> {
    this.#shell.copyText(await this.#shell.diagnostics(recordingFigures(this.library.recordings)));
    return DONE;
  }

  async saveReport(): Promise<{ readonly ok: true; readonly saved: boolean } | Refusal> {
    try {
      const figures = recordingFigures(this.library.recordings);
      return { ok: true, saved: await this.#shell.saveReport(figures) };
    } catch (error) {
      this.#log.warn('report not written', { error: toError(error).message });
      return refusal('disk-error');
    }
  }

  dismissOutcome(): Outcome {
    this.#sessionProblem = null;
    this.#ended = null;
    this.#onChange();
    return DONE;
  }

  async chooseExportFolder(recordingId: string): Promise<string | null> {
    const folder = await this.#shell.chooseFolder();
    if (folder !== null) this.#folders.set(recordingId, folder);
    return folder;
  }

  /** Begins an export; it goes on in the background. */
  startExport(choice: ExportChoice): Outcome & { readonly ended?: Promise<ExportJob> } {
    const recording = this.library.byId(choice.recordingId)?.info;
    if (recording === undefined) return refusal('not-a-recording');
    const inside = path.join(recording.folder, EXPORTS_FOLDER);
    const chosen = this.#folders.get(choice.recordingId);
    const folder = choice.folder === 'recording' ? inside : chosen;
    if (folder === undefined) return refusal('bad-request');
    const known = recording.manifest.tracks.map(({ file }) => file);
    const unknown = choice.tracks.find((file) => !known.includes(file));
    if (unknown !== undefined) return refusal('unknown-track', { track: unknown });
    const { format, bitDepth, channels, tracks, mixdown } = choice;
    const part = { fromSamples: 0, toSamples: recording.manifest.samples };
    const request = { recording, format, bitDepth, channels, tracks, mixdown, folder, ...part };
    return { ok: true, ended: this.exports.start(request) };
  }

  cancelExport(id: string): Outcome {
    return this.exports.cancel(id) ? DONE : refusal('bad-request');
  }

  dismissExport(id: string): Outcome {
    this.exports.dismiss(id);
    return DONE;
  }

  showRecording(recordingId: string): Outcome {
    const recording = this.library.byId(recordingId);
    if (recording === null) return refusal('not-a-recording');
    this.#shell.showInFolder(path.join(recording.info.folder, MANIFEST_FILE));
    return DONE;
  }

  showExport(exportId: string): Outcome {
    const job = this.exports.all().find(({ id }) => id === exportId);
    if (job === undefined) return refusal('bad-request');
    this.#shell.showInFolder(job.files[0]?.path ?? job.request.folder);
    return DONE;
  }

  async showLibrary(): Promise<Outcome> {
    await this.#shell.openFolder(this.engine.libraryFolder);
    return DONE;
  }

  async openText(name: CommandInput<'text.open'>['text']): Promise<Outcome> {
    await this.#shell.openText(name);
    return DONE;
  }

  async openLink(link: 'developer-portal' | 'invite'): Promise<Outcome> {
    const { account } = this.engine;
    switch (link) {
      case 'developer-portal':
        await this.#shell.openLink(DEVELOPER_PORTAL);
        return DONE;
      case 'invite':
        if (account.kind === 'signed-out') return refusal('bad-request');
        await this.#shell.openLink(inviteUrl(account.applicationId));
        return DONE;
    }
  }

  /** Closes a recording on disk, then everything else. */
  async close(): Promise<void> {
    this.#diskWatch[Symbol.dispose]();
    for (const stop of this.#stops) stop();
    await this.engine.close();
    await this.exports.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The engine has one account and one recording: neither changes hands while the other is at work. */
  get #isBusy(): boolean {
    return this.#account.kind === 'signing-in' || this.engine.session.kind !== 'idle';
  }

  get #accountView(): AccountView {
    if (this.#account.kind !== 'signed-in') return this.#account;
    const { account } = this.engine;
    return account.kind === 'signed-out' ? account : { ...account, demo: this.#account.demo };
  }

  #signInWith(token: string): Promise<Outcome> {
    return this.#signIn({ demo: false }, () =>
      this.engine.signIn({ token, apiUrl: this.#shell.apiUrl }),
    );
  }

  /** `work` signs the engine in. When it is refused, an account signed in before stays. */
  async #signIn(
    { demo }: { readonly demo: boolean },
    work: () => Promise<unknown>,
  ): Promise<Outcome> {
    if (this.#isBusy) return refusal('busy');
    const before = this.#account;
    this.#transition({ kind: 'signing-in', demo });
    try {
      await work();
      this.#sessionProblem = null; // the new account begins without what became of the old one
      this.#transition({ kind: 'signed-in', demo });
      return DONE;
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === 'fault')
        this.#log.error('not signed in', { demo, error: toError(error).stack });
      const stays = before.kind === 'signed-in' && this.engine.account.kind === 'signed-in';
      this.#transition(stays ? before : { kind: 'signed-out', problem });
      return { ok: false, problem };
    }
  }

  #transition(account: AccountState): void {
    this.#account = account;
    this.#onChange();
  }

  #sessionEnded(session: Session, { reason, samples }: SessionEvent<'stopped'>): void {
    this.#ended = { recordingId: path.basename(session.folder), samples };
    const problem = endProblem(reason, session.view());
    if (problem !== null) this.#sessionProblem = problem;
    void this.library.refresh();
    this.#onChange();
  }
}
