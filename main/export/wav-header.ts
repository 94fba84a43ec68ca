import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import type { BroadcastInfo } from './wav-bext.ts';
import { writeBextChunk } from './wav-bext.ts';
import type { Cue } from './wav-cues.ts';
import { writeCueChunks } from './wav-cues.ts';
import { concatBytes, MAX_UINT32, writeChunk, writeFourCc } from './riff-chunk.ts';
import type { SampleFormat } from './sample-format.ts';
import { bytesPerFrame, bytesPerValue, channelCount } from './sample-format.ts';

/** Everything a WAV says about itself. `samples` counts one channel. */
export interface WavDescription {
  readonly format: SampleFormat;
  readonly samples: number;
  readonly broadcast: BroadcastInfo;
  readonly cues: readonly Cue[];
}

/** The three parts of a file: header, `dataBytes` of samples, and the padding after an odd number of them. */
export interface WavLayout {
  /** Everything before the first sample. */
  readonly header: Uint8Array;
  readonly dataBytes: number;
  /** 0 or 1. */
  readonly paddingBytes: number;
  readonly fileBytes: number;
}

const PCM = 1;
const IEEE_FLOAT = 3;
const RIFF_HEADER_BYTES = 12;
const DS64_BODY_BYTES = 28;

/**
 * Lays a WAV out around a known number of samples, so that its header is final before the first sample is written. All
 * metadata stands before the data. RIFF while the file's size fits into 32 bits (`riffLimitBytes` is lower in tests
 * only), else RF64. RF64 has a `ds64` chunk where RIFF has a `JUNK` chunk of the same size (EBU Tech 3306).
 */
export function layOutWav(wav: WavDescription, riffLimitBytes: number = MAX_UINT32): WavLayout {
  const dataBytes = wav.samples * bytesPerFrame(wav.format);
  const paddingBytes = dataBytes % 2;
  const chunks = concatBytes([
    writeBextChunk(wav.broadcast),
    writeFormatChunks(wav.format, wav.samples),
    writeCueChunks(wav.cues),
  ]);
  const headerBytes = RIFF_HEADER_BYTES + 8 + DS64_BODY_BYTES + chunks.byteLength + 8;
  const fileBytes = headerBytes + dataBytes + paddingBytes;
  const riffBytes = fileBytes - 8;
  const large = riffBytes >= riffLimitBytes;

  const riff = new Uint8Array(RIFF_HEADER_BYTES);
  const riffView = new DataView(riff.buffer);
  writeFourCc(riffView, 0, large ? 'RF64' : 'RIFF');
  riffView.setUint32(4, large ? MAX_UINT32 : riffBytes, true);
  writeFourCc(riffView, 8, 'WAVE');

  const ds64 = new Uint8Array(DS64_BODY_BYTES);
  if (large) {
    const view = new DataView(ds64.buffer);
    view.setBigUint64(0, BigInt(riffBytes), true); // size of RF64 block
    view.setBigUint64(8, BigInt(dataBytes), true); // size of data chunk
    view.setBigUint64(16, BigInt(wav.samples), true); // sample count
    view.setUint32(24, 0, true); // length of the table: no other chunk is large
  }

  const data = new Uint8Array(8);
  const dataView = new DataView(data.buffer);
  writeFourCc(dataView, 0, 'data');
  dataView.setUint32(4, large ? MAX_UINT32 : dataBytes, true);

  const header = concatBytes([riff, writeChunk(large ? 'ds64' : 'JUNK', ds64), chunks, data]);
  return { header, dataBytes, paddingBytes, fileBytes };
}

/** `fmt `, and for float the `fact` that every format but PCM needs (Multimedia Data Standards Update 3.0, 1994). */
function writeFormatChunks(format: SampleFormat, samples: number): Uint8Array {
  const float = format.bitDepth === '32f';
  const body = new Uint8Array(float ? 18 : 16);
  const view = new DataView(body.buffer);
  view.setUint16(0, float ? IEEE_FLOAT : PCM, true); // wFormatTag
  view.setUint16(2, channelCount(format.channels), true); // nChannels
  view.setUint32(4, SAMPLE_RATE_HZ, true); // nSamplesPerSec
  view.setUint32(8, SAMPLE_RATE_HZ * bytesPerFrame(format), true); // nAvgBytesPerSec
  view.setUint16(12, bytesPerFrame(format), true); // nBlockAlign
  view.setUint16(14, bytesPerValue(format.bitDepth) * 8, true); // wBitsPerSample
  const chunk = writeChunk('fmt ', body); // float: cbSize 0 follows
  if (!float) return chunk;
  const fact = new Uint8Array(4);
  new DataView(fact.buffer).setUint32(0, Math.min(samples, MAX_UINT32), true);
  return concatBytes([chunk, writeChunk('fact', fact)]);
}
