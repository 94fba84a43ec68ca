import { describe, expect, test } from 'vitest';
import { News, type Circumstances, type NewsItem } from '../../../main/session/news.ts';
import type { GapReason, UntimedSessionEvent } from '../../../main/session/session-event.ts';

const SECOND = 48_000;

/** News of a recording that began at second 1 of the wall clock; times are seconds of the recording. */
class Told {
  readonly news = new News();
  #circumstances: Circumstances = { isLost: false, isDeafened: false };

  constructor(circumstances: Partial<Circumstances> = {}) {
    this.observe(0, circumstances);
  }

  hear(seconds: number, event: UntimedSessionEvent): void {
    this.news.hear(event, at(seconds));
  }

  gap(seconds: number, reason: GapReason, [from, to]: readonly [number, number]): void {
    const gap = { fromSamples: from * SECOND, toSamples: to * SECOND };
    this.hear(seconds, { event: 'gap', reason, ...gap });
  }

  /** The connection is back behind a gap, which is told at once, or later in a server move. */
  back(seconds: number, reason: GapReason, gap: readonly [number, number]): void {
    if (reason !== 'server-move') this.gap(seconds, reason, gap);
    this.news.connectionBack({ fromSamples: gap[0] * SECOND, toSamples: gap[1] * SECOND });
    this.observe(seconds, { isLost: false });
  }

  observe(seconds: number, change: Partial<Circumstances>): void {
    this.#circumstances = { ...this.#circumstances, ...change };
    this.news.observe(this.#circumstances, at(seconds));
  }

  /** The news without numbers, times and positions. */
  get events(): readonly object[] {
    const where = ['number', 'atMs', 'samples'];
    return this.news.items.map((item) =>
      Object.fromEntries(Object.entries(item).filter(([name]) => !where.includes(name))),
    );
  }

  get last(): NewsItem | undefined {
    return this.news.items.at(-1);
  }
}

const at = (seconds: number) => ({ atMs: 1_000 + seconds * 1_000, samples: seconds * SECOND });

const joined = {
  event: 'joined',
  guildId: '1',
  channelId: '11',
  mode: 'aead_aes256_gcm_rtpsize',
  daveVersion: 1,
  recording: '/recordings/one',
} as const;
const present = (name: string): UntimedSessionEvent => ({
  event: 'present',
  userId: '1',
  name,
  bot: false,
  excluded: false,
});
const left = (name: string): UntimedSessionEvent => ({ event: 'left', userId: '1', name });
const code = (digit: number | null): UntimedSessionEvent => ({
  event: 'e2ee',
  version: 1,
  epoch: digit,
  privacyCode: digit === null ? null : String(digit).repeat(30),
});

describe('news of a recording', () => {
  test('has a number, a time and a position', () => {
    const told = new Told();
    told.hear(0, joined);
    told.hear(10, present('Okke'));
    expect(told.news.items).toEqual([
      { kind: 'began', number: 0, atMs: 1_000, samples: 0 },
      { kind: 'joined', name: 'Okke', number: 1, atMs: 11_000, samples: 10 * SECOND },
    ]);
  });

  test('the newest hundred are kept, and their numbers have no gap', () => {
    const told = new Told();
    for (let marker = 0; marker < 250; marker += 1) told.news.marked(marker, at(marker));
    const numbers = told.news.items.map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => 150 + index));
    expect(told.last).toMatchObject({ kind: 'marked', marker: 249 });
  });

  test('items that were given do not change when more happens', () => {
    const told = new Told();
    told.hear(0, joined);
    const before = told.news.items;
    told.hear(10, present('Okke'));
    expect(before).toHaveLength(1);
  });

  test('joins and leaves are news, but not within the first three seconds', () => {
    const told = new Told();
    told.hear(2.9, present('Mara'));
    told.hear(2.9, left('Mara'));
    expect(told.events).toEqual([]);
    told.hear(3, present('Okke'));
    told.hear(4, left('Okke'));
    expect(told.events).toEqual([
      { kind: 'joined', name: 'Okke' },
      { kind: 'left', name: 'Okke' },
    ]);
  });

  test('a move has the new channel’s name', () => {
    const told = new Told();
    told.hear(10, { event: 'moved', channelId: '12', channelName: 'Side table' });
    expect(told.events).toEqual([{ kind: 'moved', channelName: 'Side table' }]);
  });

