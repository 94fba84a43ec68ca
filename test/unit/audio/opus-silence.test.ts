import { describe, expect, test } from 'vitest';
import { parseOpusPacket } from '../../../main/audio/opus-packet.ts';
import {
  concealmentPacket,
  isSilenceFrame,
  SILENCE_FRAME,
  writeSilence,
} from '../../../main/audio/opus-silence.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const durationOf = (bytes: Uint8Array): number => parseOpusPacket(bytes)?.durationSamples ?? 0;

describe('silence frame', () => {
  test('the mono and the stereo form are recognised, and nothing else', () => {
    expect(isSilenceFrame(SILENCE_FRAME)).toBe(true);
    expect(isSilenceFrame(Uint8Array.of(0xfc, 0xff, 0xfe))).toBe(true);
    expect(isSilenceFrame(Uint8Array.of(0xf8, 0xff))).toBe(false);
    expect(isSilenceFrame(Uint8Array.of(0xf8, 0xff, 0xfe, 0))).toBe(false);
    expect(isSilenceFrame(Uint8Array.of(0xf0, 0xff, 0xfe))).toBe(false);
    expect(isSilenceFrame(new Uint8Array(0))).toBe(false);
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

  test('every multiple of 2.5 ms up to half a second is met exactly, in the fewest packets', () => {
    for (let samples = 0; samples <= 24_000; samples += 120) {
      const packets = writeSilence(samples);
      expect(packets.reduce((sum, each) => sum + durationOf(each), 0)).toBe(samples);
      expect(packets).toHaveLength(Math.ceil(samples / 5760));
    }
  });

  test('what is off the grid is an error of ours', () => {
    expect(() => writeSilence(100)).toThrow('100 samples');
    expect(() => writeSilence(-120)).toThrow('-120 samples');
  });
});

describe('concealment packet', () => {
  test('it is the TOC before with code 0, and stands for one frame', () => {
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

  test('nothing cannot be concealed with', () => {
    expect(() => concealmentPacket(new Uint8Array(0))).toThrow('empty packet');
  });
});
