// Other programs read our WAVs: wavefile 11 (one kind of metadata at a time, as it cannot read its own cues beside
// tags), and ffmpeg 5 for RF64, which soxi 14.4 does not know.
import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import wavefile from 'wavefile';
import { writeSamples } from '../../main/export/sample-format.ts';
import type { Cue } from '../../main/export/wav-cues.ts';
import type { WavDescription } from '../../main/export/wav-header.ts';
import { layOutWav } from '../../main/export/wav-header.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const run = promisify(execFile);

function describeWav(change: Partial<WavDescription>): WavDescription {
  return {
    format: { bitDepth: '16', channels: 'stereo' },
    samples: 2,
    broadcast: {
      description: 'maya, guild - channel',
      originator: 'tapedeck 0.1.0',
      recordingStartedAtMs: Date.UTC(2026, 10, 23, 9, 15, 30, 123),
      timeZone: 'Europe/Paris',
      fromSamples: 0,
    },
    cues: [],
    ...change,
  };
}

function wholeFile(wav: WavDescription, pcm: Int16Array): Uint8Array {
  const { header, paddingBytes } = layOutWav(wav);
  const data = writeSamples(pcm, wav.format.bitDepth, new ArrayBuffer(pcm.length * 4));
  return Buffer.concat([header, data, Buffer.alloc(paddingBytes)]);
}

describe('wavefile reads', () => {
  const pcm = Int16Array.of(1, -1, 32_767, -32_768);

  test.each([
    ['16', 1, [1, -1, 32_767, -32_768]],
    ['24', 256, [256, -256, 8_388_352, -8_388_608]],
    ['32f', 1 / 32_768, [1 / 32_768, -1 / 32_768, 32_767 / 32_768, -1]],
  ] as const)('the samples of %s bit', (bitDepth, _, values) => {
    const wav = describeWav({ format: { bitDepth, channels: 'mono' }, samples: 4 });
    const file = new wavefile.WaveFile(wholeFile(wav, pcm));
    expect(file.bitDepth).toBe(bitDepth);
    expect([...file.getSamples(true, Float64Array)]).toEqual(values);
  });

  test('an odd number of 24-bit samples with its padding', () => {
    const wav = describeWav({ format: { bitDepth: '24', channels: 'mono' }, samples: 3 });
    const bytes = wholeFile(wav, pcm.subarray(0, 3));
    expect(bytes.byteLength % 2).toBe(0);
    expect(new wavefile.WaveFile(bytes).getSamples(true)).toHaveLength(3);
  });

  test('the broadcast extension', () => {
    const { bext } = new wavefile.WaveFile(wholeFile(describeWav({}), pcm));
    expect(bext).toMatchObject({
      originator: 'tapedeck 0.1.0'.padEnd(32, '\0'),
      originationDate: '2026-11-23',
      originationTime: '10:15:30',
      timeReference: [((10 * 60 + 15) * 60 + 30) * 48_000 + 123 * 48, 0],
      version: 1,
    });
  });

  test('markers and gaps by name, place and length', () => {
    const cues: Cue[] = [
      { samples: 480, lengthSamples: 0, label: 'Prüfung' },
      { samples: 4800, lengthSamples: 9600, label: 'reconnect' },
    ];
    const file = new wavefile.WaveFile(wholeFile(describeWav({ cues }), pcm));
    expect(file.listCuePoints()).toMatchObject([
      { position: 10, label: 'Prüfung' },
      { position: 100, end: 300, label: 'reconnect' },
    ]);
  });
});

describe('above 4 GiB', () => {
  test.each(['16', '24', '32f'] as const)(
    'ffmpeg finds the length and the last sample of %s bit RF64',
    async (bitDepth) => {
      const samples = 1_200_000_001;
      const wav = describeWav({ format: { bitDepth, channels: 'stereo' }, samples });
      const { header, fileBytes } = layOutWav(wav);
      const last = writeSamples(Int16Array.of(1234, -4321), bitDepth, new ArrayBuffer(8));
      const file = path.join(await scratchFolder(), 'large.wav');
      const handle = await open(file, 'w');
      await handle.write(header);
      await handle.write(last, 0, last.byteLength, fileBytes - last.byteLength); // sparse: takes no space
      await handle.close();

      const entries = [
        '-show_entries',
        'stream=duration_ts:format=size',
        '-of',
        'default=nw=1:nk=1',
      ];
      const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, file]);
      expect(stdout.trim().split('\n').map(Number)).toEqual([samples, fileBytes]);

      const from = ['-ss', String(Math.floor(samples / 48_000))];
      const args = ['-v', 'error', ...from, '-i', file, '-f', 's16le', '-'];
      const tail = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 24 });
      expect(tail.stdout.byteLength).toBe((samples % 48_000) * 4);
      const end = tail.stdout.subarray(-4);
      expect([end.readInt16LE(0), end.readInt16LE(2)]).toEqual([1234, -4321]);
    },
  );
});
