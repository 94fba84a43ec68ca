import { OpusEncoder } from '../../main/audio/opus-binding.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';

/**
 * A voice-like sound: syllables of 12 harmonics and noise, 48 kHz, two different channels. The same seed gives the same
 * sound.
 */
export function voicePcm(samples: number, seed: number, loudness = 0.3): Int16Array {
  const random = new SeededRandom(seed);
  const pitchHz = 90 + 160 * random.next();
  const pcm = new Int16Array(samples * 2);
  for (let index = 0; index < samples; index += 1) {
    const seconds = index / 48_000;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * seconds + seed));
    const pitch = pitchHz * (1 + 0.1 * Math.sin(2 * Math.PI * 0.7 * seconds));
    let value = 0.05 * (random.next() * 2 - 1);
    for (let harmonic = 1; harmonic <= 12; harmonic += 1)
      value += Math.sin(2 * Math.PI * pitch * harmonic * seconds) / harmonic;
    const left = syllable * value * loudness * 16_000;
    pcm[index * 2] = Math.round(left);
    pcm[index * 2 + 1] = Math.round(left * 0.7);
  }
  return pcm;
}

/**
 * Encodes the sound to Opus packets of 20 ms; a rest that fills none is dropped. 8 to 512 kb/s give SILK, hybrid and
 * CELT.
 */
export function encodeVoice(pcm: Int16Array, bitrate = 64_000): Uint8Array[] {
  const encoder = new OpusEncoder(48_000, 2);
  encoder.setBitrate(bitrate);
  const packets: Uint8Array[] = [];
  for (let at = 0; at + 1920 <= pcm.length; at += 1920) {
    const frame = pcm.subarray(at, at + 1920);
    packets.push(encoder.encode(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)));
  }
  return packets;
}
