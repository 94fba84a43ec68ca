import { text } from '../../preload/contract/messages/text.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { sleep } from '../base/wait.ts';
import type { E2eeState } from '../dave/dave-state.ts';
import type { PersonInfo } from '../discord/voice-state.ts';
import type { LinkGapReason } from '../link/link-end.ts';
import type { GivenNotice } from '../notice/notices.ts';
import type { EndToEndKeys } from '../receive/stream.ts';
import { ReceivePath, type VoiceKeys } from '../receive/receive-path.ts';
import type { TrackCounts } from '../recording/manifest.ts';
import type { Recording } from '../recording/recording.ts';
import type { TrackWriter } from '../recording/track/track-writer.ts';
import type { MediaSink } from '../rtp/media-sink.ts';
import { Annotations } from './annotations.ts';
import { Attendance } from './attendance.ts';
import { CallEncryption } from './call-encryption.ts';
import type { Chooser, LeftOutOfOne } from './choices.ts';
import { Exclusion, type ExclusionOutcome } from './exclusion.ts';
import { News, type Circumstances, type Moment } from './news.ts';
import {
  toSessionEvent,
  toStoppedTrack,
  type SessionEvent,
  type StopReason,
  type ToldEvent,
  type UntimedSessionEvent,
  type WarningCode,
} from './session-event.ts';
import { Tape, type TapeNews } from './tape.ts';
import { UnreadableWatch } from './unreadable-watch.ts';

/** What a recorder is made of. */
export interface RecorderOptions {
  readonly recording: Recording;
  readonly clock: Clock;
  readonly log: Log;
  /** Our own bot. */
  readonly ownId: Snowflake;
  /** Of whom nothing is recorded, as by `exclude` from sample 0 on. */
  readonly leftOut: LeftOutOfOne;
  /** What Discord calls somebody, present or not; null while it has told no name. */
  readonly memberName: (userId: Snowflake) => string | null;
  readonly onEvent: (event: SessionEvent) => void;
}

/**
 * What was removed of somebody: their track; nothing, because they had none; or nothing, because the recording is over
 * and to be asked as a finished one.
 */
export type ForgetOutcome = 'forgotten' | 'nothing-kept' | 'over';

/** What opens one voice session's packets, and the state of its end-to-end encryption. */
export interface RecordedVoice extends VoiceKeys {
  readonly dave: EndToEndKeys & { readonly state: E2eeState };
}

/** What is true at sample 0. */
export interface RecorderStart {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** Who is in the channel. */
  readonly people: readonly PersonInfo[];
  /** The server's own name of the transport mode. */
  readonly mode: string;
  /** Version of end-to-end encryption that the call began with; 0 for none. */
  readonly daveVersion: number;
  readonly voice: RecordedVoice;
  /** How people were told before. */
  readonly notices: readonly GivenNotice[];
  /** Who was in the channel when a notice reached it, and when that was first. */
  readonly toldAt: ReadonlyMap<Snowflake, string>;
}

