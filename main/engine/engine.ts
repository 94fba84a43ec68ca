import { EventEmitter } from 'node:events';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { abortable } from '../base/wait.ts';
import { checkApiUrl, DEFAULT_API_URL } from '../discord/api-url.ts';
import { Gateway } from '../discord/gateway.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import { DiscordRest } from '../discord/rest.ts';
import { answerLatePress } from '../notice/press-desk.ts';
import { isRecNickname } from '../notice/rec-nickname.ts';
import { StandingNotices } from '../notice/standing-notices.ts';
import { freeBytesOf } from '../recording/free-space.ts';
import { wasInterrupted } from '../recording/interrupted.ts';
import { beginSession } from '../session/begin-session.ts';
import type { Choice } from '../session/choices.ts';
import { RememberedChoices } from '../session/remembered-choices.ts';
import { awaitChannel } from './await-channel.ts';
import { type GuildView, toGuildView } from './channel-view.ts';
import { diskRoom } from './disk-room.ts';
import { DiskWatch, LowDisk } from './disk-watch.ts';
import { failureOf, refusalProblem, toProblem } from './error-code.ts';
import { explainSilence } from './explain-silence.ts';
import { EngineError } from '../session/engine-error.ts';
import { logFailure } from './log-failure.ts';
import { presentCount } from '../session/attendance.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { findChannel, isElsewhere, requireEncryption, requireRoom } from './preflight.ts';
import type { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import { text } from '../../preload/contract/messages/text.ts';

/** For each notice of a recording that died; a recording that begins waits for it. */
const TAKE_BACK_LIMIT_MS = 5_000;

export interface EngineOptions {
  /** Absolute folder that holds the recordings' folders; made when the first recording begins. */
  readonly libraryFolder: string;
  readonly appVersion: string;
  readonly log: Log;
  readonly clock?: Clock;
  /**
   * The settings folder, where the key of seals is kept, notices that a crash would leave standing, and who is left
   * out; nowhere when absent.
   */
  readonly settingsFolder?: string;
  /** Free space where that folder is or will be made; null when it cannot be known. The system's when absent. */
  readonly freeBytes?: (folder: string) => Promise<number | null>;
  /** Discord asks us to wait so long before it answers: more than a few seconds. */
  readonly onLongWait?: (seconds: number) => void;
}

/** Whom to sign in as, and where. */
export interface Credentials {
  readonly token: string;
  /** REST base, checked by `parseApiUrl`. */
  readonly apiUrl: URL;
}

export interface RecordRequest {
  readonly channelId: Snowflake;
  /** `none` is the user's explicit choice, and is written down. */
  readonly notice: 'given' | 'none';
  /** Whether only people are recorded who press Record me; false when absent. Needs a notice. */
  readonly asksFirst?: boolean;
  /** When somebody moves the bot to another channel; `follow` when absent. */
  readonly onMove?: 'follow' | 'stop';
  /** Ends the recording when no human has been there for so long; never when absent. */
  readonly stopWhenEmptyMs?: number | null;
  /** Who is left out of this recording from the first sample on, beside those whom its server has in `choices`. */
  readonly exclude?: readonly Snowflake[];
  /** Every event of the recording, `connected` first. */
  readonly onEvent: (event: SessionEvent) => void;
}

export type Account = SignedIn | SignedOut;

/** Who is signed in. */
export interface SignedIn {
  readonly kind: 'signed-in';
  readonly user: { readonly id: Snowflake; readonly name: string };
  readonly applicationId: Snowflake;
  readonly connection: 'connected' | 'retrying';
}

export interface SignedOut {
  readonly kind: 'signed-out';
  /** Why Discord ended the last account for good; null when nobody has been signed in, or somebody has signed out. */
  readonly problem: Problem | null;
}

type AccountState =
  | {
      readonly kind: 'signed-in';
      readonly gateway: Gateway;
      readonly rest: DiscordRest;
    }
  | SignedOut;

export type SessionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'joining'; readonly channelId: Snowflake; readonly cancel: AbortController }
  | { readonly kind: 'recording'; readonly session: Session };

/** REST base as an address; Discord's own without a text. Throws EngineError: `bad-usage` when it is none, `address-not-loopback` for plain http. */
export function parseApiUrl(address = DEFAULT_API_URL): URL {
  const checked = checkApiUrl(address);
  switch (checked.kind) {
    case 'accepted':
      return checked.url;
    case 'not-an-address':
      throw new EngineError('bad-usage', {
        message: text('usage.not-an-address', { word: address }),
      });
    case 'not-loopback':
      throw new EngineError('address-not-loopback', { address });
  }
}

