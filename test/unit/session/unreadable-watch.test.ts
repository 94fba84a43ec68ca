import { expect, test } from 'vitest';
import { UnreadableWatch } from '../../../main/session/unreadable-watch.ts';

test('gives a user once, after 2 s, and again when frames fail again later', () => {
  const watch = new UnreadableWatch();
  expect(watch.update(['1'], 0)).toEqual([]);
  expect(watch.update(['1', '2'], 1_500)).toEqual([]);
  expect(watch.update(['1', '2'], 2_000)).toEqual(['1']);
  expect(watch.update(['1', '2'], 3_500)).toEqual(['2']);
  expect(watch.update(['2'], 4_000)).toEqual([]);
  expect(watch.update(['1', '2'], 5_000)).toEqual([]);
  expect(watch.update(['1', '2'], 7_000)).toEqual(['1']);
});

test('knows who has not been decrypted for 2 s, and since when', () => {
  const watch = new UnreadableWatch();
  watch.update(['1'], 0);
  watch.update(['1', '2'], 1_000);
  expect(watch.troubled).toEqual(new Map());
  watch.update(['1', '2'], 2_000);
  expect(watch.troubled).toEqual(new Map([['1', 0]]));
  watch.update(['2'], 3_000);
  expect(watch.troubled).toEqual(new Map([['2', 1_000]]));
  watch.update([], 4_000);
  expect(watch.troubled).toEqual(new Map());
});
