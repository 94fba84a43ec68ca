import { describe, expect, test } from 'vitest';
import type { ProbedPacket } from '../../support/ffprobe.ts';
import { sha256, type SentPacket } from '../../support/sent.ts';
import { matchTrack } from '../../support/track-match.ts';

const FROM_MS = 1_000;
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

/** 40 bytes that no other packet has. */
function speech(number: number): Uint8Array {
  return new Uint8Array(40).fill(number + 1);
}

interface Sent {
  readonly bytes: Uint8Array;
  readonly lateMs?: number;
}

/** One packet every 20 ms on the sender's clock, from the start of the track. */
function streamOf(all: readonly Sent[]): SentPacket[] {
  return all.map(({ bytes, lateMs = 0 }, index) => ({
    atMs: FROM_MS + index * 20 + lateMs,
    event: 'packet',
    to: '1',
    userId: '2',
    ssrc: 3,
    sequence: index,
    timestamp: index * 960,
    position: index,
    kind: bytes === SILENCE ? 'silence' : 'speech',
    fate: 'sent',
    payloadBytes: bytes.byteLength,
    epoch: null,
    group: null,
  }));
}

function trackOf(all: readonly { readonly bytes: Uint8Array; readonly position: number }[]) {
  return all.map(({ bytes, position }): ProbedPacket => ({
    position,
    durationSamples: 960,
    byteLength: bytes.byteLength,
    sha256: sha256(bytes),
  }));
}

const said = [...[0, 1, 2].map(speech), ...Array.from({ length: 5 }, () => SILENCE)];

function match(lateMs: number, shiftSamples: number) {
  const stream = streamOf(said.map((bytes, index) => ({ bytes, lateMs: index < 5 ? 0 : lateMs })));
  const track = trackOf(
    said.map((bytes, index) => ({
      bytes,
      position: index * 960 + (index < 5 ? 0 : shiftSamples),
    })),
  );
  const hashOf = ({ position }: SentPacket): string => sha256(said[position ?? 0] ?? SILENCE);
  return matchTrack(track, stream, { hashOf, fromMs: FROM_MS });
}

describe('silence behind speech', () => {
  test('is found at its place', () => {
    expect(match(0, 0)).toMatchObject({ missing: [], jumps: [] });
  });

  test('is found further on when the sender stalled before it, and is no jump then', () => {
    const { placed, missing, jumps } = match(400, 400 * 48);
    expect({ placed: placed.length, missing, jumps }).toEqual({
      placed: said.length,
      missing: [],
      jumps: [],
    });
  });

  test('is missing when it stands elsewhere without a stall', () => {
    expect(match(0, 400 * 48).missing).toHaveLength(3);
  });
});
