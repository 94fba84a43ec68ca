import { silentLog } from '../../main/base/log.ts';
import type { E2eeState } from '../../main/dave/dave-session.ts';
import { Annotations } from '../../main/session/annotations.ts';
import { Attendance } from '../../main/session/attendance.ts';
import { CallEncryption } from '../../main/session/call-encryption.ts';
import { Meters } from '../../main/session/meters.ts';
import { ReceivePath, type VoiceKeys } from '../../main/receive/receive-path.ts';
import type { GapReason } from '../../main/session/session-event.ts';
import type { Manifest } from '../../main/recording/manifest.ts';
import { Recording } from '../../main/recording/recording.ts';
import type { SimulatedTime } from './simulated-time.ts';

export interface RecorderOptions {
  readonly libraryFolder: string;
  readonly time: SimulatedTime;
  readonly ownId: string;
  readonly transport: string;
  readonly onFault: (message: string) => void;
}

/**
 * A recording session as `Session` puts it together, without gateway and sockets: their news come in by hand, on a
 * simulated clock.
 */
export class SimulatedRecorder {
  readonly recording: Recording;
  readonly receive: ReceivePath;
  readonly attendance: Attendance;
  readonly annotations: Annotations;
  readonly meters = new Meters();
  readonly #encryption = new CallEncryption();
  readonly #options: RecorderOptions;

  static async create(options: RecorderOptions): Promise<SimulatedRecorder> {
    const { libraryFolder, time, transport, onFault } = options;
    const recording = await Recording.create({
      libraryFolder,
      place: {
        guild: { id: '100', name: 'Tape Lovers' },
        channel: { id: '200', name: 'Long Talk', kind: 'voice' },
      },
      ...{ app: 'tapedeck 0.0.0', transport, consent: { none: true }, log: silentLog },
      ...{ clock: time.clock, every: time.every },
      onDiskError: (error) => onFault(error.message),
    });
    return new SimulatedRecorder(options, recording);
  }

  private constructor(options: RecorderOptions, recording: Recording) {
    this.#options = options;
    this.recording = recording;
    const emit = (): void => undefined;
    const { ownId } = options;
    this.attendance = new Attendance({ recording, ownId, excluded: new Set(), emit });
    this.annotations = new Annotations({ recording, emit });
    this.receive = new ReceivePath({
      recording,
      startedAtMs: recording.startedAtMs,
      excluded: new Set(),
      nameOf: (userId) => this.attendance.get(userId)?.name ?? userId,
      log: silentLog,
      onFault: () => options.onFault('a fault in the packet path'),
      onSpeaker: () => undefined,
      onOutage: ({ reason, fromMs, toMs }) => {
        const [fromSamples, toSamples] = [this.#samplesAt(fromMs), this.#samplesAt(toMs)];
        this.annotations.gap({ reason, fromSamples, toSamples });
      },
      onPlaced: (track, position, opus) => this.meters.push(track, position, opus),
    });
  }

  /** Length so far. */
  get samples(): number {
    return this.#samplesAt(this.#options.time.clock.monotonicMs());
  }

  opened(keys: VoiceKeys, after: GapReason | null): void {
    this.receive.beginVoiceSession(keys, this.#options.time.clock.monotonicMs());
    if (after === null) return;
    this.annotations.connectionBack(after, this.samples);
    this.#encryption.beginVoiceSession();
  }

  lost(): void {
    this.receive.endVoiceSession();
    this.annotations.connectionLost(this.samples);
  }

  keysChanged(): void {
    this.receive.keysChanged(this.#options.time.clock.monotonicMs());
  }

  e2ee(state: E2eeState): void {
    if (!this.#encryption.update(state, this.#options.time.clock.wallMs())) return;
    const { version, epoch, privacyCode } = this.#encryption.state;
    const { transitions } = this.#encryption.summary;
    const facts = { version, epoch, privacyCode, transitions };
    this.recording.appendEvent({ event: 'e2ee', samples: this.samples, ...facts });
    this.recording.updateManifest({ dave: { version, transitions } });
  }

  pause(): void {
    this.receive.pause();
    this.annotations.pause(this.samples);
  }

  resume(): void {
    this.receive.resume();
    this.annotations.resume(this.samples);
  }

  mark(): void {
    const { samples } = this;
    this.annotations.mark({ samples, note: `at ${String(samples)}` });
  }

  stop(): Promise<Manifest> {
    const { samples } = this;
    this.receive.endVoiceSession();
    this.annotations.end(samples);
    const counts = new Map(
      this.receive.speakers().map((one) => [one.track, this.receive.counts(one)] as const),
    );
    const [rejected, dave] = [this.receive.rejected, this.#encryption.summary];
    return this.recording.close({ reason: 'user', samples, counts, rejected, dave });
  }

  #samplesAt(monotonicMs: number): number {
    return Math.max(0, Math.round((monotonicMs - this.recording.startedAtMs) * 48));
  }
}
