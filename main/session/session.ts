import { toError } from '../base/errors.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { sleep } from '../base/wait.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { VoiceStateChange } from '../discord/voice-state.ts';
import type { Recording } from '../recording/recording.ts';
import { StorageError } from '../recording/storage-error.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import type { E2eeState } from '../dave/dave-session.ts';
import { Annotations } from './annotations.ts';
import { Attendance } from './attendance.ts';
import { CallEncryption } from './call-encryption.ts';
import type { VoiceContext } from '../link/join.ts';
import { EmptyWatch } from './empty-watch.ts';
import { News, type Moment } from './news.ts';
import { ReceivePath } from '../receive/receive-path.ts';
import {
  toStoppedTrack,
  type GapReason,
  type SessionEvent,
  type StopReason,
  type UntimedSessionEvent,
} from './session-event.ts';
import { Tape, type TapeNews } from './tape.ts';
import { UnreadableWatch } from './unreadable-watch.ts';
import type { VoiceFeed } from '../link/voice-feed.ts';
import { VoiceLink } from '../link/voice-link.ts';
import { WARNINGS } from './warnings.ts';

const SAMPLES_PER_MS = 48;

/** How often what waits in the packet path is looked at: the length of one Opus packet. */
const TICK_MS = 20;

/** How often what lasts is looked at: once a bar of the tape. */
const WATCH_MS = 200;

/** What is true at sample 0. */
export interface SessionStart {
  readonly context: VoiceContext;
  readonly channel: ChannelInfo;
  readonly voice: VoiceConnection;
  readonly feed: VoiceFeed;
  readonly recording: Recording;
  /** When the people were told, milliseconds since 1970; null when the user chose not to. */
  readonly noticeAtMs: number | null;
  /** What to do when somebody moves the bot to another channel. */
  readonly onMove: 'follow' | 'stop';
  /** The recording ends when no human has been there for so long; null: it goes on. */
  readonly stopWhenEmptyMs: number | null;
  /** Who is left out. */
  readonly excluded: ReadonlySet<Snowflake>;
  readonly onEvent: (event: SessionEvent) => void;
  readonly onChange: () => void;
}

export type SessionView = ReturnType<Session['view']>;

/** One live recording, from sample 0 to the closed folder, through any number of voice connections and channels. */
export class Session implements AsyncDisposable {
  readonly #start: SessionStart;
  readonly #attendance: Attendance;
  readonly #tape = new Tape();
  readonly #news = new News();
  readonly #encryption = new CallEncryption();
  readonly #annotations: Annotations;
  readonly #receive: ReceivePath;
  readonly #link: VoiceLink;
  readonly #ticker: NodeJS.Timeout;
  readonly #watch: NodeJS.Timeout;
  readonly #unreadable = new UnreadableWatch();
  readonly #emptyWatch: EmptyWatch | null;
  /** Set once the link is there to be asked. */
  #hasBegun = false;
  #faultSaid = false;
  #stopping: { readonly finished: Promise<SessionEvent<'stopped'>> } | null = null;
  #onFinished: (stopped: SessionEvent<'stopped'>) => void = () => undefined;

  /** Resolves with the `stopped` event when the folder is closed, whatever ended the recording. */
  readonly finished = new Promise<SessionEvent<'stopped'>>((resolve) => {
    this.#onFinished = resolve;
  });

