import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const MOST_OUTPUT = 1 << 28;

/** One packet of an Ogg Opus file as ffprobe sees it. */
export interface ProbedPacket {
  /** Its first sample, with pre-skip subtracted. */
  readonly position: number;
  readonly durationSamples: number;
  readonly byteLength: number;
  readonly sha256: string;
}

const probed = z.object({
  packets: z.array(
    z.object({
      pts: z.number(),
      duration: z.number(),
      size: z.string(),
      data_hash: z.string(),
    }),
  ),
});

/** Every packet of the file, in order, by ffprobe. */
export async function probePackets(file: string): Promise<ProbedPacket[]> {
  const show = ['-show_entries', 'packet=pts,duration,size,data_hash', '-of', 'json'];
  const words = ['-v', 'error', ...show, '-show_data_hash', 'SHA256', file];
  const { stdout } = await run('ffprobe', words, { maxBuffer: MOST_OUTPUT });
  return probed.parse(JSON.parse(stdout)).packets.map((packet) => ({
    position: packet.pts,
    durationSamples: packet.duration,
    byteLength: Number(packet.size),
    sha256: packet.data_hash.replace('SHA256:', ''),
  }));
}

const probedWav = z.object({
  streams: z.tuple([
    z.object({ sample_rate: z.string(), channels: z.number(), duration_ts: z.number() }),
  ]),
});

/** The one stream of a WAV file as ffprobe sees it. */
export async function probeWav(
  file: string,
): Promise<{ readonly sampleRateHz: number; readonly channels: number; readonly samples: number }> {
  const show = ['-show_entries', 'stream=sample_rate,channels,duration_ts', '-of', 'json'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...show, file]);
  const [stream] = probedWav.parse(JSON.parse(stdout)).streams;
  const { sample_rate: rate, channels, duration_ts: samples } = stream;
  return { sampleRateHz: Number(rate), channels, samples };
}

/** How many samples ffmpeg decodes from the file; streams, so the file may be of any length. */
export async function ffmpegLength(file: string): Promise<number> {
  const words = ['-v', 'error', '-i', file, '-f', 's16le', '-ac', '2', '-ar', '48000', '-'];
  const ffmpeg = spawn('ffmpeg', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  let bytes = 0;
  ffmpeg.stdout.on('data', (piece: Buffer) => (bytes += piece.byteLength));
  const code = await new Promise<number | null>((resolve) => ffmpeg.on('close', resolve));
  if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)}`);
  return bytes / 4;
}

/** Warnings and errors that opusinfo prints; none for an intact file. */
export async function opusComplaints(file: string): Promise<string[]> {
  const { stdout, stderr } = await run('opusinfo', [file]);
  return `${stdout}${stderr}`.split('\n').filter((line) => /warning|error/i.test(line));
}
