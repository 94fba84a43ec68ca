// Compares what Chromium's decodeAudioData and opusdec (opus-tools, libopusfile) decode of a track; the packets are
// opusenc's.
import { trackPacket } from '../support/recording-files.ts';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../main/audio/opus-packet.ts';
import { toTimelinePosition } from '../../main/audio/timeline-position.ts';
import { readTrack } from '../../main/recording/track/track-reader.ts';
import { TrackWriter } from '../../main/recording/track/track-writer.ts';
import { Semaphore } from '../../main/recording/track/semaphore.ts';
import { BrowserDecoder } from '../support/browser-decoder.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

let browser: BrowserDecoder;
beforeAll(async () => {
  browser = await BrowserDecoder.open();
}, 60_000);
afterAll(() => browser.close());

const PIECE_SAMPLES = 48_000 / 2;

/** 500 ms of two tones, which a decoder's concealment continues. */
function tones(): Int16Array {
  const pcm = new Int16Array(PIECE_SAMPLES * 2);
  for (let index = 0; index < PIECE_SAMPLES; index += 1) {
    const seconds = index / 48_000;
    pcm[index * 2] = 9_000 * Math.sin(2 * Math.PI * 300 * seconds);
    pcm[index * 2 + 1] = 6_000 * Math.sin(2 * Math.PI * 440 * seconds);
  }
  return pcm;
}

/** The packets that opusenc makes of `wav`. */
async function encoded(options: readonly string[]): Promise<Uint8Array[]> {
  const folder = await scratchFolder();
  const [raw, file] = [path.join(folder, 'tones.raw'), path.join(folder, 'tones.opus')];
  writeFileSync(raw, new Uint8Array(tones().buffer));
  const input = ['--raw', '--raw-rate', '48000', '--raw-chan', '2'];
  execFileSync('opusenc', ['--quiet', ...input, ...options, raw, file], { stdio: 'pipe' });
  const packets: Uint8Array[] = [];
  for await (const { packet } of readTrack(file)) packets.push(Uint8Array.from(packet));
  return packets;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface MadeTrack {
  readonly file: string;
  readonly lost: readonly Stretch[];
}

/** A track with those talkspurts, 500 ms apart, without the packets for which `isLost`. */
async function track(
  talkspurts: readonly (readonly Uint8Array[])[],
  samples: number,
  isLost: (index: number) => boolean = () => false,
): Promise<MadeTrack> {
  const file = path.join(await scratchFolder(), '01-tones.opus');
  const syncs = new Semaphore(1);
  const fail = (error: Error): never => expect.fail(error.message);
  const names = { file: 'tracks/01-tones.opus', path: file, tags: ['ARTIST=tones'] };
  await using writer = new TrackWriter({ ...names, syncs, onError: fail });
  const lost: Stretch[] = [];
  let position = 12_345;
  for (const packets of talkspurts) {
    let lostPackets = 0;
    for (const [index, packet] of packets.entries()) {
      const durationSamples = parseOpusPacket(packet)?.durationSamples ?? 0;
      if (isLost(index)) {
        lost.push({ from: position, to: position + durationSamples });
        lostPackets += 1;
      } else {
        expect(writer.append(toTimelinePosition(position), trackPacket(packet, lostPackets))).toBe(
          'written',
        );
        lostPackets = 0;
      }
      position += durationSamples;
    }
    position += PIECE_SAMPLES;
  }
  expect(await writer.finish(samples)).not.toBeNull();
  return { file, lost };
}

/** What opusdec decodes of the track, channel by channel, −1 to 1. */
function opusdec(file: string): readonly Float32Array[] {
  const options = ['--quiet', '--no-dither', '--force-stereo', '--rate', '48000'];
  const bytes = execFileSync('opusdec', [...options, file, '-'], {
    maxBuffer: 1 << 28,
    stdio: 'pipe',
  });
  const pcm = new Int16Array(Uint8Array.from(bytes).buffer);
  return [0, 1].map((channel) =>
    Float32Array.from(
      { length: pcm.length / 2 },
      (_, index) => (pcm[index * 2 + channel] ?? 0) / 32_768,
    ),
  );
}

/** Largest difference of any sample of any channel. */
function largestDifference(one: readonly Float32Array[], other: readonly Float32Array[]): number {
  return one.reduce((most, pcm, channel) => {
    const against = other[channel] ?? new Float32Array();
    return pcm.reduce(
      (max, value, at) => Math.max(max, Math.abs(value - (against[at] ?? 0))),
      most,
    );
  }, 0);
}

/** Root mean square. */
function loudness(pcm: Float32Array | undefined, { from, to }: Stretch): number {
  const part = pcm?.subarray(from, to) ?? new Float32Array();
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
}

const SHAPES = [
  ['--framesize', '20', '--bitrate', '64'],
  ['--framesize', '2.5', '--bitrate', '96'],
  ['--framesize', '20', '--bitrate', '24', '--downmix-mono'],
  ['--framesize', '60', '--bitrate', '16', '--downmix-mono'],
  ['--framesize', '10', '--bitrate', '48', '--downmix-mono'],
  ['--framesize', '40', '--bitrate', '32'],
  ['--framesize', '5', '--bitrate', '128'],
];

/** One step of 16 bit. */
const STEP = 1 / 32_768;

describe('a browser decodes a track', () => {
  // The end trims part of a packet: 77 samples are no multiple of the shortest.
  const samples = 48_000 * 8 + 77;

  test('of mono and stereo packets of any duration, to the sample', async () => {
    const { file } = await track(await Promise.all(SHAPES.map(encoded)), samples);
    const channels = await browser.decode(readFileSync(file));
    const others = opusdec(file);
    expect(channels.map(({ length }) => length)).toEqual([samples, samples]);
    expect(others.map(({ length }) => length)).toEqual([samples, samples]);
    expect(largestDifference(channels, others)).toBeLessThanOrEqual(STEP);
    expect(loudness(channels[0], { from: 0, to: 12_000 })).toBeLessThan(STEP);
  }, 60_000);

  test('with lost packets concealed at their positions', async () => {
    const isLost = (index: number): boolean => index === 5 || index === 6;
    const talkspurts = await Promise.all(SHAPES.map(encoded));
    const { file, lost } = await track(talkspurts, samples, isLost);
    const channels = await browser.decode(readFileSync(file));
    expect(channels.map(({ length }) => length)).toEqual([samples, samples]);
    // Concealment is not standardised: builds of libopus differ by a few steps.
    expect(largestDifference(channels, opusdec(file))).toBeLessThanOrEqual(16 * STEP);
    expect(lost).toHaveLength(2 * SHAPES.length);
    for (const stretch of lost)
      for (const pcm of channels) expect(loudness(pcm, stretch)).toBeGreaterThan(0.02);
  }, 60_000);
});
