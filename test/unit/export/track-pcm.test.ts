import { describe, expect, test } from 'vitest';
import { OpusDecoder } from '../../../main/audio/opus-decoder.ts';
import { parseOpusPacket } from '../../../main/audio/opus-packet.ts';
import { concealmentPacket, writeSilence } from '../../../main/audio/opus-silence.ts';
import { toTimelinePosition } from '../../../main/audio/timeline-position.ts';
import { TrackPcm } from '../../../main/export/track-pcm.ts';
import type { TrackPacket } from '../../../main/recording/track/track-reader.ts';
import { encodeVoice, voicePcm } from '../../support/voice.ts';

/** Packets one behind the other from position 0 on. */
function inOrder(packets: readonly Uint8Array[], position = -312): TrackPacket[] {
  let at = position;
  return packets.map((packet) => {
    const durationSamples = parseOpusPacket(packet)?.durationSamples ?? 960;
    const trackPacket = { position: toTimelinePosition(at), durationSamples, packet };
    at += durationSamples;
    return trackPacket;
  });
}

/** An async iteration of the packets; the await is there for eslint. */
async function* stream(packets: readonly TrackPacket[]): AsyncGenerator<TrackPacket> {
  for (const packet of packets) yield await Promise.resolve(packet);
}

/** `frames` stereo frames from `fromSamples` on, read in blocks of odd lengths. */
async function read(
  packets: readonly TrackPacket[],
  range: { fromSamples: number; frames: number },
): Promise<{ pcm: Int16Array; refusedCount: number }> {
  await using track = new TrackPcm(stream(packets), { ...range, channels: 2 });
  const pcm = new Int16Array(range.frames * 2);
  for (let at = 0; at < pcm.length; at += 1702) await track.read(pcm.subarray(at, at + 1702));
  return { pcm, refusedCount: track.refusedCount };
}

/** What libopus decodes of all packets in a row, without pre-skip. */
function decodeAll(packets: readonly Uint8Array[]): Int16Array {
  const decoder = new OpusDecoder();
  const decoded = packets.map((packet) => bytesOf(decoder.decode(packet)));
  return new Int16Array(new Uint8Array(Buffer.concat(decoded)).buffer, 312 * 4);
}

