import { expect, test } from 'vitest';
import { UnreadableWatch } from '../../../main/session/unreadable-watch.ts';

test('tells of a trouble once, when it has lasted, and again when it comes back', () => {
  const watch = new UnreadableWatch();
  expect(watch.update(['1'], 0)).toEqual([]);
  expect(watch.update(['1', '2'], 4_000)).toEqual([]);
  expect(watch.update(['1', '2'], 5_000)).toEqual(['1']);
  expect(watch.update(['1', '2'], 9_000)).toEqual(['2']);
  expect(watch.update(['2'], 10_000)).toEqual([]);
  expect(watch.update(['1', '2'], 11_000)).toEqual([]);
  expect(watch.update(['1', '2'], 16_000)).toEqual(['1']);
});