  test('other events are no news', () => {
    const told = new Told();
    told.hear(0, { event: 'connected', user: { id: '1', name: 'Bot' } });
    told.hear(1, { event: 'speaker', userId: '1', name: 'Mara', track: 'tracks/01-Mara.opus' });
    told.hear(2, { event: 'warning', code: 'nothing-arrives', message: '' });
    told.hear(3, { event: 'stopped', reason: 'user', samples: 0, tracks: [] });
    expect(told.events).toEqual([]);
  });
});

describe('news of an outage', () => {
  test('a lost connection is news once, however often it is retried', () => {
    const told = new Told();
    told.observe(10, { isLost: true });
    told.observe(11, { isLost: true });
    expect(told.events).toEqual([{ kind: 'lost' }]);
    told.observe(12, { isLost: false });
  });

  test.each(['reconnect', 'server-move', 'channel-move', 'sleep', 'network'] as const)(
    'a connection that is back after a gap by %s says how much is missing, once',
    (reason) => {
      const told = new Told();
      told.observe(11, { isLost: true });
      told.back(13, reason, [11, 13]);
      expect(told.events).toEqual([{ kind: 'lost' }, { kind: 'back', missingSamples: 2 * SECOND }]);
    },
  );

  test('nothing is missing when the connection was resumed without a gap', () => {
    const told = new Told();
    told.gap(9, 'reconnect', [1, 2]);
    told.observe(11, { isLost: true });
    told.observe(12, { isLost: false });
    expect(told.events).toEqual([{ kind: 'lost' }, { kind: 'back', missingSamples: 0 }]);
  });

  test('time of a pause is not missing, whether it begins before the loss or after', () => {
    const told = new Told();
    told.news.paused(at(11));
    told.observe(11, { isLost: true });
    told.back(13, 'reconnect', [11, 13]);
    expect(told.last).toMatchObject({ kind: 'back', missingSamples: 0 });
    const half = new Told();
    half.observe(11, { isLost: true });
    half.news.paused(at(12));
    half.back(14, 'reconnect', [11, 14]);
    expect(half.last).toMatchObject({ kind: 'back', missingSamples: SECOND });
  });

  test('the gap of one outage is not counted for the next one', () => {
    const told = new Told();
    told.observe(11, { isLost: true });
    told.back(13, 'reconnect', [11, 13]);
    told.observe(20, { isLost: true });
    told.observe(21, { isLost: false });
    expect(told.last).toMatchObject({ kind: 'back', missingSamples: 0 });
  });

  test('the gap of a server move, told when its reason has settled, is not counted for the next outage', () => {
    const told = new Told();
    told.observe(11, { isLost: true });
    told.back(13, 'server-move', [11, 13]);
    told.observe(17, { isLost: true });
    told.gap(18, 'server-move', [11, 13]);
    told.observe(19, { isLost: false });
    expect(told.last).toMatchObject({ kind: 'back', missingSamples: 0 });
  });

  test.each([
    ['sleep', 'slept'],
    ['network', 'unheard'],
  ] as const)('a gap by %s while connected is news of its own', (reason, kind) => {
    const told = new Told();
    told.gap(16, reason, [9, 16]);
    expect(told.events).toEqual([{ kind, missingSamples: 7 * SECOND }]);
  });
});

describe('news of pauses, deafening and codes', () => {
  test('a pause that is over says how long it was', () => {
    const told = new Told();
    told.news.paused(at(10));
    told.gap(140, 'pause', [10, 140]);
    expect(told.events).toEqual([
      { kind: 'paused' },
      { kind: 'resumed', pausedSamples: 130 * SECOND },
    ]);
    told.gap(150, 'network', [145, 150]);
    expect(told.last).toMatchObject({ kind: 'unheard', missingSamples: 5 * SECOND });
  });

  test('being deafened and no longer deafened is news', () => {
    const told = new Told();
    told.observe(10, { isDeafened: true });
    told.observe(11, { isDeafened: true });
    told.observe(12, { isDeafened: false });
    expect(told.events).toEqual([{ kind: 'deafened' }, { kind: 'undeafened' }]);
  });

  test('a bot that is deafened from the beginning is no news', () => {
    const told = new Told({ isDeafened: true });
    told.observe(1, {});
    expect(told.events).toEqual([]);
    told.observe(2, { isDeafened: false });
    expect(told.events).toEqual([{ kind: 'undeafened' }]);
  });

  test('a code in place of another is news; the first one, and the same again, are not', () => {
    const told = new Told();
    told.hear(0, code(null));
    told.hear(1, code(1));
    told.hear(2, code(1));
    told.hear(3, code(null));
    told.hear(4, code(1));
    expect(told.events).toEqual([]);
    told.hear(5, code(null));
    told.hear(6, code(2));
    expect(told.events).toEqual([{ kind: 'code-changed' }]);
  });
});
