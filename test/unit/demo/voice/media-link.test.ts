import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MediaLink } from '../../../../main/demo/voice/media-link.ts';
import type { LinkQuality } from '../../../../main/demo/voice/media-link.ts';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { SCENARIOS } from '../../../../main/demo/control/scenarios.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends 500 numbered datagrams, one every 20 ms: the fate of each, and what arrived. */
function run(quality: LinkQuality, seed = 1): { fates: string[]; arrived: number[] } {
  const arrived: number[] = [];
  const link = new MediaLink(
    new SeededRandom(seed),
    () => quality,
    (datagram) => {
      arrived.push(Buffer.from(datagram).readUInt16BE());
    },
  );
  const fates = Array.from({ length: 500 }, (_, index) => {
    const fate = link.send(Uint8Array.of(index >> 8, index & 0xff));
    vi.advanceTimersByTime(20);
    return fate;
  });
  vi.advanceTimersByTime(1000);
  return { fates, arrived };
}

const numbersOf = (fates: readonly string[], fate: string): number[] =>
  fates.flatMap((one, index) => (one === fate ? index : []));

describe('media link', () => {
  test('a clean one delivers everything once, in order', () => {
    const { fates, arrived } = run(SCENARIOS.calm.link);
    expect(new Set(fates)).toEqual(new Set(['sent']));
    expect(arrived).toEqual(fates.map((_, index) => index));
  });

  test('a dropped datagram never arrives, a duplicated one arrives twice', () => {
    const { fates, arrived } = run(SCENARIOS.rough.link);
    const counts = fates.map((_, index) => arrived.filter((one) => one === index).length);
    const expected = fates.map((fate) => ({ dropped: 0, duplicated: 2 })[fate] ?? 1);
    expect(counts).toEqual(expected);
    expect(numbersOf(fates, 'dropped').length).toBeGreaterThan(5);
    expect(numbersOf(fates, 'duplicated').length).toBeGreaterThan(3);
  });

  test('datagrams sent within a millisecond keep their order', async () => {
    vi.useRealTimers(); // fake timers fire at whole milliseconds only
    const arrived: number[] = [];
    const sent = Array.from({ length: 300 }, (_, index) => index);
    const link = new MediaLink(
      new SeededRandom(1),
      () => ({ ...SCENARIOS.calm.link, jitterMs: 3, delayMs: 2 }),
      (datagram) => arrived.push(Buffer.from(datagram).readUInt16BE()),
    );
    for (const index of sent) {
      link.send(Uint8Array.of(index >> 8, index & 0xff));
      await setImmediate();
    }
    await expect.poll(() => arrived.length).toBe(sent.length);
    expect(arrived).toEqual(sent);
  });

  test('only reordered datagrams arrive after a later one', () => {
    const { fates, arrived } = run({ ...SCENARIOS.calm.link, reorderRatio: 0.05, jitterMs: 15 });
    const overtaken = fates.flatMap((_, number) => {
      const at = arrived.indexOf(number);
      return arrived.slice(0, at).some((earlier) => earlier > number) ? number : [];
    });
    expect(overtaken).toEqual(numbersOf(fates, 'reordered'));
    expect(overtaken.length).toBeGreaterThan(5);
  });

  test('the same seed gives the same fates', () => {
    expect(run(SCENARIOS.rough.link, 5).fates).toEqual(run(SCENARIOS.rough.link, 5).fates);
    expect(run(SCENARIOS.rough.link, 5).fates).not.toEqual(run(SCENARIOS.rough.link, 6).fates);
  });
});
