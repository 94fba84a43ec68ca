import { toError } from '../base/errors.ts';
import { formatClock } from '../base/format-time.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { aborted } from '../base/wait.ts';
import type { ButtonPress } from '../discord/button-press.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { PersonInfo, VoiceStateChange } from '../discord/voice-state.ts';
import { openVoice, type VoiceContext } from '../link/join.ts';
import type { LinkGapReason } from '../link/link-end.ts';
import type { GivenBefore } from './given-before.ts';
import type { LinkedVoice } from '../link/link-state.ts';
import type { VoiceFeed } from '../link/voice-feed.ts';
import { VoiceLink } from '../link/voice-link.ts';
import type { PressDesk, PressedRecording } from '../notice/press-desk.ts';
import type { Notices } from '../notice/notices.ts';
import { StorageError } from '../recording/storage-error.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import type { Choice, Chooser } from './choices.ts';
import { EmptyWatch } from './empty-watch.ts';
import type { ExclusionOutcome } from './exclusion.ts';
import type { ForgetOutcome, Recorder } from './recorder.ts';
import type { SessionEvent, StopReason } from './session-event.ts';

/** How often the recorder ticks: the length of one Opus packet. */
const TICK_MS = 20;

/** How often the recorder looks for sound that is lost or does not decrypt: the length of a bar of the tape. */
const WATCH_MS = 200;

/** What a session begins with, at sample 0. */
export interface SessionStart {
  readonly context: VoiceContext;
  readonly channel: ChannelInfo;
  readonly voice: VoiceConnection;
  readonly feed: VoiceFeed;
  readonly recorder: Recorder;
  /** How people are told that they are recorded; null when the user chose not to. */
  readonly notices: Notices | null;
  /** Answers presses of the buttons under the messages. */
  readonly openDesk: (pressed: PressedRecording) => Pick<PressDesk, 'press'>;
  /** Presses that came while people were told, before sample 0. */
  readonly earlyPresses: readonly ButtonPress[];
  /** How they were told before sample 0. */
  readonly given: GivenBefore;
  /** What to do when somebody moves the bot to another channel. */
  readonly onMove: 'follow' | 'stop';
  /** After how long without a human in the channel the recording ends; null: it goes on. */
  readonly stopWhenEmptyMs: number | null;
  /** Remembers who is to be left out in the server's recordings. Never rejects. */
  readonly remember: (choice: Choice) => Promise<void>;
  readonly onChange: () => void;
}

export type SessionView = ReturnType<Session['view']>;

/** One live recording: what is recorded, how it is kept connected, and how long it lasts. */
export class Session implements AsyncDisposable {
  readonly #start: SessionStart;
  readonly #recorder: Recorder;
  readonly #link: VoiceLink;
  readonly #emptyWatch: EmptyWatch | null;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #desk: Pick<PressDesk, 'press'> | null;
  /** Set once there is a link to ask: the link tells of changes while it is made. */
  #hasBegun = false;
  #isStopping = false;
  /** The channel whose people have been told; nothing that is said in another one is heard. */
  #toldIn: Snowflake;
  #diskError: StorageError | null = null;
  /** Resolves when the newest choice is remembered, and those before it. */
  #remembered: Promise<void> = Promise.resolve();
  #onFinished: (stopped: SessionEvent<'stopped'>) => void = () => undefined;

  /** Resolves with the `stopped` event when the folder is closed, whatever ended the recording. */
  readonly finished = new Promise<SessionEvent<'stopped'>>((resolve) => {
    this.#onFinished = resolve;
  });

