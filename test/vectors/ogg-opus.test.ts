// opusinfo and opusdec (opus-tools, libopusfile) and ffmpeg read what we write; we read what opusenc writes.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OpusEncoder } from '../../main/audio/opus-binding.ts';
import { parseOpusPacket } from '../../main/audio/opus-packet.ts';
import { concealmentPacket, SILENCE_FRAME, writeSilence } from '../../main/audio/opus-silence.ts';
import { OggOpusMuxer, PRE_SKIP } from '../../main/ogg/ogg-opus.ts';
import { OggOpusReader } from '../../main/ogg/ogg-opus-reader.ts';
import type { OggOpusPacket } from '../../main/ogg/ogg-opus-reader.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tapedeck-ogg-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const samplesOf = (packet: Uint8Array): number => parseOpusPacket(packet)?.durationSamples ?? 0;

/** One packet of a tone, 20 ms each. */
function tone(packetCount: number): Uint8Array[] {
  const encoder = new OpusEncoder(48_000, 2);
  return Array.from({ length: packetCount }, (_, packet) => {
    const pcm = new Int16Array(960 * 2).map(
      (_, index) => 9000 * Math.sin(((packet * 960 + (index >> 1)) * 2 * Math.PI * 440) / 48_000),
    );
    return new Uint8Array(encoder.encode(Buffer.from(pcm.buffer)));
  });
}

/** The file of those packets; `cutSamples` are trimmed off the end; flushed after every nth packet. */
function writeFile(
  name: string,
  packets: readonly Uint8Array[],
  { cutSamples = 0, flushEvery = 0 }: { cutSamples?: number; flushEvery?: number } = {},
): { file: string; samples: number } {
  const muxer = new OggOpusMuxer({ serial: 0xdecaf, tags: ['TITLE=Tapedeck', 'ARTIST=Žofie'] });
  const out: Uint8Array[] = [muxer.headerPages()];
  packets.forEach((packet, index) => {
    out.push(...muxer.push(packet, samplesOf(packet)));
    const page = flushEvery > 0 && index % flushEvery === 0 ? muxer.flush() : null;
    if (page !== null) out.push(page);
  });
  const end = muxer.granulePosition - BigInt(cutSamples);
  out.push(muxer.finish(end));
  const file = path.join(folder, `${name}.opus`);
  writeFileSync(file, Buffer.concat(out));
  return { file, samples: Number(end) - PRE_SKIP };
}

function ffmpegSamples(file: string): number {
  const args = ['-v', 'error', '-i', file, '-f', 's16le', '-ac', '2', '-ar', '48000', '-'];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
  expect(stderr.toString()).toBe('');
  return stdout.byteLength / 4;
}

function opusdecSamples(file: string): number {
  const args = ['--quiet', '--rate', '48000', '--force-stereo', file, '-'];
  return execFileSync('opusdec', args, { maxBuffer: 2 ** 28, stdio: 'pipe' }).byteLength / 4;
}

const speech = tone(60);
const talkspurts = [
  ...writeSilence(360), // from the pre-skip to the grid
  ...speech.slice(0, 30),
  ...new Array<Uint8Array>(5).fill(SILENCE_FRAME),
  ...writeSilence(48_000 * 3 + 1320),
  ...speech.slice(30, 40),
  concealmentPacket(speech[39] ?? SILENCE_FRAME).packet,
  concealmentPacket(speech[39] ?? SILENCE_FRAME).packet,
  ...speech.slice(42),
];