/** What Tapedeck does, without a window: one account, one recording at a time. Driven by the app, the command line and tests. */
export class Engine implements AsyncDisposable {
  readonly libraryFolder: string;
  /** Who is left out of the recordings of each server. */
  readonly choices: RememberedChoices;
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #changes = new EventEmitter<{ changed: [] }>();
  readonly #freeBytesOf: (folder: string) => Promise<number | null>;
  readonly #disk: DiskWatch;
  /** Resolves when nothing of an earlier start stands in Discord any more. */
  #tidied: Promise<void> = Promise.resolve();
  #account: AccountState = { kind: 'signed-out', problem: null };
  #state: SessionState = { kind: 'idle' };
  #wait: { readonly seconds: number; readonly untilMs: number } | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.libraryFolder = options.libraryFolder;
    this.#freeBytesOf = options.freeBytes ?? freeBytesOf;
    this.choices = new RememberedChoices(options.settingsFolder ?? null);
    this.#disk = new DiskWatch(() => this.#freeBytesOf(options.libraryFolder));
  }

  /**
   * Signs in as the token's bot and learns its guilds. Throws DiscordError; an account signed in before stays then,
   * unless Discord ends the new one while the old one is being let go.
   */
  async signIn({ token, apiUrl }: Credentials, signal?: AbortSignal): Promise<SignedIn> {
    const { log } = this.#options;
    const clock = this.#clock;
    const onLongWait = (waitMs: number): void => this.#askedToWait(waitMs);
    const restOptions = { apiUrl, token, log: log.child('rest'), clock, onLongWait };
    const rest = new DiscordRest(restOptions);
    const options = { rest, apiUrl, token, log: log.child('gateway'), clock };
    const gateway = await Gateway.connect(options, signal).catch((error: unknown) => {
      if (signal?.aborted !== true) logFailure(log, toProblem(error).code, error);
      throw error;
    });
    await this.signOut();
    if (gateway.ended !== null) throw gateway.ended;
    this.#account = { kind: 'signed-in', gateway, rest };
    this.#tidied = this.#takeBackNotices(gateway, rest);
    gateway.on('changed', () => this.#changed());
    gateway.on('connection', () => this.#changed());
    gateway.on('press', (press) => {
      if (this.#state.kind === 'idle') void answerLatePress(rest, press);
    });
    gateway.on('closed', (error) => {
      if (this.#account.kind !== 'signed-in' || this.#account.gateway !== gateway) return;
      this.#account = { kind: 'signed-out', problem: refusalProblem(error) };
      this.#changed();
    });
    this.#changed();
    return signedIn(gateway);
  }

  #askedToWait(waitMs: number): void {
    const seconds = Math.ceil(waitMs / 1_000);
    this.#wait = { seconds, untilMs: this.#clock.monotonicMs() + waitMs };
    this.#options.onLongWait?.(seconds);
    this.#changed();
  }

  /** Ends a recording properly, then the connection. */
  async signOut(): Promise<void> {
    await this.#endSession();
    const account = this.#account;
    this.#account = { kind: 'signed-out', problem: null };
    if (account.kind === 'signed-in') await account.gateway.close();
    this.#changed();
  }

  get account(): Account {
    return this.#account.kind === 'signed-out' ? this.#account : signedIn(this.#account.gateway);
  }

  get session(): SessionState {
    return this.#state;
  }

  /** How long Discord asked us to wait, in seconds, while that lasts; else null. */
  get waitSeconds(): number | null {
    if (this.#wait === null || this.#clock.monotonicMs() >= this.#wait.untilMs) return null;
    return this.#wait.seconds;
  }

  /** On the disk of the recordings, in bytes, as last read; null while that is not known. */
  get freeBytes(): number | null {
    return this.#disk.freeBytes;
  }

  /** Reads `freeBytes` every 30 s also while nothing is recorded, and after a recording; each time is a change. */
  watchDisk(): Disposable {
    return this.#disk.watch(() => this.#changed());
  }

  /** The servers of the bot; none while nobody is signed in. */
  guilds(): readonly GuildView[] {
    if (this.#account.kind === 'signed-out') return [];
    const { directory, user } = this.#account.gateway;
    return directory.guilds().map((guild) => toGuildView(guild, user.id));
  }

  /**
   * Records a channel; resolves at `joined`. Throws EngineError, DiscordError, VoiceError or StorageError when it does
   * not come to that: nothing is on disk then. Aborting gives up the same way.
   */
  async record(request: RecordRequest, signal?: AbortSignal): Promise<Session> {
    if (this.#account.kind === 'signed-out') {
      const { code, details } = this.#account.problem ?? { code: 'no-token', details: {} };
      throw new EngineError(code, details);
    }
    if (this.#state.kind !== 'idle') throw new EngineError('busy');
    const { gateway, rest } = this.#account;
    const { channelId, notice, onMove = 'follow', stopWhenEmptyMs = null, onEvent } = request;
    const at = new Date(this.#clock.wallMs()).toISOString();
    onEvent({ event: 'connected', at, user: gateway.user });
    const cancel = new AbortController();
    const either = signal === undefined ? cancel.signal : AbortSignal.any([signal, cancel.signal]);
    this.#setState({ kind: 'joining', channelId, cancel });
    try {
      const onWait = (count: number): void => this.#warnOfLateGuilds(count, onEvent);
      await awaitChannel({ gateway, rest }, { channelId, onWait }, either);
      const channel = findChannel(gateway.directory, { channelId, notice });
      requireEncryption(channel);
      await requireRoom(this.libraryFolder, this.#freeBytesOf);
      await this.#refuseSecond(gateway, channel);
      await abortable(this.#tidied, either);
      const { guildId } = channel;
      const remembered = await this.choices.of(guildId);
      const excluded = [...remembered.excluded, ...(request.exclude ?? [])];
      const session = await beginSession(
        {
          context: { gateway, log: this.#options.log, clock: this.#clock },
          rest,
          channel,
          notice,
          asksFirst: request.asksFirst ?? false,
          onMove,
          stopWhenEmptyMs,
          leftOut: { ...remembered, excluded },
          remember: (choice) => this.#remember(guildId, choice),
          libraryFolder: this.libraryFolder,
          settingsFolder: this.#options.settingsFolder ?? null,
          app: `tapedeck ${this.#options.appVersion}`,
          onEvent,
          onChange: () => this.#changed(),
        },
        either,
      );
      this.#setState({ kind: 'recording', session });
      const watch = this.#warnOfLowDisk(session, onEvent);
      void session.finished.then(({ reason }) => {
        const failure = failureOf(reason);
        if (failure !== null)
          logFailure(this.#options.log, failure, session.view().refusal ?? undefined);
        watch[Symbol.dispose]();
        this.#disk.check();
        this.#setState({ kind: 'idle' });
      });
      return session;
    } catch (error) {
      const told = either.aborted ? error : explainSilence(error, gateway.directory, channelId);
      if (!either.aborted) logFailure(this.#options.log, toProblem(told).code, told);
      this.#setState({ kind: 'idle' });
      throw told;
    }
  }

  /** Calls `listener` after every change of account, guilds or session; the result ends that. */
  onChange(listener: () => void): () => void {
    this.#changes.on('changed', listener);
    return () => this.#changes.off('changed', listener);
  }

  /** Ends whatever runs: a recording is closed on disk first. */
  async close(): Promise<void> {
    await this.signOut();
    this.#changes.removeAllListeners();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** One bot has one voice connection in a server: joining would end the other's recording. */
  async #refuseSecond(gateway: Gateway, { guildId, name }: ChannelInfo): Promise<void> {
    const { user, sessionId } = gateway;
    if (!isElsewhere(gateway.directory, { guildId, userId: user.id, sessionId })) return;
    const nowMs = this.#clock.wallMs();
    if (await wasInterrupted(this.libraryFolder, { guildId, nowMs })) return;
    throw new EngineError('already-recording', { channel: name });
  }

  #warnOfLateGuilds(count: number, onEvent: RecordRequest['onEvent']): void {
    const at = new Date(this.#clock.wallMs()).toISOString();
    const message = text('warning.guild-late', { count });
    onEvent({ event: 'warning', at, code: 'guild-late', message });
  }

  #warnOfLowDisk(session: Session, onEvent: RecordRequest['onEvent']): Disposable {
    const lowDisk = new LowDisk(({ secondsLeft }) => {
      const at = new Date(this.#clock.wallMs()).toISOString();
      const minutes = Math.floor(secondsLeft / 60);
      const left =
        minutes > 1
          ? text('duration.minutes', { count: minutes })
          : text('duration.seconds', { count: secondsLeft });
      const message = text('warning.disk-low', { left });
      onEvent({ event: 'warning', at, code: 'disk-low', message });
    });
    return this.#disk.watch((freeBytes) => {
      if (freeBytes !== null)
        lowDisk.update(diskRoom(freeBytes, presentCount(session.view().people)));
    });
  }

  /** What a recording that died had told Discord is taken back. Never throws. */
  async #takeBackNotices(gateway: Gateway, rest: DiscordRest): Promise<void> {
    const { settingsFolder, log } = this.#options;
    if (settingsFolder === undefined) return;
    const left = await StandingNotices.abandoned(settingsFolder, gateway.user.id, log);
    await Promise.all(
      left.map(async (notices) => {
        const nick = gateway.directory.guild(notices.guildId)?.ownNick ?? null;
        // Somebody gave the bot another name since: that one stays.
        if (nick !== null && !isRecNickname(nick)) await notices.nickname(null);
        await notices.takeBack({ rest, length: null, limitMs: TAKE_BACK_LIMIT_MS });
      }),
    );
  }

  /** In the recording under way a choice counts all the same. Never throws. */
  async #remember(guildId: Snowflake, choice: Choice): Promise<void> {
    try {
      await this.choices.choose(guildId, choice);
    } catch (error) {
      this.#options.log.error('who is left out is not remembered', {
        error: toError(error).message,
      });
    }
  }

  async #endSession(): Promise<void> {
    if (this.#state.kind === 'joining') this.#state.cancel.abort(new Error('given up'));
    if (this.#state.kind === 'recording') await this.#state.session.close();
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    this.#changes.emit('changed');
  }
}

function signedIn({ user, applicationId, connection }: Gateway): SignedIn {
  return { kind: 'signed-in', user, applicationId, connection };
}
