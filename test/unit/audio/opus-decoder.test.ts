import { describe, expect, test } from 'vitest';
import { OpusDecoder } from '../../../main/audio/opus-decoder.ts';
import { concealmentPacket, SILENCE_FRAME } from '../../../main/audio/opus-silence.ts';
import { encodeVoice, voicePcm } from '../../support/voice.ts';

describe('opus decoder', () => {
  test('20 ms of stereo at 48 kHz are 960 samples of two channels', () => {
    const [packet = SILENCE_FRAME] = encodeVoice(voicePcm(960, 1));
    expect(new OpusDecoder().decode(packet)).toHaveLength(1920);
  });

  test('meters get 16 kHz mono from the same packets', () => {
    const [packet = SILENCE_FRAME] = encodeVoice(voicePcm(960, 1));
    expect(new OpusDecoder({ rateHz: 16_000, channels: 1 }).decode(packet)).toHaveLength(320);
  });

  test('a packet that is a view of a larger buffer is read from its own bytes', () => {
    const packets = encodeVoice(voicePcm(9600, 2));
    const plain = new OpusDecoder();
    const pooled = new OpusDecoder();
    for (const packet of packets) {
      const pool = new Uint8Array(packet.byteLength + 64).fill(0xaa);
      pool.set(packet, 33);
      const view = pool.subarray(33, 33 + packet.byteLength);
      expect(pooled.decode(view)).toEqual(plain.decode(packet));
    }
  });

  test('a packet of one byte conceals a lost frame: it lasts as long, and is not silent within speech', () => {
    const packets = encodeVoice(voicePcm(48_000, 3));
    const decoder = new OpusDecoder();
    for (const packet of packets.slice(0, 10)) decoder.decode(packet);
    const { packet, frameSamples } = concealmentPacket(packets[9] ?? SILENCE_FRAME);
    const concealed = decoder.decode(packet);
    expect(concealed).toHaveLength(frameSamples * 2);
    expect(concealed.some((value) => Math.abs(value) > 100)).toBe(true);
  });

  test('what is no Opus packet gives null and leaves the decoder usable', () => {
    const [packet = SILENCE_FRAME] = encodeVoice(voicePcm(960, 4));
    const decoder = new OpusDecoder();
    const refused = [
      Uint8Array.of(),
      Uint8Array.of(0xfa), // code 2 without a length
      Uint8Array.of(0xfb), // code 3 without a count
      Uint8Array.of(0xfb, 0), // no frames
      Uint8Array.of(0xfb, 63, 1), // more than 120 ms
      Uint8Array.of(0xf9, 1, 2, 3), // two frames of equal size in three bytes
    ];
    for (const bytes of refused) expect(decoder.decode(bytes)).toHaveLength(0);
    expect(decoder.decode(packet)).toHaveLength(1920);
  });

  test('every truncation of a packet decodes to its duration or is refused', () => {
    const [packet = SILENCE_FRAME] = encodeVoice(voicePcm(960, 5));
    const decoder = new OpusDecoder();
    for (let end = 0; end < packet.byteLength; end += 1)
      expect([0, 1920]).toContain(decoder.decode(packet.subarray(0, end)).length);
  });
});
