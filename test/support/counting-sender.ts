import type { SeededRandom } from '../../main/base/seeded-random.ts';
import { SILENCE_FRAME } from '../../main/audio/opus-silence.ts';
import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import type { HeardPacket } from './heard-call.ts';

/** Where a sender that counts anew goes on: `goes-on` leaves numbers or times as they are. */
export type Anew = 'goes-on' | 'to-zero' | 'forwards' | 'backwards' | 'to-wrap';

/** A packet, when it was sent, and to which talkspurt it belongs. */
export interface CountedPacket extends HeardPacket {
  readonly sentMs: number;
  readonly clip: number;
  readonly kind: 'speech' | 'silence';
}

export interface CountingSenderOptions {
  readonly random: SeededRandom;
  readonly ssrc?: number;
  readonly clips: number;
  readonly numbers: Anew;
  readonly times: Anew;
  /** Packets of speech in a talkspurt. */
  readonly length?: readonly [number, number];
  /** Milliseconds between two talkspurts. */
  readonly pauseMs?: readonly [number, number];
  readonly clock?: 'running' | 'frozen';
  /** Silence frames behind each talkspurt. */
  readonly silence?: number;
}

const PACKET_MS = 20;
const PACKET_SAMPLES = 960;

/** Talkspurts of a sender that counts anew at each of them, in numbers, times or both; each packet is unlike all others. */
export function countedPackets(options: CountingSenderOptions): CountedPacket[] {
  const { random, ssrc = 7_001, clips, numbers, times, clock = 'running', silence = 0 } = options;
  const [least, most] = options.length ?? [20, 200];
  const [leastMs, mostMs] = options.pauseMs ?? [300, 5_000];
  const sent: CountedPacket[] = [];
  let sequence = numbers === 'to-zero' ? 0 : random.integer(0x1_0000);
  let time = times === 'to-zero' ? 0 : random.integer(2 ** 32);
  let nowMs = 500;
  for (let clip = 0; clip < clips; clip += 1) {
    const talk = least + random.integer(most - least + 1);
    for (let index = 0; index < talk + silence; index += 1) {
      const isTalk = index < talk;
      const fields = { ssrc, sequence: sequence & 0xffff, timestamp: toRtpTimestamp(time) };
      const payload = isTalk ? speech(sent.length, random) : SILENCE_FRAME;
      sent.push({ fields, payload, sentMs: nowMs, clip, kind: isTalk ? 'speech' : 'silence' });
      sequence += 1;
      time += PACKET_SAMPLES;
      nowMs += PACKET_MS;
    }
    const pauseMs = PACKET_MS * Math.round((leastMs + random.next() * (mostMs - leastMs)) / 20);
    nowMs += pauseMs;
    if (clock === 'running') time += (pauseMs / PACKET_MS) * PACKET_SAMPLES;
    sequence = anew(sequence, numbers, { wrap: 0x1_0000, least: 3_000, random });
    time = anew(time, times, { wrap: 2 ** 32, least: 4_800_000, random });
  }
  return sent;
}

/** 20 ms of speech that says which it is: `numberOf` reads it. */
function speech(number: number, random: SeededRandom): Uint8Array {
  return Buffer.concat([Buffer.of(0x78, number & 0xff, number >> 8, 0xaa), random.bytes(20)]);
}

/** Which of the sender's packets that is. */
export function numberOf(opus: Uint8Array): number {
  return (opus[1] ?? 0) | ((opus[2] ?? 0) << 8);
}

function anew(
  value: number,
  way: Anew,
  { wrap, least, random }: { wrap: number; least: number; random: SeededRandom },
): number {
  const far = least + random.integer(wrap / 2 - 2 * least);
  switch (way) {
    case 'goes-on':
      return value;
    case 'to-zero':
      return 0;
    case 'forwards':
      return value + far;
    case 'backwards':
      return value - far;
    case 'to-wrap':
      return wrap - 3 * (wrap > 0x1_0000 ? PACKET_SAMPLES : 1);
  }
}
