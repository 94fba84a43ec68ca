import { describe, expect, test } from 'vitest';
import type { RecordingSnapshot } from '../../../preload/contract/library.ts';
import { LibraryFeed } from '../../../main/ipc/library-feed.ts';

const talk = [[0, 960]] as const;

function row(id: string, change: Partial<RecordingSnapshot> = {}): RecordingSnapshot {
  return {
    id,
    guildName: 'The Salt Road',
    channelName: 'Session Zero',
    startedAtMs: 1_000_000,
    samples: 48_000,
    state: 'complete',
    sizeBytes: 9_000,
    lostPackets: 0,
    tracks: [{ file: 'tracks/01-Mara.opus', userId: '1', name: 'Mara', talk }],
    ...change,
  };
}

/** A feed whose page has been sent these rows. */
function knowing(...rows: readonly RecordingSnapshot[]): LibraryFeed {
  const feed = new LibraryFeed();
  feed.whole(rows);
  return feed;
}

describe('library feed', () => {
  test('the first change has the whole library', () => {
    expect(new LibraryFeed().whole([row('b'), row('a')])).toEqual({
      order: ['b', 'a'],
      rows: [row('b'), row('a')],
    });
  });

  test('rows that are made again with the same content are not sent', () => {
    expect(knowing(row('b'), row('a')).change([row('b'), row('a')])).toBeNull();
    expect(knowing().change([])).toBeNull();
  });

  test.each([
    ['its length', { samples: 96_000 }],
    ['its state', { state: 'recovered' }],
    ['its tracks', { tracks: [] }],
    ['a name', { tracks: [{ file: 'tracks/01-Mara.opus', userId: '1', name: 'Okke', talk }] }],
    [
      'a talk map',
      { tracks: [{ file: 'tracks/01-Mara.opus', userId: '1', name: 'Mara', talk: [] }] },
    ],
  ] as const)('a row is told when %s is another one, and no other row with it', (_, change) => {
    const feed = knowing(row('b'), row('a'));
    const changed = row('a', change);
    expect(feed.change([row('b'), changed])).toEqual({ order: ['b', 'a'], rows: [changed] });
    expect(feed.change([row('b'), changed])).toBeNull();
  });

  test('a new recording comes with the order of all, a deleted one is missing in the order', () => {
    const feed = knowing(row('b'), row('a'));
    expect(feed.change([row('c'), row('b'), row('a')])).toEqual({
      order: ['c', 'b', 'a'],
      rows: [row('c')],
    });
    expect(feed.change([row('c'), row('a')])).toEqual({ order: ['c', 'a'], rows: [] });
  });
});