  constructor(start: SessionStart) {
    this.#start = start;
    const { context, channel, voice, feed, recording } = start;
    const { stopWhenEmptyMs: limitMs } = start;
    const onLimit = (): void => void this.stop('everyone-left');
    this.#emptyWatch =
      limitMs === null ? null : new EmptyWatch({ limitMs, clock: context.clock, onLimit });
    const emit = (event: UntimedSessionEvent): void => void this.#emit(event);
    const ownId = context.gateway.user.id;
    const { excluded } = start;
    this.#attendance = new Attendance({ recording, ownId, excluded, emit });
    this.#annotations = new Annotations({ recording, emit });
    this.#receive = new ReceivePath({
      recording,
      startedAtMs: recording.startedAtMs,
      excluded,
      nameOf: (userId) => this.#attendance.get(userId)?.name ?? userId,
      onSpeaker: ({ userId, name }, { file: track }) => {
        this.#emit({ event: 'speaker', userId, name, track });
      },
      onOutage: ({ reason, fromMs, toMs }) => {
        const [fromSamples, toSamples] = [this.#samplesAt(fromMs), this.#samplesAt(toMs)];
        this.#annotations.gap({ reason, fromSamples, toSamples });
      },
      onPlaced: (track, position, opus) => this.#tape.push(track, position, opus),
    });
    this.#announce();
    context.gateway.on('voice-state', this.#onVoiceState);
    this.#ticker = setInterval(() => {
      this.#guard(() => this.#receive.tick(context.clock.monotonicMs()));
    }, TICK_MS);
    this.#watch = setInterval(() => this.#look(context.clock.monotonicMs()), WATCH_MS);
    this.#link = new VoiceLink(context, channel, {
      voice,
      feed,
      handlers: {
        onDatagram: (bytes, atMs) => this.#guard(() => this.#receive.receive(bytes, atMs)),
        onName: (ssrc, userId) => this.#guard(() => this.#receive.name(ssrc, userId)),
        onE2ee: (state) => this.#e2eeChanged(state),
        onKeys: () => this.#guard(() => this.#receive.keysChanged(context.clock.monotonicMs())),
        onOpen: (opened, after) => this.#opened(opened, after),
        onLost: (heardAtMs) => this.#lost(heardAtMs),
        onDeaf: () => this.#warn('nothing-arrives'),
        onMoved: (to) => this.#moved(to),
        onFinal: (reason) => void this.stop(reason),
        onChange: () => this.#linkChanged(),
      },
    });
    this.#hasBegun = true;
    this.#observe();
    if (this.#isDeafened) this.#warn('server-deafened');
  }

  get folder(): string {
    return this.#start.recording.folder;
  }

  /** Length so far, in samples. */
  get samples(): number {
    return this.#samplesAt(this.#start.context.clock.monotonicMs());
  }

  /** From here on nothing that anyone says is kept, until `resume`; time goes on. */
  pause(): void {
    if (this.#annotations.pausedAtSamples !== null || this.#stopping !== null) return;
    this.#receive.pause();
    this.#annotations.pause(this.samples);
    this.#news.paused(this.#now);
    this.#start.onChange();
  }

  resume(): void {
    if (this.#annotations.pausedAtSamples === null || this.#stopping !== null) return;
    this.#receive.resume();
    this.#annotations.resume(this.samples);
  }

  /** Marks this moment. Gives the marker's number, for a note that is typed after it; null once it is stopping. */
  mark(note: string): number | null {
    if (this.#stopping !== null) return null;
    const number = this.#annotations.mark({ samples: this.samples, note });
    this.#news.marked(number, this.#now);
    this.#start.onChange();
    return number;
  }

  /** Gives a marker another note. False when there is no such marker, or no more. */
  noteMarker(number: number, note: string): boolean {
    const noted = this.#stopping === null && this.#annotations.note(number, note);
    if (noted) this.#start.onChange();
    return noted;
  }

  /** Ends the recording; the first reason counts. Resolves when the folder is closed. */
  stop(reason: StopReason): Promise<SessionEvent<'stopped'>> {
    if (this.#stopping === null) {
      this.#stopping = { finished: this.finished };
      void this.#close(reason)
        .catch((error: unknown) => this.#notClosed(error))
        .then(this.#onFinished);
      this.#start.onChange();
    }
    return this.#stopping.finished;
  }

  async close(): Promise<void> {
    await this.stop('user');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The disk refused: what is there is closed, and the recording ends. */
  diskFailed(error: StorageError): void {
    this.#start.context.log.error('cannot write the recording', { message: error.message });
    void this.stop(error.reason === 'disk-full' ? 'disk-full' : 'disk-error');
  }

  /** Levels and losses since they were last read. */
  levels(): readonly TapeNews[] {
    return this.#tape.read();
  }

  /** The newest of all that `levels` has ever given. */
  keptLevels(): readonly TapeNews[] {
    return this.#tape.kept();
  }

  /** Drops what the next `levels` would decode. */
  skipLevels(): void {
    this.#tape.skip();
  }

  /** What a window shows of this session, as the engine knows it. */
  view() {
    const { context, recording } = this.#start;
    const speakers = this.#receive.speakers().map((speaker) => ({
      track: speaker.track.file,
      userId: speaker.userId,
      name: speaker.name,
      counts: this.#receive.counts(speaker),
      loss: this.#tape.lossOf(speaker.track.file),
    }));
    const wallMs = context.clock.wallMs();
    const { retrying } = this.#link;
    return {
      folder: recording.folder,
      noticeAtMs: this.#start.noticeAtMs,
      stopping: this.#stopping !== null,
      channel: this.#link.channel,
      startedAtWallMs: wallMs - this.samples / SAMPLES_PER_MS,
      retrying:
        retrying === null
          ? null
          : {
              sinceWallMs: wallMs - retrying.forMs,
              fromSamples: this.#news.lostAtSamples ?? this.samples,
              attempt: retrying.attempt,
            },
      bytesWritten: recording.bytesWritten,
      refusal: this.#link.refusal, // why it ended as `rejected`
      deafened: this.#isDeafened,
      people: this.#attendance.all(),
      speakers,
      pausedAtSamples: this.#annotations.pausedAtSamples,
      markers: this.#annotations.markers,
      gaps: this.#annotations.gaps,
      encryption: { ...this.#encryption.state, history: this.#encryption.history },
      /** Whose sound cannot be decrypted just now, with where that began in samples. */
      undecryptable: new Map(
        [...this.#unreadable.troubled].map(([userId, ms]) => [userId, this.#samplesAt(ms)]),
      ),
      news: this.#news.items,
    };
  }

  /** By the server: it sends us nothing then. */
  get #isDeafened(): boolean {
    const { directory, user } = this.#start.context.gateway;
    const people = directory.channel(this.#link.channel.id)?.people ?? [];
    return people.some(({ userId, deafened }) => userId === user.id && deafened);
  }

  get #now(): Moment {
    return { atMs: this.#start.context.clock.wallMs(), samples: this.samples };
  }

  #samplesAt(monotonicMs: number): number {
    const elapsedMs = monotonicMs - this.#start.recording.startedAtMs;
    return Math.max(0, Math.round(elapsedMs * SAMPLES_PER_MS));
  }

  #announce(): void {
    const { context, channel, voice, recording } = this.#start;
    const { guildId, id: channelId } = channel;
    const { modeName: mode, daveVersion } = voice;
    this.#emit({ event: 'joined', guildId, channelId, mode, daveVersion, recording: this.folder });
    recording.appendEvent({ event: 'joined', samples: 0, guildId, channelId, mode, daveVersion });
    this.#encryption.update(voice.dave.state, context.clock.wallMs());
    this.#tellE2ee(0);
    this.#attendance.gathered(channel.people, 0);
    this.#watchAttendance();
  }

  #opened(voice: VoiceConnection, after: GapReason | null): void {
    this.#receive.beginVoiceSession(voice, this.#start.context.clock.monotonicMs());
    if (after === null) return; // the first one has been announced
    this.#annotations.connectionBack(after, this.samples);
    this.#watchAttendance();
    this.#encryption.beginVoiceSession();
    this.#e2eeChanged(voice.dave.state);
  }

  #e2eeChanged(state: E2eeState): void {
    const changed = this.#encryption.update(state, this.#start.context.clock.wallMs());
    if (changed) this.#tellE2ee(this.samples);
  }

  #tellE2ee(samples: number): void {
    const { version, epoch, privacyCode } = this.#encryption.state;
    const { recording } = this.#start;
    const { transitions } = this.#encryption.summary;
    const facts = { version, epoch, privacyCode, transitions };
    recording.appendEvent({ event: 'e2ee', samples, ...facts });
    recording.updateManifest({ dave: { version, transitions } });
    this.#emit({ event: 'e2ee', version, epoch, privacyCode });
  }

  #lost(heardAtMs: number | null): void {
    this.#receive.endVoiceSession();
    const nowMs = this.#start.context.clock.monotonicMs();
    const deafFromSamples = this.#receive.deafFromSamples(nowMs);
    if (deafFromSamples === null)
      this.#annotations.connectionLost(this.#samplesAt(heardAtMs ?? nowMs));
    else this.#annotations.connectionLost(deafFromSamples, 'asleep');
    this.#emptyWatch?.update('unknown');
  }

  #moved(channel: ChannelInfo): void {
    const { id: channelId, name: channelName } = channel;
    this.#start.recording.appendEvent({
      event: 'moved',
      samples: this.samples,
      channelId,
      channelName,
    });
    this.#emit({ event: 'moved', channelId, channelName });
    this.#attendance.gathered(channel.people, this.samples);
    if (this.#start.onMove === 'stop') void this.stop('moved');
  }

  readonly #onVoiceState = (change: VoiceStateChange): void => {
    const { guildId, id } = this.#link.channel;
    if (change.guildId !== guildId) return;
    if (change.own) {
      if (change.deaf && !change.wasDeaf) this.#warn('server-deafened');
    } else if (change.foreign) {
      this.#warn('running-elsewhere');
    } else if (change.after === id) {
      this.#attendance.arrived(change.person, this.samples);
    } else if (change.before === id) {
      this.#attendance.left(change.userId, this.samples);
    }
    if (!this.#annotations.isConnectionLost) this.#watchAttendance();
    this.#observe();
  };

  #watchAttendance(): void {
    this.#emptyWatch?.update(this.#attendance.hasHumans ? 'people' : 'empty');
  }

  #warn(code: keyof typeof WARNINGS, name = ''): void {
    this.#emit({ event: 'warning', code, message: WARNINGS[code](name) });
  }

  #linkChanged(): void {
    this.#observe();
    this.#start.onChange();
  }

  #observe(): void {
    if (!this.#hasBegun || this.#stopping !== null) return;
    const isLost = this.#link.retrying !== null;
    this.#news.observe({ isLost, isDeafened: this.#isDeafened }, this.#now);
  }

  #look(nowMs: number): void {
    for (const speaker of this.#receive.speakers()) {
      this.#tape.look(speaker.track.file, this.#receive.counts(speaker), this.samples);
    }
    this.#watchKeys(nowMs);
  }

  /** Trouble with someone's keys that lasts. While nothing arrives, or nothing is kept, nobody has any. */
  #watchKeys(nowMs: number): void {
    const isHeard = this.#link.retrying === null && this.#annotations.pausedAtSamples === null;
    const hadTrouble = this.#unreadable.troubled.size > 0;
    const unreadable = isHeard ? this.#receive.unreadable(nowMs) : [];
    const due = this.#unreadable.update(unreadable, nowMs);
    if (due.length > 0 && !hadTrouble) this.#news.undecryptable(this.#now);
    for (const userId of due) {
      const name = this.#attendance.get(userId)?.name ?? userId;
      this.#warn('e2ee-failing', name);
    }
  }

  /** Work on a packet may be wrong without ending the recording: said once, and the next packet is taken. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (this.#faultSaid) return;
      this.#faultSaid = true;
      this.#start.context.log.error('fault in the packet path', { error: toError(error).stack });
      this.#warn('packet-fault');
    }
  }

  #emit<Event extends UntimedSessionEvent>(event: Event): Event & { readonly at: string } {
    const now = this.#now;
    const timed = { ...event, at: new Date(now.atMs).toISOString() };
    this.#news.hear(event, now);
    this.#start.onEvent(timed);
    this.#start.onChange();
    return timed;
  }

  /** Not even the end could be written: what is on disk is recovered when it is next opened. */
  #notClosed(error: unknown): SessionEvent<'stopped'> {
    this.#start.context.log.error('recording not closed', { error: toError(error).stack });
    const full = error instanceof StorageError && error.reason === 'disk-full';
    const reason =
      error instanceof StorageError ? (full ? 'disk-full' : 'disk-error') : ('fault' as const);
    const { samples } = this;
    const tracks = this.#receive.speakers().map((speaker) => {
      const { userId, name, track } = speaker;
      return { userId, name, file: track.file, samples, ...this.#receive.counts(speaker) };
    });
    return this.#emit({ event: 'stopped', reason, samples, tracks });
  }

  /** What the system kept while this process did not run was said before the end. */
  async #catchUp(): Promise<void> {
    const { clock } = this.#start.context;
    this.#guard(() => this.#receive.tick(clock.monotonicMs()));
    const leftMs = this.#receive.unreadForMs(clock.monotonicMs());
    if (leftMs > 0) await sleep(leftMs);
  }

  async #close(reason: StopReason): Promise<SessionEvent<'stopped'>> {
    const { context, recording } = this.#start;
    await this.#catchUp();
    const samples = this.samples;
    clearInterval(this.#ticker);
    clearInterval(this.#watch);
    this.#emptyWatch?.[Symbol.dispose]();
    context.gateway.off('voice-state', this.#onVoiceState);
    await this.#link.close();
    this.#guard(() => this.#receive.endVoiceSession());
    this.#annotations.end(samples);
    const speakers = this.#receive.speakers();
    const counts = new Map(
      speakers.map((speaker) => [speaker.track, this.#receive.counts(speaker)] as const),
    );
    const { rejected } = this.#receive;
    const dave = this.#encryption.summary;
    const manifest = await recording.close({ reason, samples, counts, rejected, dave });
    const tracks = manifest.tracks.map(toStoppedTrack);
    return this.#emit({ event: 'stopped', reason, samples: manifest.samples, tracks });
  }
}
