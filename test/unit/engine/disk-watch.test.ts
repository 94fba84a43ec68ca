import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { diskRoom } from '../../../main/engine/disk-room.ts';
import { DiskWatch, LowDisk } from '../../../main/engine/disk-watch.ts';

describe('disk room', () => {
  test('is low when four people fill it within half an hour at 64 kbit/s each', () => {
    const halfHourBytes = 4 * ((64_000 / 8) * 60 * 30);
    expect(diskRoom(halfHourBytes, 4)).toEqual({
      freeBytes: halfHourBytes,
      secondsLeft: 1_800,
      low: false,
    });
    expect(diskRoom(halfHourBytes - 1, 4)).toMatchObject({ secondsLeft: 1_799, low: true });
    expect(diskRoom(halfHourBytes, 5)).toMatchObject({ low: true });
  });

  test('goes by one person where nobody is there', () => {
    expect(diskRoom(8_000 * 1_800, 0)).toMatchObject({ secondsLeft: 1_800 });
  });
});

/** The seconds left that are told, when the disk has room for `minutes` at each look. */
function told(...minutes: readonly number[]): readonly number[] {
  const lows: number[] = [];
  const lowDisk = new LowDisk(({ secondsLeft }) => lows.push(secondsLeft));
  for (const left of minutes) lowDisk.update(diskRoom(left * 60 * 8_000, 1));
  return lows;
}

describe('low disk', () => {
  test('is told once', () => {
    expect(told(31, 29, 28, 0)).toEqual([29 * 60]);
  });

  test('is told when it is low at the beginning', () => {
    expect(told(5)).toEqual([5 * 60]);
  });

  test('is told again only after there was room for much longer', () => {
    expect(told(29, 31, 29, 59, 29, 60, 29, 28)).toEqual([29 * 60, 29 * 60]);
  });
});

/** A disk that answers when `answer` is called, and the values that the watchers were given. */
class SlowDisk {
  asked = 0;
  readonly heard: (number | null)[] = [];
  readonly onRead = (freeBytes: number | null): void => void this.heard.push(freeBytes);
  #answers: ((freeBytes: number | null) => void)[] = [];

  readonly read = (): Promise<number | null> => {
    this.asked += 1;
    return new Promise((resolve) => this.#answers.push(resolve));
  };

  /** Answers everything that was asked. */
  async answer(freeBytes: number | null): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer(freeBytes);
    await Promise.resolve();
  }
}

describe('disk watch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('reads at once and every 30 s, once for all who watch', async () => {
    const disk = new SlowDisk();
    const watch = new DiskWatch(disk.read);
    expect(watch.freeBytes).toBeNull();
    watch.watch(disk.onRead);
    await disk.answer(3);
    expect([disk.asked, disk.heard, watch.freeBytes]).toEqual([1, [3], 3]);
    vi.advanceTimersByTime(20_000);
    watch.watch(disk.onRead);
    await disk.answer(2);
    expect([disk.asked, disk.heard]).toEqual([2, [3, 2, 2]]);
    vi.advanceTimersByTime(29_999);
    expect(disk.asked).toBe(2);
    vi.advanceTimersByTime(1);
    expect(disk.asked).toBe(3);
    await disk.answer(null);
    expect(disk.heard).toEqual([3, 2, 2, null, null]);
    expect(watch.freeBytes).toBeNull();
  });

  test('tells nothing to a closed watch, and reads nothing when all are closed', async () => {
    const disk = new SlowDisk();
    const watch = new DiskWatch(disk.read);
    const watching = watch.watch(disk.onRead);
    watching[Symbol.dispose]();
    await disk.answer(0);
    vi.advanceTimersByTime(60_000);
    watch.check();
    expect([disk.asked, disk.heard]).toEqual([1, []]);
  });
});
