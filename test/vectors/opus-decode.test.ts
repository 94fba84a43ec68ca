// Compares what an export decodes with what other programs decode of the same files: opusdec (opus-tools, libopusfile)
// and ffmpeg with libopus, both with their own Ogg reader, pre-skip and end trimming; inputs also from opusenc.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { concealmentPacket, writeSilence } from '../../main/audio/opus-silence.ts';
import { PersonPcm } from '../../main/export/person-pcm.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { writeTrack } from '../support/recording-folder.ts';
import { encodeVoice, voicePcm } from '../support/voice.ts';

const run = promisify(execFile);

async function ours(file: string, samples: number): Promise<Int16Array> {
  await using person = new PersonPcm([file], { fromSamples: 0, channels: 2 });
  const pcm = new Int16Array(samples * 2);
  await person.read(pcm);
  return pcm;
}

function toPcm(bytes: Uint8Array): Int16Array {
  return new Int16Array(Uint8Array.from(bytes).buffer);
}

async function opusdec(file: string): Promise<Int16Array> {
  const raw = `${file}.raw`;
  await run('opusdec', ['--quiet', '--no-dither', file, raw]); // raw: 16 bit, as many channels as the file
  return toPcm(await readFile(raw));
}

async function ffmpeg(file: string): Promise<Int16Array> {
  const args = ['-v', 'error', '-c:a', 'libopus', '-i', file, '-f', 's16le', '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  return toPcm(stdout);
}

function largestDifference(a: Int16Array, b: Int16Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? 0))), 0);
}

/** Largest difference between ours and each of the others; Infinity when the length is wrong. */
async function differences(file: string, samples: number): Promise<number[]> {
  const pcm = await ours(file, samples);
  const others = [await opusdec(file), await ffmpeg(file)];
  return others.map((other) =>
    other.length === samples * 2 ? largestDifference(pcm, other) : Infinity,
  );
}

describe('a track decoded', () => {
  const samples = 48_000 * 5 + 77;

  test.each([10_000, 24_000, 64_000, 160_000])(
    'at %i bit/s with our silence packets in it',
    async (bitrate) => {
      const file = path.join(await scratchFolder(), 'track.opus');
      const voice = encodeVoice(voicePcm(48_000 * 3, bitrate), bitrate);
      const packets = [
        ...writeSilence(48_000),
        ...voice.slice(0, 70),
        ...writeSilence(24_120),
        ...voice.slice(70),
      ];
      await writeFile(file, writeTrack(packets, samples));
      expect(Math.max(...(await differences(file, samples)))).toBeLessThanOrEqual(1);
    },
  );

  test('with lost packets concealed', async () => {
    const file = path.join(await scratchFolder(), 'track.opus');
    const voice = encodeVoice(voicePcm(48_000 * 4, 9));
    const packets = voice.map((packet, index) =>
      index % 17 > 14 ? concealmentPacket(packet).packet : packet,
    );
    await writeFile(file, writeTrack(packets, samples));
    // Concealment is not standardised: builds of libopus differ by a few of 65536 steps. Observed: 4, in 358 samples.
    expect(Math.max(...(await differences(file, samples)))).toBeLessThanOrEqual(16);
  });

  test.each([['2.5'], ['10'], ['60']])('made by opusenc in frames of %s ms', async (ms) => {
    const folder = await scratchFolder();
    const [raw, file] = [path.join(folder, 'voice.raw'), path.join(folder, 'voice.opus')];
    const voice = voicePcm(48_000 * 2, 3);
    await writeFile(raw, new Uint8Array(voice.buffer));
    const input = ['--raw', '--raw-rate', '48000', '--raw-chan', '2', '--framesize', ms];
    await run('opusenc', ['--quiet', ...input, raw, file]);
    expect(Math.max(...(await differences(file, 48_000 * 2)))).toBeLessThanOrEqual(1);
  });
});
