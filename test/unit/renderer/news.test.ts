import { describe, expect, test } from 'vitest';
import type { NewsSnapshot } from '../../../preload/contract/snapshot.ts';
import { isFresh, latestNews } from '../../../renderer/bridge/news.ts';

const at = (atMs: number) => ({ number: 0, samples: 0, atMs });

/** The news that the status line shows for these, which happened one after the other. */
const told = (...news: readonly NewsSnapshot[]) =>
  latestNews(news).map((one) => ('name' in one ? `${one.kind} ${one.name}` : one.kind));

describe('the latest news', () => {
  test('without news there is none', () => {
    expect(told()).toEqual([]);
    expect(told({ kind: 'began', ...at(0) }, { kind: 'lost', ...at(1_000) })).toEqual([]);
  });

  test('is the newest', () => {
    const joined = { kind: 'joined', name: 'Okke' } as const;
    const marked = { kind: 'marked', marker: 0 } as const;
    expect(told({ ...joined, ...at(0) }, { ...marked, ...at(50) })).toEqual(['marked']);
    expect(told({ ...marked, ...at(0) }, { ...joined, ...at(50) })).toEqual(['joined Okke']);
  });

  test('of news at the same time is the most important', () => {
    expect(
      told(
        { kind: 'moved', channelName: 'Side table', ...at(0) },
        { kind: 'left', name: 'Mara', ...at(1) },
        { kind: 'joined', name: 'Okke', ...at(2) },
      ),
    ).toEqual(['moved']);
    expect(
      told(
        { kind: 'marked', marker: 0, ...at(0) },
        { kind: 'resumed', pausedSamples: 0, ...at(1) },
        { kind: 'unheard', missingSamples: 0, ...at(2) },
        { kind: 'back', missingSamples: 0, ...at(3) },
      ),
    ).toEqual(['back']);
  });

  test('names everybody who joined at the same time, and nobody who joined before', () => {
    expect(
      told(
        { kind: 'joined', name: 'Mara', ...at(0) },
        { kind: 'joined', name: 'Okke', ...at(1_000) },
        { kind: 'left', name: 'Bo', ...at(1_010) },
        { kind: 'joined', name: 'Ilse', ...at(1_049) },
      ),
    ).toEqual(['joined Okke', 'joined Ilse']);
  });

  test('is not replaced by news that the status line shows in another way', () => {
    expect(
      told(
        { kind: 'joined', name: 'Okke', ...at(0) },
        { kind: 'code-changed', ...at(1) },
        { kind: 'deafened', ...at(100) },
        { kind: 'undecryptable', ...at(200) },
      ),
    ).toEqual(['joined Okke']);
  });

  test('is shown for ten seconds', () => {
    expect(isFresh(1_000, 10_999)).toBe(true);
    expect(isFresh(1_000, 11_000)).toBe(false);
  });
});
