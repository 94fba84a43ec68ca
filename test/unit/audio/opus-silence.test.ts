import { describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../../main/audio/opus-packet.ts';
import {
  concealmentPacket,
  isClientSilence,
  isSilenceFrame,
  isTalk,
  SILENCE_FRAME,
  writeSilence,
  zeroFrameCount,
} from '../../../main/audio/opus-silence.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const durationOf = (bytes: Uint8Array): number => parseOpusPacket(bytes)?.durationSamples ?? 0;

describe('the silence frame', () => {
  test('is F8 FF FE and nothing else, also within a larger buffer', () => {
    const pool = Uint8Array.of(1, 0xf8, 0xff, 0xfe, 2);
    expect(isSilenceFrame(pool.subarray(1, 4))).toBe(true);
    for (const other of [
      [],
      [0xf8, 0xff],
      [0xf8, 0xff, 0xff],
      [0xf8, 0xff, 0xfe, 0],
      [0xfc, 0xff, 0xfe],
    ])
      expect(isSilenceFrame(Uint8Array.from(other))).toBe(false);
  });
});

describe('silence of a client', () => {
  test('is recognised in its mono and its stereo form, and nothing else is', () => {
    expect(isClientSilence(SILENCE_FRAME)).toBe(true);
    expect(isClientSilence(Uint8Array.of(0xfc, 0xff, 0xfe))).toBe(true);
    expect(isClientSilence(Uint8Array.of(0xf8, 0xff))).toBe(false);
    expect(isClientSilence(Uint8Array.of(0xf8, 0xff, 0xfe, 0))).toBe(false);
    expect(isClientSilence(Uint8Array.of(0xf0, 0xff, 0xfe))).toBe(false);
    expect(isClientSilence(new Uint8Array(0))).toBe(false);
  });
});

describe('silence', () => {
  test.each([
    [120, ['e0fffe']],
    [240, ['e8fffe']],
    [360, ['e303fffefffefffe']],
    [480, ['f0fffe']],
    [960, ['f8fffe']],
    [1440, ['f303fffefffefffe']],
    [5760, ['fb06' + 'fffe'.repeat(6)]],
    [5880, ['fb06' + 'fffe'.repeat(6), 'e0fffe']],
    [0, []],
  ])('%i samples are those packets', (samples, packets) => {
    expect(writeSilence(samples).map(hex)).toEqual(packets);
  });

  test('every multiple of 2.5 ms up to 500 ms is made exactly, of the fewest packets', () => {
    for (let samples = 0; samples <= 24_000; samples += 120) {
      const packets = writeSilence(samples);
      expect(packets.reduce((sum, each) => sum + durationOf(each), 0)).toBe(samples);
      expect(packets).toHaveLength(Math.ceil(samples / 5760));
    }
  });

  test('a duration off the 2.5 ms grid throws', () => {
    expect(() => writeSilence(100)).toThrow('100 samples');
    expect(() => writeSilence(-120)).toThrow('-120 samples');
  });
});

describe('concealment packet', () => {
  test('it is the TOC of the packet before with code 0, and stands for one frame', () => {
    expect(concealmentPacket(Uint8Array.of(0x7b, 0x83, 0, 0))).toEqual({
      packet: Uint8Array.of(0x78),
      frameSamples: 960,
    });
    expect(concealmentPacket(Uint8Array.of(0x1f, 2))).toEqual({
      packet: Uint8Array.of(0x1c),
      frameSamples: 2880,
    });
    expect(durationOf(concealmentPacket(SILENCE_FRAME).packet)).toBe(960);
  });

  test('no packet before it means no concealment packet', () => {
    expect(() => concealmentPacket(new Uint8Array(0))).toThrow('empty packet');
  });
});

describe('frames that decode to zeros', () => {
  test('every silence packet of ours is recognised, with its number of frames', () => {
    for (let samples = 120; samples <= 5760; samples += 120) {
      for (const packet of writeSilence(samples))
        expect(zeroFrameCount(packet)).toBe(parseOpusPacket(packet)?.frameCount);
    }
  });

  test.each([
    ['nothing', []],
    ['a concealment packet', [0xf8]],
    ['a truncated one', [0xf8, 0xff]],
    ['a longer one', [0xf8, 0xff, 0xfe, 0x00]],
    ['another mode', [0x78, 0xff, 0xfe]],
    ['another bandwidth', [0xd8, 0xff, 0xfe]],
    ['two frames of varying size', [0xfa, 0x02, 0xff, 0xfe, 0xff, 0xfe]],
    ['padding', [0xfb, 0x41, 0x01, 0xff, 0xfe, 0x00]],
    ['no frames', [0xfb, 0x00]],
    ['more than 48', [0xe3, 49, ...Array.from({ length: 98 }, (_, at) => 0xff - (at % 2))]],
    ['a frame that is not silent', [0xfb, 0x02, 0xff, 0xfe, 0xff, 0xfd]],
  ])('%s is not silence', (_, bytes) => {
    expect(zeroFrameCount(Uint8Array.from(bytes))).toBe(0);
  });
});

describe('talk', () => {
  test('is every packet but the silence that clients and Tapedeck write', () => {
    expect(isTalk(SILENCE_FRAME)).toBe(false);
    expect(isTalk(Uint8Array.of(0xfc, 0xff, 0xfe))).toBe(false);
    for (let samples = 120; samples <= 5760; samples += 120)
      expect(writeSilence(samples).some(isTalk)).toBe(false);
  });

  test.each([
    ['nothing', [], false],
    ['a concealment packet', [0xf8], false],
    ['a count without frames', [0xfb, 0x00], false],
    ['silence of another mode', [0x78, 0xff, 0xfe], false],
    ['speech', [0x78, 1, 2, 3], true],
    ['a frame behind silence', [0xfb, 0x02, 0xff, 0xfe, 0xff, 0xfd], true],
    ['half a frame of silence', [0xf8, 0xff], true],
  ])('%s: %j is %s', (_, bytes, expected) => {
    expect(isTalk(Uint8Array.from(bytes))).toBe(expected);
  });
});