  /** Begins at sample 0: tells what is true then, and takes what the connection receives from here on. */
  constructor(start: SessionStart) {
    this.#start = start;
    const { context, channel, voice, feed, recorder, stopWhenEmptyMs: limitMs, given } = start;
    const { gateway, clock } = context;
    this.#recorder = recorder;
    const onLimit = (): void => void this.stop('everyone-left');
    this.#emptyWatch = limitMs === null ? null : new EmptyWatch({ limitMs, clock, onLimit });
    recorder.begin({
      guildId: channel.guildId,
      channelId: channel.id,
      people: channel.people,
      mode: voice.modeName,
      daveVersion: voice.daveVersion,
      voice,
      notices: given.notices,
      toldAt: given.toldAt,
    });
    this.#toldIn = channel.id;
    this.#link = new VoiceLink(context, channel, {
      voice,
      feed,
      handlers: {
        media: recorder.media,
        onE2ee: (state) => recorder.encrypted(state),
        ...(this.#asks ? { admit: (opened, id, signal) => this.#admit(opened, id, signal) } : {}),
        onOpen: (opened, after, sinceMs) => this.#opened(opened, { after, sinceMs }),
        onLost: (deadSinceMs) => this.#lost(deadSinceMs),
        onUnheard: (why) => recorder.warn(why),
        onVoidSessions: () => recorder.warn('region-advised'),
        onMoved: (to) => this.#moved(to),
        onFinal: (end) => void this.stop(end),
        onChange: () => this.#linkChanged(),
      },
      open: openVoice,
    });
    this.#hasBegun = true;
    this.#observe();
    gateway.on('voice-state', this.#onVoiceState);
    gateway.on('changed', this.#onDirectory);
    this.#desk = start.notices === null ? null : start.openDesk(this.#pressedBy(start.notices));
    gateway.on('press', this.#onPress);
    for (const press of start.earlyPresses) this.#onPress(press);
    const isTold = ({ userId, bot }: PersonInfo): boolean => bot || given.toldAt.has(userId);
    if (!channel.people.every(isTold)) start.notices?.newcomer();
    this.#timers = [
      setInterval(() => recorder.tick(), TICK_MS),
      setInterval(() => {
        recorder.watch(this.#link.retrying === null ? 'good' : 'retrying');
      }, WATCH_MS),
    ];
    this.#watchAttendance();
    if (this.#isDeafened) recorder.warn('server-deafened');
  }

  get folder(): string {
    return this.#recorder.folder;
  }

  /** Length so far, in samples. */
  get samples(): number {
    return this.#recorder.samples;
  }

  /** From here on nothing that anyone says is kept, until `resume`; time goes on. */
  pause(): void {
    if (this.#isStopping) return;
    this.#recorder.pause();
    this.#start.onChange();
  }

  resume(): void {
    if (!this.#isStopping) this.#recorder.resume();
  }

  /**
   * From here on nothing of that person is recorded, or it is again, also in later recordings of this server. Neither
   * the operator nor the person takes back what the other chose.
   */
  exclude(userId: Snowflake, excluded: boolean, by: Chooser): ExclusionOutcome {
    this.#remembered = this.#start.remember({ userId, excluded, by });
    const outcome = this.#recorder.exclude(userId, excluded, by);
    this.#start.onChange();
    return outcome;
  }

  /**
   * Removes everything of that person so far from this recording; a new track begins if they are heard again. Throws
   * StorageError when the file of their track cannot be removed.
   */
  async forgetNow(userId: Snowflake): Promise<ForgetOutcome> {
    const outcome = await this.#recorder.forgetNow(userId);
    this.#start.onChange();
    return outcome;
  }

  /** Marks this moment. Gives the marker's number, for a note that is typed after it; null once it is stopping. */
  mark(note: string): number | null {
    if (this.#isStopping) return null;
    const number = this.#recorder.mark(note);
    this.#start.onChange();
    return number;
  }

  /** Gives a marker another note. False when there is no such marker, or no more. */
  noteMarker(number: number, note: string): boolean {
    const noted = !this.#isStopping && this.#recorder.noteMarker(number, note);
    if (noted) this.#start.onChange();
    return noted;
  }

  /** Ends the recording; the first reason counts. Resolves when the folder is closed. */
  stop(reason: StopReason): Promise<SessionEvent<'stopped'>> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      void this.#close(reason)
        .catch((error: unknown) => this.#notClosed(error))
        .then(this.#onFinished);
      this.#start.onChange();
    }
    return this.finished;
  }

  async close(): Promise<void> {
    await this.stop('user');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The disk refused: what is there is closed, and the recording ends. */
  diskFailed(error: StorageError): void {
    this.#diskError ??= error;
    this.#start.context.log.error('cannot write the recording', { message: error.message });
    void this.stop(error.reason === 'disk-full' ? 'disk-full' : 'disk-error');
  }

  /** Levels since they were last read. */
  levels(): ReturnType<Recorder['levels']> {
    return this.#recorder.levels();
  }

  /** The newest bars of each track that `levels` has ever given. */
  keptLevels(): ReturnType<Recorder['keptLevels']> {
    return this.#recorder.keptLevels();
  }

  /** Drops what the next `levels` would decode. */
  skipLevels(): void {
    this.#recorder.skipLevels();
  }

  /** What a window shows of this session, as the engine knows it. */
  view() {
    const { context, given } = this.#start;
    const { clock } = context;
    const { retrying, channel, refusal } = this.#link;
    return {
      ...this.#recorder.view(),
      /** When people were first told, since 1970; null when the user chose not to. */
      noticeAtMs: given.firstAtMs,
      stopping: this.#isStopping,
      channel,
      retrying:
        retrying === null
          ? null
          : {
              sinceWallMs: clock.wallMs() - (clock.monotonicMs() - retrying.sinceMs),
              fromSamples: this.#recorder.samplesAt(retrying.sinceMs),
              attempt: retrying.attempt,
            },
      /** Why it ended as `rejected`; null for every other end. */
      refusal,
      /** What the disk refused first; null while it takes everything. */
      diskError: this.#diskError,
      deafened: this.#isDeafened,
    };
  }

  /** Whether somebody deafened the bot on the server: Discord then sends us no sound. */
  get #isDeafened(): boolean {
    const { guildId, id } = this.#link.channel;
    return this.#start.context.gateway.directory.isDeafenedIn(guildId, id);
  }

  /** Whether a voice session has to ask before it is heard. */
  get #asks(): boolean {
    return this.#start.notices !== null || this.#start.onMove === 'stop';
  }

  /** Resolves when that session may be heard: the people of its channel know that they are recorded. */
  async #admit(voice: LinkedVoice, channelId: Snowflake, signal: AbortSignal): Promise<void> {
    const { notices, onMove } = this.#start;
    notices?.heardThrough(channelId, voice);
    if (channelId === this.#toldIn) return;
    if (onMove === 'stop') return await aborted(signal); // the move ends the recording
    if (notices === null) return;
    if ((await notices.tell(channelId, voice, signal)) === 'told') {
      this.#toldIn = channelId;
      return;
    }
    if (channelId !== this.#link.channel.id) return; // moved on meanwhile: the link asks again
    this.#recorder.warn('cannot-give-notice');
    void this.stop('moved');
    await aborted(signal);
  }

  #opened(
    voice: LinkedVoice,
    { after, sinceMs }: { readonly after: LinkGapReason | null; readonly sinceMs: number },
  ): void {
    if (after === null) return; // the constructor began the first voice session
    this.#recorder.reconnected(voice, after, sinceMs);
    this.#watchAttendance();
  }

  #lost(deadSinceMs: number | null): void {
    this.#start.notices?.heardThrough(this.#toldIn, null);
    this.#recorder.lost(deadSinceMs);
    this.#emptyWatch?.update('unknown');
  }

  #moved(channel: ChannelInfo): void {
    this.#recorder.moved(channel);
    if (this.#start.onMove === 'stop') void this.stop('moved');
  }

  readonly #onPress = (press: ButtonPress): void => void this.#desk?.press(press);

  /** This recording, as the buttons under its messages know it. */
  #pressedBy(notices: Notices): PressedRecording {
    const { directory } = this.#start.context.gateway;
    return {
      isInChannel: (userId) =>
        (directory.channel(this.#link.channel.id)?.people ?? []).some(
          (person) => person.userId === userId,
        ),
      // A message stands before Discord has answered that it does.
      isNotice: (channelId, messageId) =>
        channelId === this.#link.channel.id || notices.hasWritten(channelId, messageId),
      hasRefused: (userId) => this.#recorder.leftOutBy(userId) === 'person',
      isLeftOut: (userId) => this.#recorder.isLeftOut(userId),
      agree: (userId, agrees) => {
        this.exclude(userId, !agrees, 'person');
        return this.#recorder.isLeftOut(userId) ? 'left-out' : 'recorded';
      },
      stopAsked: (userId) => {
        if (this.#isStopping) return;
        this.#recorder.asked(userId);
        void this.stop('asked');
      },
      refuse: (userId, refuses) => {
        this.exclude(userId, refuses, 'person');
        return this.#recorder.leftOutBy(userId) === null ? 'recorded' : 'left-out';
      },
      erase: (userId) => this.forgetNow(userId),
    };
  }

  readonly #onDirectory = (): void => this.#recorder.namesChanged();

  readonly #onVoiceState = (change: VoiceStateChange): void => {
    const { guildId, id } = this.#link.channel;
    if (change.guildId !== guildId) return;
    if (change.own) {
      if (change.deaf && !change.wasDeaf) this.#recorder.warn('server-deafened');
    } else if (change.foreign) {
      this.#recorder.warn('running-elsewhere');
    } else if (change.after === id) {
      this.#recorder.arrived(change.person);
      if (change.before !== id && !change.person.bot) this.#start.notices?.newcomer();
    } else if (change.before === id) {
      this.#recorder.left(change.userId);
    }
    if (this.#recorder.isConnected) this.#watchAttendance();
    this.#observe();
  };

  #linkChanged(): void {
    this.#observe();
    this.#start.onChange();
  }

  #observe(): void {
    if (!this.#hasBegun || this.#isStopping) return;
    const isLost = this.#link.retrying !== null;
    this.#recorder.observe({ isLost, isDeafened: this.#isDeafened });
  }

  #watchAttendance(): void {
    this.#emptyWatch?.update(this.#recorder.hasHumans ? 'people' : 'empty');
  }

  /** Not even the end could be written: what is on disk is recovered when it is next opened. */
  #notClosed(error: unknown): SessionEvent<'stopped'> {
    this.#start.context.log.error('recording not closed', { error: toError(error).stack });
    if (!(error instanceof StorageError)) return this.#recorder.notClosed('fault');
    this.#diskError ??= error;
    return this.#recorder.notClosed(error.reason === 'disk-full' ? 'disk-full' : 'disk-error');
  }

  async #close(reason: StopReason): Promise<SessionEvent<'stopped'>> {
    const taken = this.#start.notices?.end(formatClock(this.#recorder.samples));
    await this.#recorder.catchUp();
    const { samples } = this.#recorder;
    for (const timer of this.#timers) clearInterval(timer);
    this.#emptyWatch?.[Symbol.dispose]();
    this.#start.context.gateway.off('voice-state', this.#onVoiceState);
    this.#start.context.gateway.off('changed', this.#onDirectory);
    this.#start.context.gateway.off('press', this.#onPress);
    await this.#link.close();
    const stopped = await this.#recorder.close(reason, samples);
    await taken;
    await this.#remembered;
    return stopped;
  }
}
