import { describe, expect, test } from 'vitest';
import {
  type BufferedPacket,
  JitterBuffer,
  type ReadyPacket,
} from '../../../main/rtp/jitter-buffer.ts';

const packet = (sequence: number, arrivedAtMs = 0): BufferedPacket => ({
  sequence,
  arrival: { latestMs: arrivedAtMs, earliestMs: arrivedAtMs },
});

/** Sequence numbers, each with the losses before it, as `5` or `5 after 2`. */
const told = (ready: readonly ReadyPacket<BufferedPacket>[]) =>
  ready.map(({ packet: { sequence }, lostBefore }) =>
    lostBefore === 0 ? String(sequence) : `${String(sequence)} after ${String(lostBefore)}`,
  );

describe('jitter buffer', () => {
  test('packets in order are released at once, each of them once', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    expect(buffer.push(packet(7))).toBe('kept');
    expect(told(buffer.ready(0))).toEqual(['7']);
    expect(buffer.push(packet(8))).toBe('kept');
    expect(told(buffer.ready(0))).toEqual(['8']);
    expect(told(buffer.ready(1e9))).toEqual([]);
  });

  test('two reordered packets are put in order', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    buffer.push(packet(1));
    buffer.push(packet(3, 20));
    expect(told(buffer.ready(20))).toEqual(['1']);
    buffer.push(packet(2, 30));
    expect(told(buffer.ready(30))).toEqual(['2', '3']);
  });

  test('a missing packet holds back the next ones for the playout delay, and is then lost', () => {
    const buffer = new JitterBuffer<BufferedPacket>({ playoutDelayMs: 100 });
    buffer.push(packet(1, 0));
    buffer.push(packet(4, 60));
    buffer.push(packet(5, 80));
    buffer.ready(80);
    expect(told(buffer.ready(159))).toEqual([]);
    expect(told(buffer.ready(160))).toEqual(['4 after 2', '5']);
  });

  test('each of two missing packets is waited for on its own', () => {
    const buffer = new JitterBuffer<BufferedPacket>({ playoutDelayMs: 100 });
    buffer.push(packet(1, 0));
    buffer.push(packet(3, 40));
    buffer.push(packet(5, 90));
    buffer.ready(90);
    expect(told(buffer.ready(140))).toEqual(['3 after 1']);
    expect(told(buffer.ready(190))).toEqual(['5 after 1']);
  });

  test('a packet whose successor was released is late', () => {
    const buffer = new JitterBuffer<BufferedPacket>({ playoutDelayMs: 100 });
    buffer.push(packet(1, 0));
    buffer.push(packet(3, 0));
    buffer.ready(100);
    expect(buffer.push(packet(2, 101))).toBe('late');
    expect(buffer.push(packet(1, 102))).toBe('late');
    expect(told(buffer.ready(500))).toEqual([]);
  });

  test('the same sequence number again is not kept', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    buffer.push(packet(1));
    buffer.push(packet(3));
    expect(buffer.push(packet(3))).toBe('late');
  });

  test('a sequence number without audio is neither waited for nor lost', () => {
    const buffer = new JitterBuffer<BufferedPacket>({ playoutDelayMs: 100 });
    buffer.push(packet(1));
    buffer.pass(2);
    buffer.push(packet(3));
    expect(told(buffer.ready(0))).toEqual(['1', '3']);
    buffer.pass(5);
    buffer.push(packet(6, 0));
    expect(told(buffer.ready(100))).toEqual(['6 after 1']);
  });

  test('a stream may begin with a sequence number without audio', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    buffer.pass(9);
    buffer.push(packet(10));
    expect(told(buffer.ready(0))).toEqual(['10']);
  });

  test('a reserved sequence number holds back the next ones until it is filled or given up', () => {
    const buffer = new JitterBuffer<BufferedPacket>({ playoutDelayMs: 100 });
    buffer.push(packet(1));
    buffer.reserve(2);
    buffer.push(packet(3, 10));
    expect(told(buffer.ready(5_000))).toEqual(['1']);
    expect(buffer.push(packet(2, 5))).toBe('kept');
    expect(told(buffer.ready(5_000))).toEqual(['2', '3']);
    buffer.reserve(4);
    buffer.push(packet(5, 10));
    expect(told(buffer.ready(9_000))).toEqual([]);
    buffer.giveUp(4);
    expect(told(buffer.ready(9_000))).toEqual(['5 after 1']);
  });

  test('flush gives everything in order, whatever is missing', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    buffer.push(packet(1));
    buffer.reserve(2);
    buffer.push(packet(5));
    buffer.pass(6);
    buffer.push(packet(7));
    expect(told(buffer.flush())).toEqual(['1', '5 after 3', '7']);
  });

  test('it holds a bounded number of packets, and releases across a huge jump at once', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    buffer.push(packet(0));
    buffer.push(packet(30_000_000));
    expect(told(buffer.ready(250))).toEqual(['0', '30000000 after 29999999']);
    buffer.reserve(30_000_001);
    for (let number = 2; number < 5_000; number += 1) buffer.push(packet(30_000_000 + number));
    expect(buffer.ready(0).length).toBeGreaterThan(3_900);
  });

  test('numbers below zero and across a former wrap are plain integers', () => {
    const buffer = new JitterBuffer<BufferedPacket>();
    for (const number of [-2, -1, 0, 65_536]) buffer.push(packet(number));
    expect(told(buffer.flush())).toEqual(['-2', '-1', '0', '65536 after 65535']);
  });
});
