import { SAMPLE_RATE_HZ, SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { wallTime } from '../base/time-zone.ts';
import { writeChunk, writeText } from './riff-chunk.ts';

/** What a broadcast extension says about the file's first sample. */
export interface BroadcastInfo {
  /** Free text, cut to 256 bytes. */
  readonly description: string;
  /** Program that made the recording, cut to 32 bytes. */
  readonly originator: string;
  /** When sample 0 of the recording was, in milliseconds since 1970. */
  readonly recordingStartedAtMs: number;
  /** Zone of the computer that recorded, by its IANA name. */
  readonly timeZone: string;
  /** Which sample of the recording is the file's first. */
  readonly fromSamples: number;
}

const BODY_BYTES = 602; // without coding history
const VERSION = 1; // 2 would add loudness values, which nobody measured

/**
 * The `bext` chunk (EBU Tech 3285, version 1). Date, time and TimeReference are the time of day where it was recorded,
 * as on the recording's folder: a workstation that lines files up by TimeReference puts all files of a recording in their places,
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

/** Time of day of the file's first sample: of its whole milliseconds, and the samples left over. */
function localStart(info: BroadcastInfo): {
  date: string;
  time: string;
  samplesSinceMidnight: number;
} {
  const atMs = info.recordingStartedAtMs + Math.floor(info.fromSamples / SAMPLES_PER_MS);
  const { year, month, day, hour, minute, second } = wallTime(atMs, info.timeZone);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = (hour * 60 + minute) * 60 + second;
  return {
    date: `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}:${two(second)}`,
    samplesSinceMidnight:
      seconds * SAMPLE_RATE_HZ +
      (((atMs % 1000) + 1000) % 1000) * SAMPLES_PER_MS +
      (info.fromSamples % SAMPLES_PER_MS),
  };
}
