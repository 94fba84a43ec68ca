import { describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../../main/audio/opus-packet.ts';
import type { OggFinding } from '../../../main/ogg/ogg-finding.ts';
import { parseOggPage, writeOggPage } from '../../../main/ogg/ogg-page.ts';
import type { OggPage } from '../../../main/ogg/ogg-page.ts';
import { OggOpusMuxer } from '../../../main/ogg/ogg-opus.ts';
import { OggOpusReader } from '../../../main/ogg/ogg-opus-reader.ts';
import type { OggOpusPacket } from '../../../main/ogg/ogg-opus-reader.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const random = new SeededRandom(11);

/** Packets of 20 ms with random content, so that no two are the same. */
const PACKETS = Array.from({ length: 90 }, (_, index) =>
  Uint8Array.of(0x78, ...random.bytes(index === 20 ? 1200 : 20 + random.integer(50))),
);

/** The pages of a stream: two of headers, then seven packets each, the last one trimmed by 100 samples. */
const PAGES = makePages();
const FILE = concat(PAGES);
const END = 90n * 960n - 100n;

function makePages(): Uint8Array[] {
  const muxer = new OggOpusMuxer({ serial: 77, tags: ['TITLE=test'] });
  const headers = muxer.headerPages();
  const first = parseOggPage(headers)?.byteLength ?? 0;
  const pages = [headers.subarray(0, first), headers.subarray(first)];
  PACKETS.forEach((packet, index) => {
    muxer.push(packet, 960);
    const page = index % 7 === 6 ? muxer.flush() : null;
    if (page !== null) pages.push(page);
  });
  pages.push(muxer.finish(90n * 960n - 100n));
  return pages;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

interface Reading {
  readonly packets: OggOpusPacket[];
  readonly findings: OggFinding[];
  readonly reader: OggOpusReader;
}

/**
 * Reads a stream in pieces of those lengths, the last length repeated; each piece's buffer is overwritten afterwards.
 */
function read(file: Uint8Array, pieceBytes: () => number = () => file.byteLength): Reading {
  const findings: OggFinding[] = [];
  const reader = new OggOpusReader({
    packetSamples: (packet) => parseOpusPacket(packet)?.durationSamples ?? null,
    onFinding: (finding) => findings.push(finding),
  });
  const packets: OggOpusPacket[] = [];
  const keep = (read: OggOpusPacket[]): void => {
    for (const each of read) packets.push({ ...each, packet: each.packet.slice() });
  };
  for (let at = 0; at < file.byteLength;) {
    const piece = file.slice(at, at + Math.max(1, pieceBytes()));
    keep(reader.feed(piece));
    at += piece.byteLength;
    piece.fill(0xee);
  }
  keep(reader.end());
  return { packets, findings, reader };
}

const kindsOf = ({ findings }: Reading): string[] => findings.map(({ kind }) => kind);
const sameAs = (packets: OggOpusPacket[], expected: Uint8Array[]): boolean =>
  packets.length === expected.length &&
  packets.every((each, index) => Buffer.compare(each.packet, expected[index] ?? FILE) === 0);

/** The page with fields changed and a right checksum. */
function changed(page: Uint8Array, change: Partial<OggPage>): Uint8Array {
  const parsed = parseOggPage(page);
  if (parsed === null) throw new Error('the page to change is none');
  return writeOggPage({ ...parsed, ...change });
}

function withPage(index: number, ...pages: Uint8Array[]): Uint8Array {
  return concat([...PAGES.slice(0, index), ...pages, ...PAGES.slice(index + 1)]);
}
const pageAt = (index: number): Uint8Array => PAGES.at(index) ?? new Uint8Array(0);

describe('Ogg Opus reader', () => {
  test('a whole stream comes back with every packet at its place, and no finding', () => {
    const { packets, findings, reader } = read(FILE);
    expect(findings).toEqual([]);
    expect(sameAs(packets, PACKETS)).toBe(true);
    expect(packets.map(({ endGranule }) => Number(endGranule))).toEqual(
      PACKETS.map((_, index) => (index + 1) * 960),
    );
    expect(reader.head).toMatchObject({ channels: 2, preSkip: 312 });
    expect(reader.tags?.comments).toEqual(['TITLE=test']);
    expect([reader.endGranule, reader.lastPageEnd]).toEqual([END, FILE.byteLength]);
  });

  test.each([1, 2, 26, 27, 28, 100, 4096])('pieces of %i bytes make no difference', (bytes) => {
    const { packets, findings } = read(FILE, () => bytes);
    expect(findings).toEqual([]);
    expect(packets).toEqual(read(FILE).packets);
  });

  test('pieces of random lengths make no difference in damaged streams', () => {
    for (let round = 0; round < 20; round += 1) {
      const damaged = Uint8Array.from(FILE);
      for (let hit = 0; hit < 5; hit += 1) damaged[random.integer(damaged.length)] = 0x4f;
      const atOnce = read(damaged);
      const inPieces = read(damaged, () => random.integer(700));
      expect(inPieces.findings).toEqual(atOnce.findings);
      expect(inPieces.packets).toEqual(atOnce.packets);
    }
  });

  test('false pages within one another are not all checked; a page behind them is found', () => {
    const start = Buffer.alloc(32, 0xff); // each claims 255 segments of mostly 255 bytes
    start.set(pageAt(0).subarray(0, 26));
    const falsePages = Buffer.alloc(4 * 1024 * 1024, start);
    const hidden = Uint8Array.from(falsePages);
    hidden.set(FILE, 2_108_000);
    const zeros = new Uint8Array(64 * 1024);
    const behind = concat([falsePages, zeros, FILE]);
    for (const [file, isWhole] of [
      [hidden, false], // checking them all would find all of it, for 2,000 times the work
      [behind, true],
    ] as const) {
      const { packets, findings } = read(file);
      expect(packets.length === PACKETS.length).toBe(isWhole);
      expect(findings.length).toBeLessThan(9);
      expect(read(file, () => 60_000 + random.integer(9_000))).toMatchObject({ findings, packets });
    }
  });

  test('pages that are damaged one and all cost no page behind them', () => {
    const damaged = Buffer.concat(
      PAGES.slice(0, -1).map((page) => {
        const wrong = Uint8Array.from(page);
        wrong[22] = (wrong[22] ?? 0) ^ 1;
        return wrong;
      }),
    );
    const count = Math.ceil((3 * 1024 * 1024) / damaged.byteLength);
    const { packets } = read(concat([...new Array<Uint8Array>(count).fill(damaged), FILE]));
    expect(packets).toHaveLength(PACKETS.length);
  });

  test('every truncation gives the complete pages, and where they end', () => {
    const ends = [0];
    for (const page of PAGES) ends.push((ends.at(-1) ?? 0) + page.byteLength);
    const wrong: number[] = [];
    for (let end = 0; end < FILE.byteLength; end += 1) {
      const { packets, reader, findings } = read(FILE.subarray(0, end));
      const pageCount = ends.filter((each) => each <= end).length - 1;
      const whole = Math.max(0, pageCount - 2) * 7;
      const torn = end > (ends[pageCount] ?? 0);
      const right =
        sameAs(packets, PACKETS.slice(0, whole)) &&
        reader.lastPageEnd === ends[pageCount] &&
        findings.some(({ kind }) => kind === 'truncated') === torn &&
        findings.some(({ kind }) => kind === 'end');
      if (!right) wrong.push(end);
    }
    expect(wrong).toEqual([]);
  });

  test('writing can continue after a truncated stream', () => {
    const { reader } = read(FILE.subarray(0, FILE.byteLength - 1));
    if (reader.state === null) throw new Error('the stream has begun');
    expect(reader.state).toEqual({ serial: 77, pageSequence: 14, granulePosition: 84n * 960n });
    const muxer = OggOpusMuxer.resume(reader.state);
    for (const packet of PACKETS.slice(84)) muxer.push(packet, 960);
    const repaired = concat([FILE.subarray(0, reader.lastPageEnd), muxer.finish(END)]);
    expect(Buffer.compare(repaired, FILE)).toBe(0);
  });

  test('garbage before, between and behind pages is skipped, with a finding that says where', () => {
    const garbage = Uint8Array.from(Buffer.from('OggS\0 not a page, OOgg'));
    const { packets, findings } = read(concat([garbage, FILE, garbage]));
    expect(sameAs(packets, PACKETS)).toBe(true);
    expect(findings).toMatchObject([
      { kind: 'garbage', offset: 0 },
      { kind: 'truncated', offset: garbage.byteLength + FILE.byteLength },
    ]);
    const between = read(withPage(5, garbage, pageAt(5)));
    expect(sameAs(between.packets, PACKETS)).toBe(true);
    expect(between.findings).toMatchObject([
      { kind: 'garbage', offset: concat(PAGES.slice(0, 5)).byteLength },
    ]);
  });

  test('packets behind a lost page keep their positions', () => {
    const reading = read(withPage(5));
    expect(kindsOf(reading)).toEqual(['page-sequence']);
    expect(sameAs(reading.packets, [...PACKETS.slice(0, 21), ...PACKETS.slice(28)])).toBe(true);
    expect(reading.packets[21]?.endGranule).toBe(29n * 960n);
    expect(reading.reader.endGranule).toBe(END);
  });

  test('a page with a flipped bit is garbage, and the rest is read', () => {
    const damaged = Uint8Array.from(pageAt(5));
    damaged[damaged.byteLength - 1] = (damaged.at(-1) ?? 0) ^ 1;
    const reading = read(withPage(5, damaged));
    expect(kindsOf(reading)).toEqual(['garbage', 'page-sequence']);
    expect(reading.packets).toHaveLength(83);
  });

  test('a page inside a torn one is found', () => {
    const torn = pageAt(5).subarray(0, 60); // its lacing claims bytes that are the next page's
    const reading = read(withPage(5, torn), () => 50);
    expect(reading.packets).toHaveLength(83);
    expect(kindsOf(reading)).toEqual(['garbage', 'page-sequence']);
  });

  test('a repeated page is read once', () => {
    const reading = read(withPage(5, pageAt(5), pageAt(5)));
    expect(kindsOf(reading)).toEqual(['page-sequence']);
    expect(sameAs(reading.packets, PACKETS)).toBe(true);
  });

  test('a granule position that is not the sum of the packets is a finding', () => {
    const reading = read(withPage(5, changed(pageAt(5), { granulePosition: 28n * 960n - 960n })));
    // The page's granule position is used, and the next page's too.
    expect(kindsOf(reading)).toEqual(['granule', 'granule']);
    expect(sameAs(reading.packets, PACKETS)).toBe(true);
    const none = read(withPage(5, changed(pageAt(5), { granulePosition: -1n })));
    expect(kindsOf(none)).toEqual(['granule']);
    expect(none.packets.map(({ endGranule }) => endGranule)).toEqual(
      read(FILE).packets.map(({ endGranule }) => endGranule),
    );
  });

  test('an end that trims a whole packet or more is a finding', () => {
    const cut = (samples: bigint) =>
      kindsOf(read(withPage(14, changed(pageAt(14), { granulePosition: 90n * 960n - samples }))));
    expect([cut(0n), cut(959n), cut(960n), cut(-960n)]).toEqual([[], [], ['granule'], ['granule']]);
  });

  test('another stream in between is one finding and left out', () => {
    const stranger = changed(pageAt(5), { serial: 78 });
    const reading = read(withPage(5, stranger, stranger, pageAt(5)));
    expect(kindsOf(reading)).toEqual(['foreign-page']);
    expect(sameAs(reading.packets, PACKETS)).toBe(true);
  });

  test('missing headers are a finding, and the audio is read', () => {
    expect(kindsOf(read(withPage(0)))).toEqual(['page-sequence', 'header']);
    expect(kindsOf(read(withPage(1)))).toEqual(['page-sequence', 'header']);
    const bare = read(concat(PAGES.slice(2)));
    expect(kindsOf(bare)).toEqual(['page-sequence', 'header', 'header']);
    expect(sameAs(bare.packets, PACKETS)).toBe(true);
    expect(kindsOf(read(concat(PAGES.slice(0, 1))))).toEqual(['header', 'end']);
    expect(kindsOf(read(new Uint8Array(0)))).toEqual(['header', 'end']);
  });

  test('pages behind the last one are a finding, and read', () => {
    const reading = read(withPage(5, changed(pageAt(5), { eos: true })));
    expect(kindsOf(reading)).toEqual(new Array(9).fill('end'));
    expect(sameAs(reading.packets, PACKETS)).toBe(true);
  });

  test('a packet that is no Opus packet is a finding and left out', () => {
    const page = parseOggPage(pageAt(5));
    const body = page?.body.slice() ?? new Uint8Array(0);
    body[0] = 0xff; // code 3 with an invalid frame count
    body[1] = 0;
    const reading = read(withPage(5, changed(pageAt(5), { body })));
    expect(kindsOf(reading)).toContain('packet');
    expect(reading.packets).toHaveLength(89);
  });

  test('a packet on three pages is put together, and left out when one of them is lost', () => {
    const packet = Uint8Array.of(0x78, ...random.bytes(1249)); // lacing 4 × 255 and 230
    const page = {
      continued: false,
      bos: false,
      eos: false,
      granulePosition: -1n,
      serial: 77,
      pageSequence: 2,
    };
    const pieces = [
      writeOggPage({ ...page, lacing: Uint8Array.of(255, 255), body: packet.subarray(0, 510) }),
      writeOggPage({
        ...page,
        continued: true,
        pageSequence: 3,
        lacing: Uint8Array.of(255),
        body: packet.subarray(510, 765),
      }),
      writeOggPage({
        ...page,
        continued: true,
        eos: true,
        pageSequence: 4,
        granulePosition: 960n,
        lacing: Uint8Array.of(255, 230),
        body: packet.subarray(765),
      }),
    ];
    const whole = read(concat([...PAGES.slice(0, 2), ...pieces]));
    expect(whole.findings).toEqual([]);
    expect(sameAs(whole.packets, [packet])).toBe(true);
    for (const lost of [0, 1, 2]) {
      const rest = pieces.filter((_, index) => index !== lost);
      const reading = read(concat([...PAGES.slice(0, 2), ...rest]));
      expect(reading.packets).toEqual([]);
      expect(kindsOf(reading)).toContain('packet');
    }
  });

  test('random bytes and random damage never throw', () => {
    expect(() => {
      for (let round = 0; round < 150; round += 1) {
        const damaged = Uint8Array.from(FILE);
        for (let hit = random.integer(30); hit > 0; hit -= 1) {
          const at = random.integer(damaged.length);
          damaged.set(random.bytes(Math.min(5, damaged.length - at)), at);
        }
        // Pages with random fields and lacing, and a right checksum.
        const body = random.bytes(random.integer(500));
        const segments = [...new Array<number>(Math.floor(body.length / 255)).fill(255)];
        const forged = writeOggPage({
          continued: random.integer(2) === 0,
          bos: random.integer(2) === 0,
          eos: random.integer(2) === 0,
          granulePosition: BigInt(random.integer(2 ** 31)) - 2n ** 30n,
          serial: 77,
          pageSequence: random.integer(20),
          lacing: Uint8Array.from([...segments, body.length % 255]),
          body,
        });
        read(withPage(random.integer(15), forged, damaged.subarray(0, 3000)), () => 1500);
        read(random.bytes(random.integer(2000)));
      }
    }).not.toThrow();
  });
});
