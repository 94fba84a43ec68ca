import { SAMPLE_RATE_HZ, SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { writeChunk, writeText } from './riff-chunk.ts';

/** What a broadcast extension says about the file's first sample. */
export interface BroadcastInfo {
  /** Free text, cut to 256 bytes. */
  readonly description: string;
  /** Program that made the recording, cut to 32 bytes. */
  readonly originator: string;
  /** When sample 0 of the recording was, in milliseconds since 1970. */
  readonly recordingStartedAtMs: number;
  /** Which sample of the recording is the file's first. */
  readonly fromSamples: number;
}

const BODY_BYTES = 602; // without coding history
const VERSION = 1; // 2 would add loudness values, which nobody measured

/**
 * The `bext` chunk (EBU Tech 3285, version 1). Date, time and TimeReference are local wall-clock time, as on the
 * recording's folder: a workstation that lines files up by TimeReference puts all files of a recording in their places,
 * sample-exact.
 */
export function writeBextChunk(info: BroadcastInfo): Uint8Array {
  const start = localStart(info);
  const body = new Uint8Array(BODY_BYTES);
  const view = new DataView(body.buffer);
  body.set(writeText(info.description, 256), 0); // Description
  body.set(writeText(info.originator, 32), 256); // Originator
  // 288: OriginatorReference, 32 bytes, none
  body.set(writeText(start.date, 10), 320); // OriginationDate
  body.set(writeText(start.time, 8), 330); // OriginationTime
  view.setUint32(338, start.samplesSinceMidnight % 2 ** 32, true); // TimeReferenceLow
  view.setUint32(342, Math.floor(start.samplesSinceMidnight / 2 ** 32), true); // TimeReferenceHigh
  view.setUint16(346, VERSION, true);
  return writeChunk('bext', body);
}

/** Local time of the file's first sample. `Date` counts the whole milliseconds; the samples left over are added. */
function localStart(info: BroadcastInfo): {
  date: string;
  time: string;
  samplesSinceMidnight: number;
} {
  const at = new Date(info.recordingStartedAtMs + Math.floor(info.fromSamples / SAMPLES_PER_MS));
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = (at.getHours() * 60 + at.getMinutes()) * 60 + at.getSeconds();
  return {
    date: `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
    samplesSinceMidnight:
      seconds * SAMPLE_RATE_HZ +
      at.getMilliseconds() * SAMPLES_PER_MS +
      (info.fromSamples % SAMPLES_PER_MS),
  };
}