/**
 * Records one call, from sample 0 to the closed folder: takes packets by `media`, and is told by its methods who is
 * there and what happens. Knows no gateway and no socket, and waits for time only in `catchUp`. Positions are 48 kHz samples from sample 0, by the
 * monotonic clock. Only `close` throws.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #attendance: Attendance;
  readonly #annotations: Annotations;
  readonly #encryption = new CallEncryption();
  readonly #tape = new Tape();
  readonly #news = new News();
  readonly #exclusion: Exclusion;
  readonly #receive: ReceivePath;
  readonly #unreadable = new UnreadableWatch();
  /** The folder is being closed: nothing more is told. */
  #isOver = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { recording, clock, ownId, leftOut, log } = options;
    const tell = (event: ToldEvent): void => this.#tell(event);
    this.#exclusion = new Exclusion({
      leftOut,
      clock,
      receive: () => this.#receive,
      tape: this.#tape,
      onChange: (choice) => {
        if (!this.#isOver) this.#tell({ event: 'excluded', samples: this.samples, ...choice });
      },
    });
    const leftOutBy = (userId: Snowflake): Chooser | null => this.#exclusion.leftOutBy(userId);
    const isLeftOut = (userId: Snowflake): boolean => this.#exclusion.isLeftOut(userId);
    this.#attendance = new Attendance({ ownId, leftOutBy, isLeftOut, tell });
    this.#annotations = new Annotations(tell);
    this.#receive = new ReceivePath({
      recording,
      startedAtMs: recording.startedAtMs,
      excluded: this.#exclusion.leftOut(),
      others: this.#exclusion.asksFirst ? 'left out' : 'kept',
      log,
      nameOf: (userId) => this.#nameOf(userId),
      onSpeaker: ({ userId, name, track }) => {
        this.#emit({ event: 'speaker', userId, name, track: track.file });
      },
      onOutage: ({ reason, fromMs, toMs }) => {
        const [fromSamples, toSamples] = [this.samplesAt(fromMs), this.samplesAt(toMs)];
        this.#annotations.gap({ reason, fromSamples, toSamples });
      },
      onPlaced: (track, position, opus) => this.#tape.push(track, position, opus),
      onFault: () => this.warn('packet-fault'),
    });
  }

  /** Takes the media of every voice session. */
  get media(): MediaSink {
    return this.#receive;
  }

  get folder(): string {
    return this.#options.recording.folder;
  }

  /** Length so far, in samples. */
  get samples(): number {
    return this.samplesAt(this.#options.clock.monotonicMs());
  }

  /** A moment of the monotonic clock, in samples from sample 0; 0 for every moment before. */
  samplesAt(monotonicMs: number): number {
    const elapsedMs = monotonicMs - this.#options.recording.startedAtMs;
    return Math.max(0, Math.round(elapsedMs * SAMPLES_PER_MS));
  }

  /** Whether anyone but bots is in the channel. */
  get hasHumans(): boolean {
    return this.#attendance.hasHumans;
  }

  /** False between two voice sessions, when nothing can be received. */
  get isConnected(): boolean {
    return !this.#annotations.isConnectionLost;
  }

  get #isPaused(): boolean {
    return this.#annotations.pausedAtSamples !== null;
  }

  /** Tells what is true at sample 0; packets count from here on. */
  begin(start: RecorderStart): void {
    const { guildId, channelId, people, mode, daveVersion, voice, notices, toldAt } = start;
    const { clock, recording } = this.#options;
    this.#tell({ event: 'joined', samples: 0, guildId, channelId, mode, daveVersion });
    for (const notice of notices) recording.tell(noticeEvent(notice, 0)); // heard of already
    this.#encryption.update(voice.dave.state, clock.wallMs());
    this.#tellEncryption(0);
    this.#attendance.gathered(people, 0, toldAt);
    this.#receive.beginVoiceSession(voice, clock.monotonicMs());
  }

  /**
   * Another voice session begins; `after` says why the one before ended. What follows was received from `sinceMs` on,
   * monotonic.
   */
  reconnected(voice: RecordedVoice, after: LinkGapReason, sinceMs: number): void {
    this.#receive.beginVoiceSession(voice, sinceMs);
    const gap = this.#annotations.connectionBack(after, this.samplesAt(sinceMs));
    if (gap !== null) this.#news.connectionBack(gap);
    this.#encryption.beginVoiceSession();
    this.encrypted(voice.dave.state);
  }

  /**
   * The voice session is over. `deadSinceMs`, monotonic, is the last sign of life of a connection that was dead before
   * its end; null when it was good to the end.
   */
  lost(deadSinceMs: number | null): void {
    this.#receive.endVoiceSession();
    const nowMs = this.#options.clock.monotonicMs();
    const asleepFromSamples = this.#receive.asleepFromSamples(nowMs);
    if (asleepFromSamples === null)
      this.#annotations.connectionLost(this.samplesAt(deadSinceMs ?? nowMs));
    else this.#annotations.connectionLost(asleepFromSamples, 'asleep');
  }

  /** The bot was moved to another channel, in which `people` are. */
  moved(to: {
    readonly id: Snowflake;
    readonly name: string;
    people: readonly PersonInfo[];
  }): void {
    const { samples } = this;
    this.#annotations.moved();
    this.#tell({ event: 'moved', samples, channelId: to.id, channelName: to.name });
    this.#attendance.gathered(to.people, samples);
  }

  /** Somebody pressed Stop in the chat. */
  asked(userId: Snowflake): void {
    this.#tell({ event: 'asked', samples: this.samples, userId });
  }

  /** People were told in one way, or could not be. */
  noticed(notice: GivenNotice): void {
    this.#tell(noticeEvent(notice, this.samples));
  }

  /** The call's end-to-end encryption is in that state. */
  encrypted(state: E2eeState): void {
    if (this.#encryption.update(state, this.#options.clock.wallMs()))
      this.#tellEncryption(this.samples);
  }

  arrived(person: PersonInfo): void {
    this.#attendance.arrived(person, this.samples);
  }

  /** `memberName` may know more than before. */
  namesChanged(): void {
    for (const userId of this.#attendance.nameless())
      this.#attendance.named(userId, this.#nameOf(userId), this.samples);
    this.#receive.namesChanged();
  }

  left(userId: Snowflake): void {
    this.#attendance.left(userId, this.samples);
  }

  /**
   * From here on nothing of that person is written, metered, counted or kept in memory, or it is again, on the same
   * track. What stands on the disk stays.
   */
  exclude(userId: Snowflake, excluded: boolean, by: Chooser): ExclusionOutcome {
    return this.#exclusion.choose({ userId, excluded, by });
  }

  /** Whose choice leaves that person out, their own before the operator's; null when nobody's does. */
  leftOutBy(userId: Snowflake): Chooser | null {
    return this.#exclusion.leftOutBy(userId);
  }

  /** Whether that person is left out: by a choice, or because they were asked and have not agreed. */
  isLeftOut(userId: Snowflake): boolean {
    return this.#exclusion.isLeftOut(userId);
  }

  /**
   * Removes everything of that person so far: their track goes from the disk and from the manifest, and a new one begins
   * if they are heard again. Throws StorageError when its file cannot be removed.
   */
  async forgetNow(userId: Snowflake): Promise<ForgetOutcome> {
    if (this.#isOver) return 'over';
    const { clock, recording } = this.#options;
    const tracks = this.#receive.forget(userId, clock.monotonicMs());
    for (const { file } of tracks) this.#tape.forget(file);
    await recording.removeTracks(tracks);
    return tracks.length === 0 ? 'nothing-kept' : 'forgotten';
  }

  /** From here on nothing that anyone says is kept, until `resume`; time goes on. */
  pause(): void {
    if (this.#isPaused) return;
    this.#receive.pause();
    this.#annotations.pause(this.samples);
    this.#news.paused(this.#now);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#receive.resume(this.#options.clock.monotonicMs());
    this.#annotations.resume(this.samples);
  }

  /** Marks this moment. Gives the marker's number, for a note that is typed after the moment is marked. */
  mark(note: string): number {
    const number = this.#annotations.mark({ samples: this.samples, note });
    this.#news.marked(number, this.#now);
    return number;
  }

  /** Gives a marker another note. False when there is no such marker. */
  noteMarker(number: number, note: string): boolean {
    return this.#annotations.note(number, note);
  }

  /** Emits a warning; `name` is whom it is about. */
  warn(code: WarningCode, name = ''): void {
    this.#emit({ event: 'warning', code, message: text(`warning.${code}`, { name }) });
  }

  /** Writes or gives up the packets that have waited long enough. To be called every 20 ms. */
  tick(): void {
    this.#receive.tick(this.#options.clock.monotonicMs());
    this.#annotations.tick(this.samples);
  }

  /**
   * Looks at what lasts: sound that is lost, and people whose sound has not decrypted for 2 s, of whom it warns once.
   * `link` is `retrying` while the voice connection is not good: nobody has trouble with keys then. To be called once a
   * bar of the tape, every 200 ms.
   */
  watch(link: 'good' | 'retrying'): void {
    for (const speaker of this.#receive.speakers())
      this.#tape.look(speaker.track.file, this.#receive.counts(speaker), this.samples);
    const nowMs = this.#options.clock.monotonicMs();
    const isHeard = link === 'good' && !this.#isPaused;
    const hadTrouble = this.#unreadable.troubled.size > 0;
    const due = this.#unreadable.update(isHeard ? this.#receive.unreadable(nowMs) : [], nowMs);
    if (due.length > 0 && !hadTrouble) this.#news.undecryptable(this.#now);
    for (const userId of due) this.warn('e2ee-failing', this.#nameOf(userId));
  }

  /** To be told whenever one of these may have changed, after what changed with it was told. */
  observe(circumstances: Circumstances): void {
    this.#news.observe(circumstances, this.#now);
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

  /** What is recorded so far, for whoever shows it. */
  view() {
    const { recording, clock } = this.#options;
    return {
      folder: recording.folder,
      startedAtWallMs: clock.wallMs() - this.samples / SAMPLES_PER_MS,
      bytesWritten: recording.bytesWritten,
      people: this.#attendance.all(),
      speakers: this.#receive.speakers().map((speaker) => ({
        track: speaker.track.file,
        userId: speaker.userId,
        name: speaker.name,
        counts: this.#receive.counts(speaker),
        loss: this.#tape.lossOf(speaker.track.file),
        /** Whether packets of this voice session go to the track. */
        isLive: speaker.streams.length > 0,
      })),
      pausedAtSamples: this.#annotations.pausedAtSamples,
      markers: this.#annotations.markers,
      gaps: this.#annotations.gaps,
      encryption: { ...this.#encryption.state, history: this.#encryption.history },
      /** Whose sound does not decrypt just now, and where that began, in samples. */
      undecryptable: new Map(
        Array.from(this.#unreadable.troubled, ([userId, ms]) => [userId, this.samplesAt(ms)]),
      ),
      news: this.#news.items,
      /** Of whom nothing is recorded, here or not. */
      leftOut: this.#exclusion.leftOut().map((userId) => ({
        userId,
        name: this.#nameOf(userId),
        by: this.#exclusion.leftOutBy(userId) ?? 'operator',
      })),
    };
  }

  /**
   * Waits, 2 s at most, until packets have been read that the system kept while this process did not run: they were
   * said before the end.
   */
  async catchUp(): Promise<void> {
    this.tick();
    const leftMs = this.#receive.unreadForMs(this.#options.clock.monotonicMs());
    if (leftMs > 0) await sleep(leftMs);
  }

  /** Closes the folder at `samples` and tells it. Throws StorageError when not even the end can be written. */
  async close(reason: StopReason, samples: number): Promise<SessionEvent<'stopped'>> {
    this.#isOver = true;
    this.#receive.endVoiceSession();
    this.#annotations.end(samples);
    const { recording } = this.#options;
    const manifest = await recording.close({
      reason,
      samples,
      counts: this.#counts(),
      rejected: this.#receive.rejected,
      faults: this.#receive.faultCount,
      dave: this.#encryption.summary,
    });
    const tracks = manifest.tracks.map(toStoppedTrack);
    return this.#emit({ event: 'stopped', reason, samples: manifest.samples, tracks });
  }

  /** Tells the end of a recording that could not be closed: it is recovered when it is next opened. */
  notClosed(reason: StopReason): SessionEvent<'stopped'> {
    const { samples } = this;
    const tracks = this.#receive.speakers().map((speaker) => {
      const { userId, name, track } = speaker;
      return { userId, name, file: track.file, samples, ...this.#receive.counts(speaker) };
    });
    return this.#emit({ event: 'stopped', reason, samples, tracks });
  }

  #counts(): ReadonlyMap<TrackWriter, TrackCounts> {
    return new Map(
      this.#receive.speakers().map((speaker) => [speaker.track, this.#receive.counts(speaker)]),
    );
  }

  #nameOf(userId: Snowflake): string {
    const name = this.#attendance.get(userId)?.name ?? userId;
    return name === userId ? (this.#options.memberName(userId) ?? userId) : name;
  }

  #tellEncryption(samples: number): void {
    const { version, epoch, privacyCode } = this.#encryption.state;
    const { transitions } = this.#encryption.summary;
    this.#tell({ event: 'e2ee', samples, version, epoch, privacyCode, transitions });
  }

  /**
   * Tells an event to the recording, for its log and manifest, and emits it where `record --json` has an event for it.
   */
  #tell(event: ToldEvent): void {
    this.#options.recording.tell(event);
    const told = toSessionEvent(event, this.folder);
    if (told !== null) this.#emit(told);
  }

  #emit<Event extends UntimedSessionEvent>(event: Event): Event & { readonly at: string } {
    const now = this.#now;
    const timed = { ...event, at: new Date(now.atMs).toISOString() };
    this.#news.hear(event, now);
    this.#options.onEvent(timed);
    return timed;
  }

  get #now(): Moment {
    return { atMs: this.#options.clock.wallMs(), samples: this.samples };
  }
}

/** Longest reason of a notice that was not given, in characters. */
const MOST_WHY = 500;

function noticeEvent({ kind, channelId, atMs, failure }: GivenNotice, samples: number): ToldEvent {
  const at = new Date(atMs).toISOString();
  const why = failure === null ? null : failure.message.slice(0, MOST_WHY);
  return { event: 'notice', samples, at, kind, channelId, ok: failure === null, why };
}
