import { describe, expect, test } from 'vitest';
import { parseOggPage } from '../../../main/ogg/ogg-page.ts';
import type { OggPage } from '../../../main/ogg/ogg-page.ts';
import { OggOpusMuxer } from '../../../main/ogg/ogg-opus.ts';
import { parseOpusHead } from '../../../main/ogg/opus-head.ts';
import { parseOpusTags } from '../../../main/ogg/opus-tags.ts';

const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

function pagesOf(...parts: (Uint8Array | null)[]): OggPage[] {
  const bytes = new Uint8Array(Buffer.concat(parts.filter((part) => part !== null)));
  const pages: OggPage[] = [];
  let at = 0;
  for (;;) {
    const page = parseOggPage(bytes, at);
    if (page === null) break;
    pages.push(page);
    at += page.byteLength;
  }
  expect(at).toBe(bytes.byteLength);
  return pages;
}

describe('Ogg Opus muxer', () => {
  test('headers come on a page each, at granule position 0', () => {
    const pages = pagesOf(new OggOpusMuxer({ serial: 5, tags: ['ARTIST=Ada'] }).headerPages());
    expect(pages.map(({ bos, eos, granulePosition }) => ({ bos, eos, granulePosition }))).toEqual([
      { bos: true, eos: false, granulePosition: 0n },
      { bos: false, eos: false, granulePosition: 0n },
    ]);
    expect(pages.map(({ serial, pageSequence }) => [serial, pageSequence])).toEqual([
      [5, 0],
      [5, 1],
    ]);
    expect(pages[0] && parseOpusHead(pages[0].body)).toEqual({
      channels: 2,
      preSkip: 312,
      inputSampleRateHz: 48_000,
      outputGain: 0,
      mappingFamily: 0,
    });
    expect(pages[1] && parseOpusTags(pages[1].body)).toEqual({
      vendor: 'Tapedeck',
      comments: ['ARTIST=Ada'],
    });
  });

  test('a comment packet longer than 255 bytes, or a multiple of 255 long, ends with a lacing value below 255', () => {
    for (let textBytes = 460; textBytes < 500; textBytes += 1) {
      const [, tags] = pagesOf(
        new OggOpusMuxer({ serial: 1, tags: ['x'.repeat(textBytes)] }).headerPages(),
      );
      expect(tags?.lacing.at(-1)).toBeLessThan(255);
    }
  });

  test('a page of 255 lacing values ends where its last packet does', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    const out = Array.from({ length: 600 }, () => muxer.push(SILENCE, 60)).flat();
    const pages = pagesOf(...out, muxer.finish(36_000n));
    expect(pages.map(({ lacing }) => lacing.byteLength)).toEqual([255, 255, 90]);
    expect(pages.map(({ granulePosition }) => granulePosition)).toEqual([
      15_300n,
      30_600n,
      36_000n,
    ]);
  });

  test('a packet that needs more lacing values than are left goes whole to the next page', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    const large = new Uint8Array(600).fill(9); // three lacing values
    const out = Array.from({ length: 86 }, () => muxer.push(large, 120)).flat();
    const pages = pagesOf(...out, muxer.flush());
    expect(pages.map(({ lacing }) => lacing.byteLength)).toEqual([255, 3]);
    expect(pages.map(({ granulePosition }) => granulePosition)).toEqual([10_200n, 10_320n]);

    for (let packet = 0; packet < 84; packet += 1) muxer.push(large, 120);
    muxer.push(SILENCE, 120);
    muxer.push(SILENCE, 120); // 254 of them
    const [before] = pagesOf(...muxer.push(large, 120));
    expect(before?.lacing).toHaveLength(254);
    expect(before?.continued).toBe(false);
  });

  test.each([0, 1, 254, 255, 256, 509, 510, 511, 1275, 65_024])(
    'a packet of %i bytes is read back unchanged',
    (byteLength) => {
      const muxer = new OggOpusMuxer({ serial: 1 });
      const packet = new Uint8Array(byteLength).map((_, index) => index);
      muxer.push(packet, 960);
      const [page] = pagesOf(muxer.flush());
      expect(page && Buffer.compare(page.body, packet)).toBe(0);
      expect(page?.lacing.at(-1)).toBe(byteLength % 255);
      expect(page?.lacing).toHaveLength(Math.floor(byteLength / 255) + 1);
    },
  );

  test('a page holds at most half a second', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    const out = [960, 2880, 5760].flatMap((samples) =>
      Array.from({ length: 60 }, () => muxer.push(SILENCE, samples)).flat(),
    );
    const ends = pagesOf(...out, muxer.flush()).map((page) => Number(page.granulePosition));
    const lengths = ends.map((end, index) => end - (ends[index - 1] ?? 0));
    expect(lengths[0]).toBe(24_000);
    expect(Math.max(...lengths)).toBe(24_000);
    expect(ends.at(-1)).toBe(60 * (960 + 2880 + 5760));
  });

  test('page numbers and granule positions continue without a gap, flushed or not', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    const out: (Uint8Array | null)[] = [muxer.headerPages()];
    for (let packet = 0; packet < 100; packet += 1) {
      out.push(...muxer.push(SILENCE, 960));
      if (packet % 7 === 0) out.push(muxer.flush());
    }
    expect(muxer.granulePosition).toBe(96_000n);
    const pages = pagesOf(...out, muxer.finish(96_000n));
    expect(pages.map(({ pageSequence }) => pageSequence)).toEqual([...pages.keys()]);
    expect(
      pages.slice(2).every((page, index, all) => {
        const before = all[index - 1]?.granulePosition ?? 0n;
        return page.granulePosition - before === BigInt(page.lacing.byteLength * 960);
      }),
    ).toBe(true);
  });

  test('a flush without packets gives no page', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    expect(muxer.flush()).toBeNull();
    muxer.push(SILENCE, 960);
    expect(muxer.flush()).not.toBeNull();
    expect(muxer.flush()).toBeNull();
  });

  test('the last page trims less than its last packet, even when it is exactly full', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    for (let packet = 0; packet < 25; packet += 1) expect(muxer.push(SILENCE, 960)).toEqual([]);
    const [page] = pagesOf(muxer.finish(24_000n - 959n));
    expect(page).toMatchObject({ eos: true, granulePosition: 23_041n });
  });

  test('ending right behind a flushed page takes a page without packets or granule position', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    muxer.push(SILENCE, 960);
    const pages = pagesOf(muxer.flush(), muxer.finish(960n));
    expect(pages[1]).toMatchObject({ eos: true, granulePosition: -1n, pageSequence: 3 });
    expect(pages[1]?.lacing).toHaveLength(0);
  });

  test('an end outside the last packet throws', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    muxer.push(SILENCE, 960);
    expect(() => muxer.finish(961n)).toThrow('end 961');
    expect(() => muxer.finish(0n)).toThrow('end 0');
    muxer.flush();
    expect(() => muxer.finish(959n)).toThrow('end 959');
    expect(() => muxer.push(new Uint8Array(65_025), 960)).toThrow('65025 bytes');
  });

  test('a resumed stream continues page numbers, also across their wrap', () => {
    const muxer = OggOpusMuxer.resume({
      serial: 0xffff_ffff,
      pageSequence: 0xffff_ffff,
      granulePosition: 2n ** 40n,
    });
    muxer.push(SILENCE, 960);
    const pages = pagesOf(muxer.flush(), muxer.finish(2n ** 40n + 960n));
    expect(pages.map(({ serial, pageSequence }) => [serial, pageSequence])).toEqual([
      [0xffff_ffff, 0xffff_ffff],
      [0xffff_ffff, 0],
    ]);
    expect(pages[0]?.granulePosition).toBe(2n ** 40n + 960n);
  });

  test('a packet is copied: the caller may reuse its memory', () => {
    const muxer = new OggOpusMuxer({ serial: 1 });
    const packet = Uint8Array.from(SILENCE);
    muxer.push(packet, 960);
    packet.fill(0);
    expect(pagesOf(muxer.flush())[0]?.body).toEqual(SILENCE);
  });
});
