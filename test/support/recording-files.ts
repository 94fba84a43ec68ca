import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog } from '../../main/base/log.ts';
import type { TrackPacket, TrackWriter } from '../../main/recording/track/track-writer.ts';
import { NO_REJECTS } from '../../main/recording/manifest.ts';
import type { RecordingOptions, RecordingResult } from '../../main/recording/recording.ts';
import { parseOpusPacket } from '../../main/audio/opus-packet.ts';
import { toTimelinePosition } from '../../main/audio/timeline-position.ts';
import { OpusEncoder } from '../../main/audio/opus-binding.ts';

/** An empty library in a temporary folder, deleted when disposed. */
export async function temporaryLibrary(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tapedeck-recording-'));
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A clock that only moves by `pass`. */
export function manualClock(wallMs = Date.UTC(2026, 10, 24, 3, 20, 57)) {
  let now = 0;
  return {
    monotonicMs: () => now,
    wallMs: () => wallMs + now,
    pass: (ms: number) => (now += ms),
  };
}

export function recordingOptions(
  libraryFolder: string,
  change: Partial<RecordingOptions> = {},
): RecordingOptions {
  const clock = change.clock ?? manualClock();
  return {
    libraryFolder,
    place: {
      guild: { id: '100', name: 'Tape Lovers' },
      channel: { id: '200', name: 'Studio', kind: 'voice' },
    },
    app: 'tapedeck 0.1.0',
    transport: 'aead_aes256_gcm_rtpsize',
    consent: { chat: null, none: true },
    log: silentLog,
    clock,
    timeZone: 'UTC',
    onDiskError: (error) => {
      throw error;
    },
    ...change,
  };
}

/** Real Opus packets of 20 ms: a tone, encoded by libopus. */
export function tonePackets(count: number, hertz = 440): Uint8Array[] {
  const encoder = new OpusEncoder(48_000, 2);
  return Array.from({ length: count }, (_, index) => {
    const pcm = new Int16Array(960 * 2);
    for (let sample = 0; sample < 960; sample += 1) {
      const phase = (2 * Math.PI * hertz * (index * 960 + sample)) / 48_000;
      pcm.fill(Math.round(8_000 * Math.sin(phase)), sample * 2, sample * 2 + 2);
    }
    return Uint8Array.from(encoder.encode(Buffer.from(pcm.buffer)));
  });
}

/** The result of a recording without losses, rejects or faults. */
export function ending(
  end: Pick<RecordingResult, 'reason' | 'samples'> & Partial<RecordingResult>,
): RecordingResult {
  const dave = { version: 0, transitions: 0 };
  return { counts: new Map(), rejected: NO_REJECTS, faults: 0, dave, ...end };
}

/** An Opus packet in the form that `TrackWriter.append` takes. */
export function trackPacket(opus: Uint8Array | undefined, lostBefore = 0): TrackPacket {
  const shape = opus === undefined ? null : parseOpusPacket(opus);
  if (opus === undefined || shape === null) throw new Error('no Opus packet');
  return { opus, shape, lostBefore };
}

/** Appends packets of 20 ms one behind the other, from `position` on. */
export function speak(track: TrackWriter, position: number, packets: readonly Uint8Array[]): void {
  packets.forEach((packet, index) => {
    track.append(toTimelinePosition(position + index * 960), trackPacket(packet));
  });
}

/** Number of samples that opusdec decodes from a track, at 48 kHz. */
export function decodedSamples(file: string): number {
  const raw = execFileSync('opusdec', ['--quiet', '--rate', '48000', file, '-'], {
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return raw.byteLength / 4;
}

/** What opusinfo prints about a track. */
export function opusInfo(file: string): string {
  return execFileSync('opusinfo', [file], { encoding: 'utf8' });
}

/** Number of samples that ffmpeg decodes from a track. */
export function ffmpegSamples(file: string): number {
  const raw = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-f', 's16le', '-ac', '2', '-ar', '48000', '-'],
    { maxBuffer: 1 << 28 },
  );
  return raw.byteLength / 4;
}

/** The object in a JSON file. */
export async function readJson(file: string): Promise<object> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`${file} holds no object`);
  return value;
}
