import path from 'node:path';
import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Account, type Engine, type SessionState } from '../engine/engine.ts';
import { toProblem } from '../engine/error-code.ts';
import type { ExportJob, ExportJobs } from '../engine/export-jobs.ts';
import type { LibraryIndex } from '../engine/library-index.ts';
import { recordingFigures } from '../engine/recording-figures.ts';
import type { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import { DONE, refusal, type Outcome } from './outcome.ts';
import { RecordingKeys } from './recording-keys.ts';

/** Where the token is kept between two starts, if the system has a safe place for it. */
export interface TokenStore {
  readonly available: boolean;
  load(): Promise<string | null>;
  keep(token: string): Promise<void>;
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
  showFolder(folder: string): Promise<void>;
  openLink(url: string): Promise<void>;
  copyText(text: string): void;
  /** What helps to find a fault, given a line of figures for each of the newest recordings. */
  diagnostics(recordings: readonly string[]): Promise<string>;
}

const DEVELOPER_PORTAL = 'https://discord.com/developers/applications';

/** View, Send Messages, Embed Links, Read History, Connect, Speak, Use Voice Activity, Change Nickname. */
const INVITE_PERMISSIONS = '103894016';

/** How long an answer may be: free space, looked at again after this time. */
const DISK_CHECK_MS = 30_000;

/** The recording that was closed last, until the window has taken note of it. */
export interface EndedRecording {
  readonly recordingId: string;
  readonly samples: number;
}

export interface ExportChoice {
  readonly recordingId: string;
  readonly format: 'wav';
  readonly bitDepth: '16' | '24' | '32f';
  readonly channels: 'stereo' | 'mono';
  readonly tracks: readonly string[];
  readonly mixdown: boolean;
  readonly folder: 'recording' | 'chosen';
}

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
  readonly #diskTimer: NodeJS.Timeout;
  #signingIn: { readonly demo: boolean } | null = null;
  #signInProblem: Problem | null = null;
  #sessionProblem: Problem | null = null;
  #ended: EndedRecording | null = null;
  #demo = false;
  #chosenChannelId: string | null = null;
  #freeBytes: number | null = null;

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
    this.#diskTimer = setInterval(() => void this.#checkDisk(), DISK_CHECK_MS);
    void this.#checkDisk();
    void this.library.refresh();
  }

  get view(): {
    readonly account: Account | null;
    readonly signingIn: { readonly demo: boolean } | null;
    readonly signInProblem: Problem | null;
    readonly demo: boolean;
    readonly inviteUrl: string;
    readonly keyStoreAvailable: boolean;
    readonly chosenChannelId: string | null;
    readonly session: SessionState;
    readonly sessionProblem: Problem | null;
    readonly ended: EndedRecording | null;
    readonly freeBytes: number | null;
    readonly exports: readonly ExportJob[];
  } {
    return {
      account: this.engine.account,
      signingIn: this.#signingIn,
      signInProblem: this.#signInProblem,
      demo: this.#demo,
      inviteUrl: this.#inviteUrl(),
      keyStoreAvailable: this.#shell.tokens.available,
      chosenChannelId: this.#chosenChannelId,
      session: this.engine.session,
      sessionProblem: this.#sessionProblem,
      ended: this.#ended,
      freeBytes: this.#freeBytes,
      exports: this.exports.all(),
    };
  }

  /** Signs in with the token that the key store has, if it has one. */
  async signInAgain(): Promise<void> {
    const token = await this.#shell.tokens.load();
    if (token !== null) await this.#signIn({ token, apiUrl: this.#shell.apiUrl, demo: false });
  }

  async signIn(token: string): Promise<Outcome> {
    if (this.engine.session.kind !== 'idle') return refusal('busy');
    const trimmed = token.trim();
    const outcome = await this.#signIn({ token: trimmed, apiUrl: this.#shell.apiUrl, demo: false });
    if (outcome.ok) await this.#shell.tokens.keep(trimmed);
    return outcome;
  }

  async startDemo(): Promise<Outcome> {
    if (this.engine.session.kind !== 'idle') return refusal('busy');
    this.#update({ signingIn: { demo: true } });
    try {
      const { apiUrl, token, channelId } = await this.#shell.startDemo();
      const outcome = await this.#signIn({ token, apiUrl, demo: true });
      if (outcome.ok) this.choose(channelId);
      return outcome;
    } catch (error) {
      this.#log.error('demo server did not start', { error: toError(error).stack });
      return this.#refuseSignIn(toProblem(error));
    }
  }

  async signOut(): Promise<Outcome> {
    if (this.engine.session.kind !== 'idle') return refusal('busy');
    if (!this.#demo) await this.#shell.tokens.forget();
    this.#chosenChannelId = null;
    await this.engine.signOut();
    return DONE;
  }

  choose(channelId: string): Outcome {
    this.#chosenChannelId = channelId;
    this.#onChange();
    return DONE;
  }

  /** Resolves when recording has begun, or why it has not. */
  async record(channelId: string): Promise<Outcome> {
    this.#chosenChannelId = channelId;
    this.#sessionProblem = null;
    this.#ended = null;
    try {
      const onEvent = (event: SessionEvent): void => {
        if (event.event === 'joined') void this.library.refresh();
        this.#onEvent(event);
      };
      const session = await this.engine.record({ channelId, notice: 'chat', onEvent });
      void session.finished.then((stopped) => this.#sessionEnded(session, stopped));
      return DONE;
    } catch (error) {
      const problem = toProblem(error);
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
    const inside = path.join(recording.folder, 'exports');
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

  async showRecording(recordingId: string): Promise<Outcome> {
    const recording = this.library.byId(recordingId);
    if (recording === null) return refusal('not-a-recording');
    await this.#shell.showFolder(recording.info.folder);
    return DONE;
  }

  async showExport(exportId: string): Promise<Outcome> {
    const job = this.exports.all().find(({ id }) => id === exportId);
    if (job === undefined) return refusal('bad-request');
    await this.#shell.showFolder(job.request.folder);
    return DONE;
  }

  async showLibrary(): Promise<Outcome> {
    await this.#shell.showFolder(this.engine.libraryFolder);
    return DONE;
  }

  async openLink(link: 'developer-portal' | 'invite'): Promise<Outcome> {
    await this.#shell.openLink(link === 'invite' ? this.#inviteUrl() : DEVELOPER_PORTAL);
    return DONE;
  }

  /** Closes a recording on disk, then everything else. */
  async close(): Promise<void> {
    clearInterval(this.#diskTimer);
    for (const stop of this.#stops) stop();
    await this.engine.close();
    await this.exports.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #signIn(as: { token: string; apiUrl: URL; demo: boolean }): Promise<Outcome> {
    this.#update({ signingIn: { demo: as.demo } });
    try {
      await this.engine.signIn({ token: as.token, apiUrl: as.apiUrl });
      this.#demo = as.demo;
      this.#update({ signingIn: null });
      return DONE;
    } catch (error) {
      return this.#refuseSignIn(toProblem(error));
    }
  }

  #refuseSignIn(problem: Problem): Outcome {
    this.#signInProblem = problem;
    this.#signingIn = null;
    this.#onChange();
    return { ok: false, problem };
  }

  #update({ signingIn }: { readonly signingIn: { readonly demo: boolean } | null }): void {
    this.#signingIn = signingIn;
    this.#signInProblem = null;
    this.#onChange();
  }

  #sessionEnded(session: Session, { reason, samples }: SessionEvent<'stopped'>): void {
    this.#ended = { recordingId: path.basename(session.folder), samples };
    const code = problemOfStop(reason);
    const refused = reason === 'rejected' ? session.view().refusal : null;
    if (code !== null) this.#sessionProblem = refused ?? { code, details: {} };
    void this.library.refresh();
    void this.#checkDisk();
    this.#onChange();
  }

  #inviteUrl(): string {
    const { applicationId } = this.engine.account ?? { applicationId: '' };
    const query = `client_id=${applicationId}&scope=bot&permissions=${INVITE_PERMISSIONS}`;
    return `https://discord.com/oauth2/authorize?${query}`;
  }

  async #checkDisk(): Promise<void> {
    this.#freeBytes = await this.engine.freeBytes();
    this.#onChange();
  }
}

/** What a person must be told when a recording ends this way; null when they wanted it. */
function problemOfStop(reason: SessionEvent<'stopped'>['reason']): ErrorCode | null {
  switch (reason) {
    case 'user':
    case 'duration':
    case 'everyone-left':
    case 'moved':
      return null;
    case 'rejected':
      return 'session-rejected';
    case 'kicked':
    case 'channel-deleted':
    case 'call-ended':
    case 'disk-full':
    case 'disk-error':
    case 'fault':
      return reason;
  }
}
