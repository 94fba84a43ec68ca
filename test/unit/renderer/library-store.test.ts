import { expect, test, vi } from 'vitest';
import { LibraryStore } from '../../../renderer/bridge/library-store.ts';
import { recordings } from '../../support/fake-bridge/recordings.ts';

const [first, second, third] = recordings;
if (first === undefined || second === undefined || third === undefined)
  throw new Error('the fake library is not empty');

test('rows that did not change stay the same objects, in the newest order', () => {
  const library = new LibraryStore();
  const listener = vi.fn();
  library.subscribe(listener);
  library.accept({ order: [second.id, third.id], rows: [second, third] });
  const before = library.get();
  expect(before).toEqual([second, third]);
  const longer = { ...third, samples: third.samples + 1 };
  library.accept({ order: [first.id, second.id, third.id], rows: [first, longer] });
  expect(library.get()).toEqual([first, second, longer]);
  expect(library.get()[1]).toBe(before[0]);
  library.accept({ order: [first.id], rows: [] });
  expect(library.get()).toEqual([first]);
  expect(listener).toHaveBeenCalledTimes(3);
});

test('the list stays the same object while nothing changes', () => {
  const library = new LibraryStore();
  expect(library.get()).toBe(library.get());
  library.accept({ order: [first.id], rows: [first] });
  expect(library.get()).toBe(library.get());
});
