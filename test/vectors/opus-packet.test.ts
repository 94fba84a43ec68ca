// libopus is the reference: what it refuses we refuse, and what it decodes lasts as long as we say.
import { describe, expect, test } from 'vitest';
import { OpusEncoder } from '../../main/audio/opus-binding.ts';
import { parseOpusPacket } from '../../main/audio/opus-packet.ts';
import { concealmentPacket, writeSilence } from '../../main/audio/opus-silence.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';

/** Samples per channel that libopus decodes of a packet; null when it refuses it. */
function decodedSamples(
  decoder: InstanceType<typeof OpusEncoder>,
  packet: Uint8Array,
): number | null {
  try {
    return decoder.decode(Buffer.from(packet)).byteLength / 4;
  } catch {
    return null;
  }
}

/** Random packets, mostly with a well-formed start, so that every rule decides some of them. */
function randomPacket(random: SeededRandom): Uint8Array {
  const byteLength = 1 + random.integer(random.integer(10) === 0 ? 2700 : 30);
  const bytes = random.bytes(byteLength);
  const start = [random.integer(256), (random.integer(4) << 6) | random.integer(8)];
  const lengths = [random.integer(3), 250 + random.integer(6), random.integer(4)];
  for (const [at, value] of [...start, ...lengths].entries()) {
    if (at < byteLength && random.integer(3) > 0) bytes[at] = value;
  }
  return bytes;
}

describe('Opus packet against libopus', () => {
  test('20 000 random packets get the same verdict and the same duration', () => {
    const random = new SeededRandom(5);
    const decoder = new OpusEncoder(48_000, 2);
    const verdicts = { valid: 0, invalid: 0 };
    const different: string[] = [];
    for (let round = 0; round < 20_000; round += 1) {
      const packet = randomPacket(random);
      const ours = parseOpusPacket(packet)?.durationSamples ?? null;
      verdicts[ours === null ? 'invalid' : 'valid'] += 1;
      const theirs = decodedSamples(decoder, packet);
      if (ours !== theirs) {
        different.push(
          `${Buffer.from(packet).toString('hex')}: ${String(ours)}, ${String(theirs)}`,
        );
      }
    }
    expect(different).toEqual([]);
    expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(4000);
  });

  test('silence of every length decodes to that many samples of zero', () => {
    const wrong: number[] = [];
    for (let samples = 120; samples <= 5760; samples += 120) {
      const decoder = new OpusEncoder(48_000, 2);
      for (const packet of writeSilence(samples)) {
        const pcm = decoder.decode(Buffer.from(packet));
        if (pcm.byteLength !== samples * 4 || pcm.some((byte) => byte !== 0)) wrong.push(samples);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a concealment packet decodes to one frame of the packet before', () => {
    const encoder = new OpusEncoder(48_000, 2);
    const tone = new Int16Array(960 * 2).map((_, index) => 8000 * Math.sin(index / 20));
    const packet = encoder.encode(Buffer.from(tone.buffer));
    const decoder = new OpusEncoder(48_000, 2);
    decoder.decode(packet);
    const concealed = concealmentPacket(packet);
    const pcm = decoder.decode(Buffer.from(concealed.packet));
    expect(pcm.byteLength / 4).toBe(concealed.frameSamples);
    expect(pcm.some((byte) => byte !== 0)).toBe(true);
  });
});