/** Largest difference: a matcher that prints half a million differences is slow. */
function bytesOf(pcm: Int16Array): Buffer {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

describe('track pcm', () => {
  const voice = encodeVoice(voicePcm(48_000 * 4, 1));

  test('a packet at position p is heard at p, and the 312 samples before 0 are dropped', async () => {
    const { pcm } = await read(inOrder(voice), { fromSamples: 0, frames: 48_000 });
    expect(bytesOf(pcm).equals(bytesOf(decodeAll(voice).subarray(0, 96_000)))).toBe(true);
  });

  test('after the last packet there is silence for as long as anybody asks', async () => {
    const packets = voice.slice(0, 10);
    const { pcm } = await read(inOrder(packets), { fromSamples: 0, frames: 20_000 });
    const decoded = decodeAll(packets);
    expect(pcm.subarray(0, decoded.length)).toEqual(decoded);
    expect(pcm.subarray(decoded.length).every((value) => value === 0)).toBe(true);
  });

  test('a gap between positions is silence of its length', async () => {
    const packets = inOrder(voice.slice(0, 20));
    const moved = inOrder(voice.slice(20, 40), 48_000);
    const { pcm } = await read([...packets, ...moved], { fromSamples: 0, frames: 72_000 });
    const decoded = decodeAll(voice.slice(0, 40));
    const hole = (20 * 960 - 312) * 2;
    expect(pcm.subarray(0, hole)).toEqual(decoded.subarray(0, hole));
    expect(pcm.subarray(hole, 96_000).every((value) => value === 0)).toBe(true);
    expect(pcm.subarray(96_000, 96_000 + 20 * 1920)).toEqual(decoded.subarray(hole));
  });

  test('of two packets at one place the first is heard, and nothing after them moves', async () => {
    const packets = inOrder(voice.slice(0, 30));
    const twice = [...packets.slice(0, 10), ...packets.slice(5, 10), ...packets.slice(10)];
    const { pcm } = await read(twice, { fromSamples: 0, frames: 9_000 });
    const expected = decodeAll(voice.slice(0, 30)).subarray(0, 18_000);
    expect(bytesOf(pcm).equals(bytesOf(expected))).toBe(true);
  });

  test('a range that begins within speech differs from the whole by one step at most', async () => {
    const whole = decodeAll(voice);
    const { pcm } = await read(inOrder(voice), { fromSamples: 100_001, frames: 50_000 });
    const expected = whole.subarray(200_002, 300_002);
    const distances = pcm.map((value, index) => Math.abs(value - (expected[index] ?? 0)));
    const worst = distances.reduce((most, distance) => Math.max(most, distance), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('a range that begins in silence is exactly that part of the whole', async () => {
    const packets = [...voice.slice(0, 50), ...writeSilence(96_000), ...voice.slice(50, 100)];
    const fromSamples = 50 * 960 + 90_000;
    const { pcm } = await read(inOrder(packets), { fromSamples, frames: 40_000 });
    expect(
      bytesOf(pcm).equals(
        bytesOf(decodeAll(packets).subarray(fromSamples * 2, (fromSamples + 40_000) * 2)),
      ),
    ).toBe(true);
  });

  test('long silence gives zeros without decoding, and the speech after it is the same', async () => {
    const packets = [...voice.slice(0, 50), ...writeSilence(480_000), ...voice.slice(50, 100)];
    const expected = decodeAll(packets);
    const { pcm } = await read(inOrder(packets), { fromSamples: 0, frames: expected.length / 2 });
    expect(bytesOf(pcm).equals(bytesOf(expected))).toBe(true);
    await using track = new TrackPcm(stream(inOrder(packets)), {
      fromSamples: 240_000,
      channels: 2,
    });
    const block = new Int16Array(9600).fill(7);
    expect(await track.read(block)).toBe(false);
    expect(block).toEqual(new Int16Array(9600));
  });

  test('packets of one byte are concealed by the decoder', async () => {
    const previous = voice[19] ?? new Uint8Array(1);
    const { packet } = concealmentPacket(previous);
    const packets = [...voice.slice(0, 20), packet, packet, ...voice.slice(22, 40)];
    const { pcm, refusedCount } = await read(inOrder(packets), { fromSamples: 0, frames: 30_000 });
    expect(refusedCount).toBe(0);
    expect(bytesOf(pcm).equals(bytesOf(decodeAll(packets).subarray(0, 60_000)))).toBe(true);
    const concealed = pcm.subarray((20 * 960 - 312) * 2, (22 * 960 - 312) * 2);
    expect(concealed.some((value) => value !== 0)).toBe(true);
  });

  test('a packet that the decoder refuses is silence of its duration, counted, and the rest is heard', async () => {
    const packets = [...voice.slice(0, 20), Uint8Array.of(0xfb), ...voice.slice(20, 40)];
    const { pcm, refusedCount } = await read(inOrder(packets), { fromSamples: 0, frames: 30_000 });
    const decoded = decodeAll(voice.slice(0, 40));
    const at = (20 * 960 - 312) * 2;
    expect(refusedCount).toBe(1);
    expect(pcm.subarray(at, at + 1920)).toEqual(new Int16Array(1920));
    expect(pcm.subarray(at + 1920)).toEqual(decoded.subarray(at, at + 60_000 - at - 1920));
  });

  test('positions from a damaged file do not change the length', async () => {
    const positions = [5_000_000, -1_000_000, Number.MAX_SAFE_INTEGER - 1, 0, 100, 50, 30_000];
    const packets = positions.flatMap((position) => inOrder(voice.slice(0, 1), position));
    const { pcm } = await read(packets, { fromSamples: 0, frames: 48_000 });
    expect(pcm).toHaveLength(96_000);
  });

  test('the file is closed when reading stops early', async () => {
    let isOpen = true;
    async function* file(): AsyncGenerator<TrackPacket> {
      try {
        yield* stream(inOrder(voice));
      } finally {
        isOpen = false;
      }
    }
    const track = new TrackPcm(file(), { fromSamples: 0, channels: 2 });
    await track.read(new Int16Array(960));
    await track.close();
    expect(isOpen).toBe(false);
  });
});
