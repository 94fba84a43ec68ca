import { describe, expect, test } from 'vitest';
import { writeBextChunk } from '../../../main/export/wav-bext.ts';
import { cuesOf, writeCueChunks } from '../../../main/export/wav-cues.ts';
import type { WavDescription } from '../../../main/export/wav-header.ts';
import { layOutWav } from '../../../main/export/wav-header.ts';

const broadcast = {
  description: 'maya, guild - channel',
  originator: 'tapedeck 0.1.0',
  recordingStartedAtMs: Date.UTC(2026, 10, 23, 9, 15, 30, 123),
  timeZone: 'Europe/Paris',
  fromSamples: 0,
};

function describeWav(change: Partial<WavDescription> = {}): WavDescription {
  const format = { bitDepth: '16', channels: 'stereo' } as const;
  return { format, samples: 48_000, broadcast, cues: [], ...change };
}

/** Name, position and length of the body of each chunk before the data. */
function chunksOf(header: Uint8Array): { name: string; at: number; bytes: number }[] {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const chunks = [];
  for (let at = 12; at + 8 <= header.byteLength;) {
    const bytes = view.getUint32(at + 4, true);
    chunks.push({ name: textAt(header, at, 4), at: at + 8, bytes });
    at += 8 + bytes + (bytes % 2);
  }
  return chunks;
}

function textAt(bytes: Uint8Array, at: number, byteLength: number): string {
  return new TextDecoder().decode(bytes.subarray(at, at + byteLength)).replace(/\0.*$/s, '');
}

describe('wav header', () => {
  test('sizes are those of the finished file', () => {
    const { header, dataBytes, fileBytes } = layOutWav(describeWav());
    const view = new DataView(header.buffer);
    expect(textAt(header, 0, 4)).toBe('RIFF');
    expect(view.getUint32(4, true)).toBe(fileBytes - 8);
    expect(dataBytes).toBe(192_000);
    expect(view.getUint32(header.byteLength - 4, true)).toBe(dataBytes);
    expect(fileBytes).toBe(header.byteLength + dataBytes);
    expect(chunksOf(header).map((chunk) => chunk.name)).toEqual(['JUNK', 'bext', 'fmt ', 'data']);
  });

  test.each([
    ['16', 'stereo', 1, 4],
    ['24', 'stereo', 1, 6],
    ['32f', 'stereo', 3, 8],
    ['16', 'mono', 1, 2],
    ['24', 'mono', 1, 3],
    ['32f', 'mono', 3, 4],
  ] as const)('%s bit %s is format %i with %i bytes a frame', (bitDepth, channels, tag, bytes) => {
    const { header } = layOutWav(describeWav({ format: { bitDepth, channels } }));
    const at = chunksOf(header).find((chunk) => chunk.name === 'fmt ')?.at ?? 0;
    const view = new DataView(header.buffer, at);
    expect(view.getUint16(0, true)).toBe(tag);
    expect(view.getUint16(2, true)).toBe(channels === 'stereo' ? 2 : 1);
    expect(view.getUint32(4, true)).toBe(48_000);
    expect(view.getUint32(8, true)).toBe(48_000 * bytes);
    expect(view.getUint16(12, true)).toBe(bytes);
  });

  test('an odd number of data bytes is padded, and the chunk does not count the padding', () => {
    const format = { bitDepth: '24', channels: 'mono' } as const;
    const { header, dataBytes, paddingBytes, fileBytes } = layOutWav(
      describeWav({ format, samples: 1001 }),
    );
    expect([dataBytes, paddingBytes]).toEqual([3003, 1]);
    expect(fileBytes).toBe(header.byteLength + 3004);
  });

  test('a file without samples is a valid file', () => {
    const { header, fileBytes } = layOutWav(describeWav({ samples: 0 }));
    expect(fileBytes).toBe(header.byteLength);
  });

  test('up to the largest size in 32 bits it is RIFF, above it RF64', () => {
    const { header } = layOutWav(describeWav({ samples: 0 }));
    const room = 0xffff_ffff - (header.byteLength - 8);
    const most = Math.floor((room - 1) / 4); // 0xffffffff itself means "see ds64"
    const riff = layOutWav(describeWav({ samples: most })).header;
    const rf64 = layOutWav(describeWav({ samples: most + 1 }));
    expect(textAt(riff, 0, 4)).toBe('RIFF');
    expect(textAt(rf64.header, 0, 4)).toBe('RF64');
    expect(rf64.header.byteLength).toBe(riff.byteLength);
    const view = new DataView(rf64.header.buffer);
    expect(view.getUint32(4, true)).toBe(0xffff_ffff);
    expect(textAt(rf64.header, 12, 4)).toBe('ds64');
    expect(view.getBigUint64(20, true)).toBe(BigInt(rf64.fileBytes - 8));
    expect(view.getBigUint64(28, true)).toBe(BigInt(rf64.dataBytes));
    expect(view.getBigUint64(36, true)).toBe(BigInt(most + 1));
    expect(view.getUint32(rf64.header.byteLength - 4, true)).toBe(0xffff_ffff);
  });
});

