import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { events } from '../../../preload/contract/event-schemas.ts';
import type { LevelBatch } from '../../../preload/contract/events.ts';
import type { LibraryChange } from '../../../preload/contract/library.ts';
import type { Snapshot } from '../../../preload/contract/snapshot.ts';
import { Publisher } from '../../../main/ipc/publish.ts';
import { fakeDeck, FakeLibrary, FakeSession } from '../../support/fake-deck.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A publisher, its window, and what the page was sent, oldest first, parsed by the contract's schemas. */
function published(deck: ReturnType<typeof fakeDeck>) {
  const names: string[] = [];
  const snapshots: Snapshot[] = [];
  const library: LibraryChange[] = [];
  const levels: LevelBatch[] = [];
  const window = { isOpen: true, isShown: true };
  const page = {
    isDestroyed: () => false,
    send: (name: string, payload: unknown) => {
      names.push(name);
      if (name === 'snapshot') snapshots.push(events.snapshot.parse(payload));
      if (name === 'library') library.push(events.library.parse(payload));
      if (name === 'levels') levels.push(events.levels.parse(payload));
    },
  };
  const publisher = new Publisher(deck, {
    appVersion: '0.1.0',
    page: () => (window.isOpen ? page : null),
    isShown: () => window.isShown,
  });
  return {
    publisher,
    window,
    names,
    snapshots,
    library,
    levels,
    [Symbol.dispose]: () => {
      publisher.close();
    },
  };
}

/** Lets a recording go on for `seconds` in steps of 50 ms. */
function passTime(session: FakeSession, seconds: number): void {
  for (let step = 0; step < seconds * 20; step += 1) {
    session.advance(0.05);
    vi.advanceTimersByTime(50);
  }
}

/** Numbers of the bars in a batch. */
function barsOf({ speakers }: LevelBatch): readonly number[] {
  return speakers.flatMap(({ bars }) => bars.map(([number]) => number));
}

describe('publisher', () => {
  test('what changes within 50 ms is one snapshot', () => {
    using shown = published(fakeDeck(null));
    shown.publisher.changed();
    shown.publisher.changed();
    vi.advanceTimersByTime(49);
    expect(shown.snapshots).toHaveLength(0);
    vi.advanceTimersByTime(1_000);
    expect(shown.snapshots).toHaveLength(1);
    shown.publisher.changed();
    vi.advanceTimersByTime(50);
    expect(shown.snapshots).toHaveLength(2);
  });

  test('while recording a snapshot comes twice a second, and levels 20 times', () => {
    const session = new FakeSession();
    using shown = published(fakeDeck(session));
    passTime(session, 2);
    expect(shown.levels).toHaveLength(40);
    expect(shown.levels.at(-1)).toMatchObject({ samples: 96_000 });
    expect(shown.snapshots.length).toBeGreaterThanOrEqual(3);
  });

  test('while nothing is recorded nothing is sent without a change', () => {
    using shown = published(fakeDeck(null));
    vi.advanceTimersByTime(60_000);
    expect([...shown.snapshots, ...shown.levels]).toEqual([]);
  });

  test.each(['isShown', 'isOpen'] as const)(
    'without a window that %s nothing is decoded, and later only new packets are',
    (state) => {
      const session = new FakeSession();
      using shown = published(fakeDeck(session));
      passTime(session, 1);
      expect(session.decoded).toBeCloseTo(50);
      shown.window[state] = false;
      passTime(session, 60);
      expect(session.decoded).toBeCloseTo(50);
      expect(shown.levels).toHaveLength(20);
      shown.window[state] = true;
      passTime(session, 1);
      expect(session.decoded).toBeCloseTo(100);
      expect(shown.levels).toHaveLength(40);
      expect(shown.levels.at(-1)).toMatchObject({ samples: 62 * 48_000 });
    },
  );

  test('a hidden window is still sent snapshots', () => {
    const session = new FakeSession();
    using shown = published(fakeDeck(session));
    shown.window.isShown = false;
    passTime(session, 2);
    expect(shown.snapshots.length).toBeGreaterThanOrEqual(3);
  });

  test('window.ready is answered at once: library, all bars so far, and the snapshot last', () => {
    const session = new FakeSession();
    using shown = published(fakeDeck(session));
    passTime(session, 2);
    const [bars, names] = [shown.levels.flatMap(barsOf), shown.names.length];
    shown.publisher.ready();
    expect(shown.names.slice(names)).toEqual(['library', 'levels', 'snapshot']);
    const kept = shown.levels.at(-1);
    expect(kept?.samples).toBe(96_000);
    expect(kept === undefined ? [] : barsOf(kept)).toEqual([...new Set(bars)]);
    expect(session.decoded).toBeCloseTo(100);
  });

  test('window.ready takes the place of a snapshot that was about to be sent', () => {
    using shown = published(fakeDeck(null));
    shown.publisher.changed();
    shown.publisher.ready();
    vi.advanceTimersByTime(1_000);
    expect(shown.names).toEqual(['library', 'snapshot']);
  });

  test('while the library does not change, its recordings are neither read nor sent', () => {
    const session = new FakeSession();
    const library = new FakeLibrary(1_000);
    using shown = published(fakeDeck(session, { library }));
    shown.publisher.ready();
    expect(shown.library).toHaveLength(1);
    const asked = library.asked;
    passTime(session, 20);
    expect(shown.snapshots.length).toBeGreaterThan(30);
    expect(library.asked).toBe(asked);
    expect(shown.library).toHaveLength(1);
  });

  test('a snapshot is as long with a thousand recordings as with none', () => {
    const lengths = [0, 1_000].map((count) => {
      using shown = published(fakeDeck(new FakeSession(), { library: new FakeLibrary(count) }));
      shown.publisher.ready();
      return JSON.stringify(shown.snapshots).length;
    });
    expect(lengths[1]).toBe(lengths[0]);
  });

  test('only changed recordings of the library are sent, when they change', () => {
    const library = new FakeLibrary(1_000);
    using shown = published(fakeDeck(null, { library }));
    shown.publisher.ready();
    const [whole] = shown.library;
    expect(whole?.rows).toHaveLength(1_000);
    expect(whole?.rows[0]).toMatchObject({ id: '0', state: 'complete', lostPackets: 24 });
    library.refresh();
    expect(shown.library).toHaveLength(1);
    library.refresh('new');
    const change = shown.library.at(-1);
    expect(change?.rows.map(({ id }) => id)).toEqual(['new']);
    expect(change?.order).toHaveLength(1_001);
    vi.advanceTimersByTime(1_000);
    expect(shown.snapshots).toHaveLength(1);
  });

  test('without a window the library’s recordings are not read', () => {
    const library = new FakeLibrary(1_000);
    using shown = published(fakeDeck(null, { library }));
    shown.window.isOpen = false;
    library.refresh('new');
    expect(library.asked).toBe(0);
  });

  test('closed it sends nothing more', () => {
    const session = new FakeSession();
    using shown = published(fakeDeck(session));
    shown.publisher.changed();
    shown.publisher.close();
    passTime(session, 1);
    expect([...shown.snapshots, ...shown.levels]).toEqual([]);
  });
});
