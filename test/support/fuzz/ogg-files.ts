import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OggOpusMuxer } from '../../../main/ogg/ogg-opus.ts';
import { parseOggPage, writeOggPage, type OggPage } from '../../../main/ogg/ogg-page.ts';
import { scanTrack } from '../../../main/recording/track/scan-track.ts';
import { sealTrack } from '../../../main/recording/track/seal-track.ts';
import {
  openReader,
  readTrack,
  toTrackPacket,
} from '../../../main/recording/track/track-reader.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedBytes } from './changed-bytes.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

/** Every 500th input is a file, which is scanned, sealed and scanned again. */
const INPUTS_A_FILE = 500;

/** Most samples that such a file is sealed to; missing ones become silence. */
const MOST_SEALED_SAMPLES = 96_000;

const GRANULES = [
  -1n,
  0n,
  1n,
  311n,
  312n,
  960n,
  1n << 31n,
  1n << 53n,
  (1n << 63n) - 1n,
  -(1n << 63n),
];
const NUMBERS = [0, 1, 2, 7, 0x7fff_ffff, 0xffff_ffff];

/**
 * Reads wrong Ogg Opus files. Changed pages have the right checksum, so that the reader looks into them; 40 % of files
 * have changed bytes as well.
 */
export async function fuzzOggFiles(options: {
  readonly count: number;
  readonly seed: number;
}): Promise<FuzzReport> {
  const random = new SeededRandom(options.seed);
  const run = new FuzzRun({ kind: 'Ogg files', ...options, hangMs: 5_000 });
  const folder = await mkdtemp(path.join(tmpdir(), 'tapedeck-fuzz-'));
  const file = path.join(folder, '01-x.opus');
  const model = makeTrack();
  while (run.goesOn) {
    const bytes = wrongFile(model, random);
    if (run.tried % INPUTS_A_FILE === INPUTS_A_FILE - 1) {
      await writeFile(file, bytes);
      await run.tryLater(bytes, () => seal(file, random.integer(MOST_SEALED_SAMPLES)));
    } else {
      run.try(bytes, () => read(bytes, { run, random }));
    }
  }
  await rm(folder, { recursive: true, force: true });
  return run.report();
}

/** The pages of a short track. */
function makeTrack(): readonly OggPage[] {
  const muxer = new OggOpusMuxer({ serial: 77, tags: ['USER_ID=11', 'TITLE=ann'] });
  const bytes = [muxer.headerPages()];
  for (let number = 0; number < 60; number += 1) {
    const body = new Uint8Array(number % 20 === 0 ? 600 : 20).fill(number);
    bytes.push(...muxer.push(Buffer.concat([Buffer.of(0x78), body]), 960));
    const page = number % 10 === 9 ? muxer.flush() : null;
    if (page !== null) bytes.push(page);
  }
  muxer.push(Uint8Array.of(0xf8, 0xff, 0xfe), 960);
  const all = Buffer.concat([...bytes, muxer.finish(muxer.granulePosition)]);
  const pages: OggPage[] = [];
  for (let at = 0; at < all.byteLength; at += pages.at(-1)?.byteLength ?? 1) {
    const page = parseOggPage(all, at);
    if (page === null) throw new Error('the model is no Ogg file');
    pages.push(page);
  }
  return pages;
}

function wrongFile(model: readonly OggPage[], random: SeededRandom): Uint8Array {
  const pages = [...model];
  for (let changes = random.integer(3); changes >= 0; changes -= 1) {
    const at = random.integer(pages.length);
    const page = pages[at];
    if (page === undefined) continue;
    const dice = random.next();
    if (dice < 0.1) pages.splice(at, 1);
    else if (dice < 0.2) pages.splice(at, 0, page);
    else if (dice < 0.3)
      pages.splice(at, 1, ...pages.splice(random.integer(pages.length), 1), page);
    else pages[at] = wrongPage(page, random);
  }
  const bytes = Buffer.concat(pages.map((page) => writeOggPage(page)));
  return random.next() < 0.4 ? changedBytes(bytes, random) : bytes;
}

/** The page with one of its fields changed; lacing values still add up to the body's length. */
function wrongPage(page: OggPage, random: SeededRandom): OggPage {
  const number = NUMBERS[random.integer(NUMBERS.length)] ?? 0;
  switch (random.integer(8)) {
    case 0:
      return { ...page, granulePosition: GRANULES[random.integer(GRANULES.length)] ?? 0n };
    case 1:
      return {
        ...page,
        granulePosition: page.granulePosition + BigInt(random.integer(4_000) - 2_000),
      };
    case 2:
      return { ...page, pageSequence: number };
    case 3:
      return { ...page, serial: number };
    case 4: {
      const flag = (): boolean => random.next() < 0.5;
      return { ...page, continued: flag(), bos: flag(), eos: flag() };
    }
    case 5:
      return withBody(page, random.bytes(page.body.byteLength));
    case 6:
      return laced(page, random);
    default: {
      const body = changedBytes(page.body, random);
      return withBody(page, body.subarray(0, page.body.byteLength));
    }
  }
}

function withBody(page: OggPage, bytes: Uint8Array): OggPage {
  const body = new Uint8Array(page.body.byteLength);
  body.set(bytes);
  return { ...page, body };
}

/** The page's body laced into other packets: up to 255 lacing values, some of them 0 and 255. */
function laced(page: OggPage, random: SeededRandom): OggPage {
  const values: number[] = [];
  let left = page.body.byteLength;
  while (left > 0 && values.length < 255) {
    const value = Math.min(left, [0, 1, 2, 3, 254, 255, 255][random.integer(7)] ?? 0);
    values.push(value);
    left -= value;
  }
  const body = page.body.subarray(0, page.body.byteLength - left);
  return { ...page, lacing: Uint8Array.from(values), body };
}

/** Reads the file in pieces of random lengths. */
function read(
  bytes: Uint8Array,
  { run, random }: { readonly run: FuzzRun; readonly random: SeededRandom },
): string {
  const kinds = new Set<string>();
  const reader = openReader({ onFinding: ({ kind }) => kinds.add(kind) });
  let packets = 0;
  for (let at = 0; at < bytes.byteLength;) {
    const end = Math.min(bytes.byteLength, at + 1 + random.integer(2_000));
    for (const packet of reader.feed(bytes.subarray(at, end))) {
      toTrackPacket(packet);
      packets += 1;
    }
    at = end;
  }
  packets += reader.end().length;
  for (const kind of kinds) run.count(`finding: ${kind}`);
  run.count('packets read', packets);
  if (reader.head === null || reader.tags === null) return 'no headers';
  return kinds.size === 0 ? 'read without a finding' : 'read with findings';
}

/** Seals the file to `samples`; throws unless it is then intact. */
async function seal(file: string, samples: number): Promise<string> {
  const before = await scanTrack(file);
  const after = await sealTrack(file, samples, before);
  if (after.findings.length > 0 || after.samples !== samples || !after.headed)
    throw new Error(`sealed, and then ${after.findings[0]?.message ?? String(after.samples)}`);
  let packets = 0;
  for await (const { packet } of readTrack(file)) packets += Math.min(1, packet.byteLength);
  if (packets === 0) throw new Error('sealed, and empty');
  return before.findings.length === 0 ? 'sealed as it was' : 'sealed after damage';
}
