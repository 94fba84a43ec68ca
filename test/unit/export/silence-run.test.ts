import { describe, expect, test } from 'vitest';
import { OpusDecoder } from '../../../main/audio/opus-decoder.ts';
import { parseOpusPacket } from '../../../main/audio/opus-packet.ts';
import { writeSilence } from '../../../main/audio/opus-silence.ts';
import { SilenceRun } from '../../../main/export/silence-run.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { encodeVoice, voicePcm } from '../../support/voice.ts';

/** Talkspurts of random length with silence between them. */
function talk(bitrate: number, silence: (random: SeededRandom) => Uint8Array[]): Uint8Array[] {
  const random = new SeededRandom(bitrate);
  const packets: Uint8Array[] = [];
  const voice = encodeVoice(voicePcm(48_000 * 3, bitrate), bitrate);
  for (let at = 0; at < voice.length;) {
    const spurt = 5 + random.integer(40);
    packets.push(...voice.slice(at, at + spurt));
    at += spurt;
    for (let left = random.integer(120); left > 0; left -= 1) packets.push(...silence(random));
  }
  return packets;
}

const frame = (toc: number) => (): Uint8Array[] => [Uint8Array.of(toc, 0xff, 0xfe)];
const SILENCES = {
  'F8 FF FE': frame(0xf8),
  'FC FF FE': frame(0xfc),
  '2.5 ms': frame(0xe0),
  '5 ms': frame(0xe8),
  '10 ms': frame(0xf0),
  'our 120 ms packets': () => writeSilence(5760),
  'our packets of any length': (random: SeededRandom) =>
    writeSilence(120 * (1 + random.integer(90))),
};

describe('silence run', () => {
  describe.each([8_000, 20_000, 64_000, 160_000])('after a voice of %i bit/s', (bitrate) => {
    test.each(Object.entries(SILENCES))(
      'not decoding %s changes no sample, neither its own nor a later one',
      (_, silence) => {
        let undecodedCount = 0;
        for (const channels of [1, 2] as const) {
          const run = new SilenceRun();
          const everything = new OpusDecoder({ channels });
          const shortened = new OpusDecoder({ channels });
          for (const packet of talk(bitrate, silence)) {
            const pcm = everything.decode(packet);
            const durationSamples = parseOpusPacket(packet)?.durationSamples ?? 0;
            if (run.decodesToZeros(packet, durationSamples)) {
              undecodedCount += 1;
              if (pcm.some((value) => value !== 0)) expect.fail('silence was not silent');
            } else {
              expect(Buffer.compare(bytesOf(shortened.decode(packet)), bytesOf(pcm))).toBe(0);
            }
          }
        }
        expect(undecodedCount).toBeGreaterThan(20);
      },
    );
  });

  test('five frames of 20 ms are decoded before the first one is not', () => {
    const run = new SilenceRun();
    const silent = Uint8Array.of(0xf8, 0xff, 0xfe);
    const answers = Array.from({ length: 7 }, () => run.decodesToZeros(silent, 960));
    expect(answers).toEqual([false, false, false, false, false, true, true]);
  });

  test('any other packet begins the count again', () => {
    const run = new SilenceRun();
    const silent = Uint8Array.of(0xf8, 0xff, 0xfe);
    for (let index = 0; index < 8; index += 1) run.decodesToZeros(silent, 960);
    expect(run.decodesToZeros(Uint8Array.of(0xf8), 960)).toBe(false); // concealment
    expect(run.decodesToZeros(silent, 960)).toBe(false);
  });
});

function bytesOf(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}
