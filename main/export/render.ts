import { ExportError } from './export-error.ts';
import { MixdownPcm } from './mixdown-pcm.ts';
import type { PcmSource } from './pcm-source.ts';
import { BLOCK_FRAMES } from './pcm-source.ts';
import { PersonPcm } from './person-pcm.ts';
import { channelCount } from './sample-format.ts';
import { CHUNK_FRAMES, WavFile } from './wav-file.ts';
import type { WavDescription } from './wav-header.ts';
import { layOutWav } from './wav-header.ts';
import type { WrittenTrack } from './wav-pcm.ts';

/** One file to write; plain data that can be sent to a worker thread. `file` must not exist. */
export type RenderJob = {
  readonly file: string;
  readonly wav: WavDescription;
} & (
  | {
      readonly kind: 'person';
      /** Ogg Opus files of one person, absolute. */
      readonly tracks: readonly string[];
      readonly fromSamples: number;
    }
  | { readonly kind: 'mixdown'; readonly tracks: readonly WrittenTrack[] }
);

/** The file that a job wrote. */
export interface RenderedFile extends WrittenTrack {
  readonly bytes: number;
  readonly sha256: string;
  /** Packets that the decoder refused; each is silence of its duration. */
  readonly refusedCount: number;
}

/** How a running job and its owner talk. */
export interface RenderHooks {
  /** Asked before each chunk; true ends the job with ExportError 'cancelled'. */
  readonly isCancelled: () => boolean;
  /** Samples written so far, after each chunk. */
  readonly onProgress: (samplesDone: number) => void;
}

/** Writes one file from front to back in bounded memory. On any throw the file is removed. */
export async function renderFile(job: RenderJob, hooks: RenderHooks): Promise<RenderedFile> {
  const { file, wav } = job;
  const channels = channelCount(wav.format.channels);
  const sounding = new Uint8Array(Math.ceil(wav.samples / BLOCK_FRAMES));
  await using source = await openSource(job);
  await using target = await WavFile.create(file, wav);
  for (let done = 0; done < wav.samples;) {
    if (hooks.isCancelled()) throw new ExportError('cancelled', `cancelled while writing ${file}`);
    const frames = Math.min(CHUNK_FRAMES, wav.samples - done);
    const chunk = target.chunk(frames);
    for (let at = 0; at < frames; at += BLOCK_FRAMES) {
      const block = chunk.subarray(at * channels, (at + BLOCK_FRAMES) * channels);
      if (await source.read(block)) sounding[(done + at) / BLOCK_FRAMES] = 1;
    }
    const firstBlock = done / BLOCK_FRAMES;
    const endBlock = Math.ceil((done + frames) / BLOCK_FRAMES);
    await target.write(chunk, sounding.subarray(firstBlock, endBlock));
    done += frames;
    hooks.onProgress(done);
  }
  const written = await target.finish();
  const refusedCount = source instanceof PersonPcm ? source.refusedCount : 0;
  const headerBytes = layOutWav(wav).header.byteLength;
  return { file, headerBytes, sounding, refusedCount, ...written };
}

async function openSource(job: RenderJob): Promise<PcmSource> {
  if (job.kind === 'mixdown') return await MixdownPcm.open(job.tracks, job.wav);
  const channels = channelCount(job.wav.format.channels);
  return new PersonPcm(job.tracks, { fromSamples: job.fromSamples, channels });
}