describe('bext', () => {
  const read = (chunk: Uint8Array) => {
    const view = new DataView(chunk.buffer, 8);
    return {
      description: textAt(chunk, 8, 256),
      originator: textAt(chunk, 264, 32),
      date: textAt(chunk, 328, 10),
      time: textAt(chunk, 338, 8),
      timeReference: Number(view.getBigUint64(338, true)),
      version: view.getUint16(346, true),
    };
  };

  test('gives the time of day of the first sample where it was recorded', () => {
    expect(read(writeBextChunk(broadcast))).toEqual({
      description: 'maya, guild - channel',
      originator: 'tapedeck 0.1.0',
      date: '2026-11-23',
      time: '10:15:30',
      timeReference: ((10 * 60 + 15) * 60 + 30) * 48_000 + 123 * 48,
      version: 1,
    });
  });

  test('a range that begins later says when, to the sample', () => {
    const fromSamples = 48_000 * 61 + 7;
    const { time, timeReference } = read(writeBextChunk({ ...broadcast, fromSamples }));
    expect(time).toBe('10:16:31');
    expect(timeReference).toBe(((10 * 60 + 16) * 60 + 31) * 48_000 + 123 * 48 + 7);
  });

  test('after midnight it is the next day', () => {
    const recordingStartedAtMs = Date.UTC(2026, 11, 31, 22, 59, 59);
    const late = { ...broadcast, recordingStartedAtMs, fromSamples: 48_000 * 2 };
    const { date, time, timeReference } = read(writeBextChunk(late));
    expect([date, time, timeReference]).toEqual(['2027-01-01', '00:00:01', 48_000]);
  });

  test('late in the day the reference needs more than 32 bits', () => {
    const recordingStartedAtMs = Date.UTC(2026, 0, 1, 22, 59, 59, 999);
    const { timeReference } = read(writeBextChunk({ ...broadcast, recordingStartedAtMs }));
    expect(timeReference).toBe(86_400 * 48_000 - 48);
  });

  test.each([
    ['America/St_Johns', '2026-11-23', '05:45:30'],
    ['Asia/Tokyo', '2026-11-23', '18:15:30'],
    ['Pacific/Kiritimati', '2026-11-23', '23:15:30'],
  ])('in %s it is another time of day', (timeZone, date, time) => {
    expect(read(writeBextChunk({ ...broadcast, timeZone }))).toMatchObject({ date, time });
  });

  test('long names are cut between characters', () => {
    const chunk = writeBextChunk({ ...broadcast, description: `x${'é'.repeat(200)}` });
    expect(read(chunk).description).toBe(`x${'é'.repeat(127)}`);
  });
});

describe('cues', () => {
  const manifest = {
    markers: [
      { samples: 96_000, note: 'later' },
      { samples: 0, note: 'start' },
      { samples: 144_000, note: 'the end is not in it' },
    ],
    gaps: [
      { reason: 'reconnect', fromSamples: 24_000, toSamples: 72_000 },
      { reason: 'sleep', fromSamples: 200_000, toSamples: 300_000 },
    ],
  };

  test('markers and gaps come in the order of time', () => {
    expect(cuesOf(manifest, { fromSamples: 0, toSamples: 144_000 })).toEqual([
      { samples: 0, lengthSamples: 0, label: 'start' },
      { samples: 24_000, lengthSamples: 48_000, label: 'reconnect' },
      { samples: 96_000, lengthSamples: 0, label: 'later' },
    ]);
  });

  test('a range cuts gaps and leaves out what lies beyond it', () => {
    expect(cuesOf(manifest, { fromSamples: 48_000, toSamples: 60_000 })).toEqual([
      { samples: 0, lengthSamples: 12_000, label: 'reconnect' },
    ]);
  });

  test('a cue beyond 32 bits is left out', () => {
    const markers = [{ samples: 2 ** 32, note: 'after a day' }];
    expect(cuesOf({ markers, gaps: [] }, { fromSamples: 0, toSamples: 2 ** 33 })).toEqual([]);
  });

  test('no cues, no chunks', () => {
    expect(writeCueChunks([])).toHaveLength(0);
  });

  test('a label of odd length, an empty one and one with a NUL keep all chunks in step', () => {
    const labels = ['abc', '', 'a\0b', 'naïve'];
    const cues = labels.map((label, index) => ({ samples: index, lengthSamples: index, label }));
    const { header } = layOutWav(describeWav({ cues }));
    expect(chunksOf(header).map((chunk) => chunk.name)).toEqual([
      'JUNK',
      'bext',
      'fmt ',
      'cue ',
      'LIST',
      'data',
    ]);
  });
});
