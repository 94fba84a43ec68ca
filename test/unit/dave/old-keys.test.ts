import { describe, expect, test } from 'vitest';
import { OldKeys } from '../../../main/dave/old-keys.ts';
import type { Opener } from '../../../main/dave/old-keys.ts';

const FRAME = Uint8Array.of(1, 2, 3);

/** Keys that open every frame, to their own number. */
function opener(number: number): Opener {
  return { open: () => Uint8Array.of(number) };
}

const opens = (keys: OldKeys, nowMs: number): number | undefined =>
  keys.open('1', FRAME, nowMs)?.[0];

describe('old keys', () => {
  test('open until 10 s after newer ones take effect, and without a limit before that', () => {
    const keys = new OldKeys();
    keys.keep(opener(1));
    expect(opens(keys, 1e9)).toBe(1);
    keys.supersede(1e9);
    keys.supersede(1e9 + 5_000);
    expect(opens(keys, 1e9 + 9_999)).toBe(1);
    expect(opens(keys, 1e9 + 10_000)).toBeUndefined();
  });

  test('are tried from the newest on, and four groups are kept', () => {
    const keys = new OldKeys();
    const closed: number[] = [];
    for (let number = 0; number < 6; number += 1)
      keys.keep({
        open: () => {
          closed.push(number);
          return null;
        },
      });
    expect(opens(keys, 0)).toBeUndefined();
    expect(closed).toEqual([5, 4, 3, 2]);
  });

  test('open nothing once they are cleared', () => {
    const keys = new OldKeys();
    keys.keep(opener(1));
    keys.clear();
    expect(opens(keys, 0)).toBeUndefined();
  });
});
