import { randomInt } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { replaceBy, syncFile } from '../../base/replace-file.ts';
import { OggOpusMuxer, PRE_SKIP } from '../../ogg/ogg-opus.ts';
import { openRegular } from '../open-regular.ts';
import { scanTrack, type TrackScan } from './scan-track.ts';
import { readTrack } from './track-reader.ts';
import { granuleOf, silence, toGrid, toLastPage, type TimedPacket } from './track-stream.ts';

/** With more than this waiting, pages are written. */
const BATCH_BYTES = 256 * 1024;

/** Findings of a file that is damaged only at its end. */
const AT_THE_END = ['truncated', 'end'];

/**
 * Gives a track's file (absolute path) a valid end at `samples`: silence up to there, last page, synced. A file torn at
 * its end is completed in place; a file damaged elsewhere is made anew from its packets; a complete file stays as it is.
 * `before`: a scan of the file. Returns a scan of the result. Throws the system's error.
 */
export async function sealTrack(
  file: string,
  samples: number,
  before?: TrackScan,
): Promise<TrackScan> {
  const scan = before ?? (await scanTrack(file));
  if (scan.headed && scan.ended && scan.findings.length === 0 && scan.samples === samples)
    return scan;
  const torn = scan.findings.every(({ kind }) => AT_THE_END.includes(kind));
  if (torn && scan.headed && scan.goesOn !== null) {
    await writeOn(file, { samples, scan });
    const after = await scanTrack(file);
    if (after.findings.length === 0 && after.samples === samples) return after;
  }
  await makeAnew(file, { samples, scan });
  return scanTrack(file);
}

/** Missing silence is appended unless the file has its last page already: cut short, the file keeps its packets. */
async function writeOn(file: string, to: { samples: number; scan: TrackScan }): Promise<void> {
  const { goesOn, ended } = to.scan;
  if (goesOn === null) return;
  // Only a page with packets can end the stream: where no silence is missing, the last page is written again.
  const lastPage =
    ended || missingAfter(endOf(to.scan), to.samples) === 0 ? to.scan.lastPage : null;
  const packets = lastPage?.packets ?? [];
  const lastPageSamples = packets.reduce((sum, { durationSamples }) => sum + durationSamples, 0);
  const muxer = OggOpusMuxer.resume({
    serial: goesOn.serial,
    pageSequence: lastPage === null ? goesOn.pageSequence : goesOn.pageSequence - 1,
    granulePosition: endOf(to.scan) - BigInt(lastPageSamples),
  });
  await using handle = await openRegular(file, 'change');
  const pages = new PageWriter(handle, lastPage?.offset ?? goesOn.offset);
  for (const packet of packets) await pages.push(muxer, packet);
  await finish(muxer, pages, to.samples);
}

/** Samples of silence between `end`, a granule position, and the end of a track of `samples`. */
function missingAfter(end: bigint, samples: number): number {
  return Math.max(0, toGrid(Number(granuleOf(samples))) - Number(end));
}

/** Granule position at which the packets end, before end trimming. */
function endOf({ goesOn }: TrackScan): bigint {
  return goesOn?.granulePosition ?? 0n;
}

async function makeAnew(
  file: string,
  { samples, scan }: { readonly samples: number; readonly scan: TrackScan },
): Promise<void> {
  const serial = scan.goesOn?.serial; // `findTracks` tells copies of a track by its serial
  await replaceBy(file, (handle) =>
    copyPackets(file, { handle, samples, tags: scan.comments, serial }),
  );
}

async function copyPackets(
  file: string,
  to: {
    readonly handle: FileHandle;
    readonly samples: number;
    readonly tags: readonly string[];
    readonly serial: number | undefined;
  },
): Promise<void> {
  const { handle, samples, tags, serial } = to;
  const muxer = new OggOpusMuxer({ serial: serial ?? randomInt(0x1_0000_0000), tags });
  const pages = new PageWriter(handle, 0);
  await pages.write(muxer.headerPages());
  const end = toGrid(Number(granuleOf(samples)));
  for await (const { position, durationSamples, packet } of readTrack(file)) {
    const start = toGrid(position + PRE_SKIP);
    const hole = start - Number(muxer.granulePosition);
    if (hole < 0 || start >= end) continue; // the packet's place is taken, or behind the end
    for (const quiet of silence(hole)) await pages.push(muxer, quiet);
    await pages.push(muxer, { packet, durationSamples });
  }
  await finish(muxer, pages, samples);
}

async function finish(muxer: OggOpusMuxer, pages: PageWriter, samples: number): Promise<void> {
  const missing = missingAfter(muxer.granulePosition, samples);
  for (const quiet of silence(missing)) await pages.push(muxer, quiet);
  const last = muxer.flush();
  if (last !== null) await pages.write(last);
  await pages.end(granuleOf(samples));
}

/** Writes pages into a file from an offset on; holds the newest page back, which `end` makes the last of the stream. */
class PageWriter {
  readonly #handle: FileHandle;
  #offset: number;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #last: Uint8Array | null = null;

  constructor(handle: FileHandle, offset: number) {
    this.#handle = handle;
    this.#offset = offset;
  }

  async push(muxer: OggOpusMuxer, { packet, durationSamples }: TimedPacket): Promise<void> {
    for (const page of muxer.push(packet, durationSamples)) await this.write(page);
  }

  async write(page: Uint8Array): Promise<void> {
    if (this.#last !== null) this.#add(this.#last);
    this.#last = page;
    if (this.#batchBytes > BATCH_BYTES) await this.#flush();
  }

  /** Writes the newest page as the last one (EOS), cuts the file behind it, and syncs. */
  async end(granulePosition: bigint): Promise<void> {
    if (this.#last !== null) this.#add(toLastPage(this.#last, granulePosition));
    await this.#flush();
    await this.#handle.truncate(this.#offset);
    await syncFile(this.#handle);
  }

  #add(page: Uint8Array): void {
    this.#batch.push(page);
    this.#batchBytes += page.byteLength;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    for (let done = 0; done < bytes.byteLength;) {
      const rest = bytes.byteLength - done;
      const { bytesWritten } = await this.#handle.write(bytes, done, rest, this.#offset);
      done += bytesWritten;
      this.#offset += bytesWritten;
    }
  }
}
