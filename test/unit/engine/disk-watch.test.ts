import { describe, expect, onTestFinished, test } from 'vitest';
import { diskRoom } from '../../../main/engine/disk-room.ts';
import { DiskWatch } from '../../../main/engine/disk-watch.ts';

describe('disk room', () => {
  test('is low when four people fill it within half an hour at 64 kbit/s each', () => {
    const halfHourBytes = 4 * ((64_000 / 8) * 60 * 30);
    expect(diskRoom(halfHourBytes, 4)).toEqual({
      ...{ freeBytes: halfHourBytes, secondsLeft: 1_800, low: false },
    });
    expect(diskRoom(halfHourBytes - 1, 4)).toMatchObject({ secondsLeft: 1_799, low: true });
    expect(diskRoom(halfHourBytes, 5)).toMatchObject({ low: true });
  });

  test('goes by one person where nobody is there', () => {
    expect(diskRoom(8_000 * 1_800, 0)).toMatchObject({ secondsLeft: 1_800 });
  });
});

/** The seconds left that are told, when the disk has so many minutes left at each look; null: it does not answer. */
async function told(...minutes: readonly (number | null)[]): Promise<readonly number[]> {
  const lows: number[] = [];
  let now: number | null = null;
  const watch = new DiskWatch({
    room: () => Promise.resolve(now === null ? null : diskRoom(now * 60 * 8_000, 1)),
    onLow: ({ secondsLeft }) => lows.push(secondsLeft),
  });
  onTestFinished(() => watch[Symbol.dispose]());
  for (now of minutes) await watch.check();
  return lows;
}

describe('disk watch', () => {
  test('tells a low disk once', async () => {
    expect(await told(31, 29, 28, null, 0)).toEqual([29 * 60]);
  });

  test('tells one that is low at the beginning', async () => {
    expect(await told(null, 5)).toEqual([5 * 60]);
  });

  test('tells it again only after there was plenty', async () => {
    expect(await told(29, 31, 29, 59, 29, 60, 29, 28)).toEqual([29 * 60, 29 * 60]);
  });

  test('tells nothing once it is over', async () => {
    const lows: unknown[] = [];
    let answer: (room: ReturnType<typeof diskRoom>) => void = () => undefined;
    const room = (): Promise<ReturnType<typeof diskRoom>> =>
      new Promise((resolve) => (answer = resolve));
    const watch = new DiskWatch({ room, onLow: (low) => lows.push(low) });
    const checked = watch.check();
    watch[Symbol.dispose]();
    answer(diskRoom(0, 1));
    await checked;
    expect(lows).toEqual([]);
  });
});
