import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseJson } from '../../../main/base/json.ts';
import { strictList } from '../../../main/base/strict-list.ts';

const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

test('JSON gives its value, other text gives undefined', () => {
  expect(parseJson('{"a":["}]\\"[[",1]}')).toEqual({ a: ['}]"[[', 1] });
  for (const text of ['', '{', '"', '"\\', '{"a":1,}', 'NaN', ']'])
    expect(parseJson(text)).toBe(undefined);
});

test('brackets count outside of strings only', () => {
  const text = '\\\\"['.repeat(100);
  expect(parseJson(JSON.stringify([text]))).toEqual([text]);
});

test('JSON nested deeper than 64 is refused, however deep', () => {
  expect(parseJson(nested(64))).toBeInstanceOf(Array);
  expect(parseJson(nested(66))).toBe(undefined);
  expect(parseJson(nested(2_000_000))).toBe(undefined);
});

test('a strict list stops at the first wrong element and says which it is', () => {
  let looked = 0;
  const element = z.object({ n: z.int().refine(() => (looked += 1) > 0) });
  const list = z.object({ all: strictList(element, 5) });
  const wrong = list.safeParse({ all: [{ n: 1 }, { n: 'x' }, { n: 2 }, { n: 3 }] });
  expect(wrong.error?.issues).toMatchObject([{ path: ['all', 1, 'n'] }]);
  expect(looked).toBe(1);
  expect(list.safeParse({ all: new Array(6).fill({ n: 1 }) }).success).toBe(false);
  expect(list.parse({ all: [{ n: 1 }, { n: 2 }] })).toEqual({ all: [{ n: 1 }, { n: 2 }] });
});