describe('Ogg Opus files we write', () => {
  const files: [string, () => { file: string; samples: number }][] = [
    ['a tone', () => writeFile('tone', speech)],
    ['talkspurts, silence and concealment', () => writeFile('talkspurts', talkspurts)],
    ['pages of three packets', () => writeFile('flushed', talkspurts, { flushEvery: 3 })],
    ['a trimmed end', () => writeFile('trimmed', speech, { cutSamples: 959 })],
    [
      'a last page of one trimmed packet',
      () => writeFile('last', speech, { cutSamples: 500, flushEvery: 58 }),
    ],
    ['an end without packets', () => writeFile('bare-end', speech, { flushEvery: 1 })],
    [
      'full pages of 255 silence packets',
      () => writeFile('full', new Array<Uint8Array>(600).fill(Uint8Array.of(0xe0, 0xff, 0xfe))),
    ],
    ['a minute of silence', () => writeFile('long', writeSilence(48_000 * 60))],
    ['one packet', () => writeFile('one', writeSilence(960), { cutSamples: 3 })],
  ];

  test.each(files)('%s: opusinfo has no warning', (_name, make) => {
    const { file } = make();
    const { stdout, stderr, status } = spawnSync('opusinfo', [file], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toMatch(/warning|error|invalid|negative|hole/i);
    expect(stdout).toContain('ARTIST=Žofie');
    expect(status).toBe(0);
  });

  test.each(files)(
    '%s: ffmpeg and opusdec decode it to the exact sample',
    (_name, make) => {
      const { file, samples } = make();
      expect({ ffmpeg: ffmpegSamples(file), opusdec: opusdecSamples(file) }).toEqual({
        ffmpeg: samples,
        opusdec: samples,
      });
    },
    30_000,
  );

  test('ffprobe names the stream as we wrote it', () => {
    const { file, samples } = writeFile('probed', speech, { cutSamples: 7 });
    const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', file];
    const probe: unknown = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' }));
    expect(probe).toMatchObject({
      streams: [
        { codec_name: 'opus', channels: 2, sample_rate: '48000', duration_ts: samples + PRE_SKIP },
      ],
    });
  });
});

describe('Ogg Opus files of opusenc', () => {
  const wave = path.join(folder, 'sweep.wav');
  beforeAll(() => {
    const source = 'aevalsrc=sin(2*PI*(200*t+200*t*t))|sin(2*PI*300*t):s=48000:d=3.217';
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, wave]);
  });

  test.each([
    [['--framesize', '2.5'], 120],
    [['--framesize', '5'], 240],
    [['--framesize', '10'], 480],
    [['--framesize', '20'], 960],
    [['--framesize', '40', '--bitrate', '16'], 1920],
    [['--framesize', '60', '--bitrate', '24', '--downmix-mono'], 2880],
    [['--framesize', '20', '--hard-cbr', '--bitrate', '510'], 960],
    [['--framesize', '20', '--bitrate', '8', '--downmix-mono'], 960],
    [['--framesize', '60', '--bitrate', '256', '--max-delay', '0'], 2880],
  ])('%j: every page, packet and duration is right', (options, packetSamples) => {
    const file = path.join(folder, 'encoded.opus');
    execFileSync('opusenc', ['--quiet', ...options, '--comment', 'NOTE=x', wave, file], {
      stdio: 'pipe',
    });
    const findings: unknown[] = [];
    const reader = new OggOpusReader({
      packetSamples: (packet) => parseOpusPacket(packet)?.durationSamples ?? null,
      onFinding: (finding) => findings.push(finding),
    });
    const bytes = new Uint8Array(readFileSync(file));
    const packets: OggOpusPacket[] = [];
    for (let at = 0; at < bytes.byteLength; at += 1000) {
      packets.push(...reader.feed(bytes.slice(at, at + 1000)));
    }
    packets.push(...reader.end());
    expect(findings).toEqual([]);
    expect(new Set(packets.map(({ durationSamples }) => durationSamples))).toEqual(
      new Set([packetSamples]),
    );
    expect(reader.tags?.comments).toContain('NOTE=x');
    const samples = Number(reader.endGranule) - (reader.head?.preSkip ?? 0);
    expect(samples).toBe(Math.round(3.217 * 48_000));
    expect(ffmpegSamples(file)).toBe(samples);
    const decoder = new OpusEncoder(48_000, 2);
    const wrong = packets.filter(
      ({ packet, durationSamples }) =>
        decoder.decode(Buffer.from(packet)).byteLength !== 4 * durationSamples,
    );
    expect(wrong).toEqual([]);
  });
});
