import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog, silentLog } from '../../main/base/log.ts';
import { ReceivePath, type VoiceKeys } from '../../main/receive/receive-path.ts';
import type { TrackCounts } from '../../main/recording/manifest.ts';
import { Recording } from '../../main/recording/recording.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';
import type { RtpFields } from '../../main/rtp/rtp-writer.ts';

/** A packet as its sender made it. */
export interface HeardPacket {
  readonly fields: Pick<RtpFields, 'ssrc' | 'sequence' | 'timestamp' | 'paddingBytes'>;
  readonly payload: Uint8Array;
}

/** A packet that a track holds. */
export interface PlacedPacket {
  readonly track: string;
  readonly position: number;
  readonly opus: Uint8Array;
}

export const IN_THE_CLEAR: VoiceKeys['dave'] = {
  state: { version: 0 },
  members: [],
  open: (_, frame) => frame,
  gaveUp: () => undefined,
};

const cipher = createTransportCipher('aead_xchacha20_poly1305_rtpsize', new Uint8Array(32).fill(7));

/** A packet path on a real recording; what arrives and when is in the caller's hand. Times are ms from sample 0. */
export class HeardCall implements AsyncDisposable {
  readonly receive: ReceivePath;
  readonly placed: PlacedPacket[] = [];
  readonly faults: string[] = [];
  /** Losses as told to the events. */
  readonly losses: number[] = [];
  readonly gaps: string[] = [];
  readonly #recording: Recording;
  readonly #libraryFolder: string;
  #tickedMs = 0;

  private constructor(recording: Recording, libraryFolder: string, dave: VoiceKeys['dave']) {
    this.#recording = recording;
    this.#libraryFolder = libraryFolder;
    this.receive = new ReceivePath({
      recording: {
        addTrack: (who) => recording.addTrack(who),
        nameTrack: (track, who) => recording.nameTrack(track, who),
        tell: (event) => {
          if (event.event === 'loss') this.losses.push(event.count);
        },
      },
      startedAtMs: 0,
      excluded: new Set(),
      nameOf: (userId) => userId,
      log: createLog('error', (_, line) => this.faults.push(line)),
      onSpeaker: () => undefined,
      onOutage: ({ reason }) => this.gaps.push(reason),
      onPlaced: ({ file }, position, opus) => {
        this.placed.push({ track: file, position, opus });
      },
      onFault: () => this.faults.push('a fault in the packet path'),
    });
    this.receive.beginVoiceSession({ cipher, dave }, 0);
  }

  static async open(dave = IN_THE_CLEAR): Promise<HeardCall> {
    const libraryFolder = await mkdtemp(path.join(tmpdir(), 'tapedeck-heard-'));
    const recording = await Recording.create({
      libraryFolder,
      place: { guild: { id: '1', name: 'g' }, channel: { id: '2', name: 'c', kind: 'voice' } },
      app: 'tapedeck 0.0.0',
      transport: cipher.mode,
      consent: {},
      log: silentLog,
      timeZone: 'UTC',
      clock: { monotonicMs: () => 0, wallMs: () => Date.now() },
      onDiskError: (error) => {
        throw error;
      },
    });
    return new HeardCall(recording, libraryFolder, dave);
  }

  /** A packet arrives; everything that is due before is done first, every 20 ms. */
  hear({ fields, payload }: HeardPacket, atMs: number): void {
    this.tickUntil(atMs);
    this.receive.receive(cipher.seal(fields, payload), 'rtp', atMs);
  }

  tickUntil(atMs: number): void {
    for (; this.#tickedMs < atMs; this.#tickedMs += 20) this.receive.tick(this.#tickedMs);
  }

  /** What stands in the manifest of that person's track. */
  counts(userId: string): TrackCounts {
    const speaker = this.receive.speakers().find((each) => each.userId === userId);
    if (speaker === undefined) throw new Error(`${userId} has no track`);
    return this.receive.counts(speaker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#recording.discard();
    await rm(this.#libraryFolder, { recursive: true, force: true });
  }
}
