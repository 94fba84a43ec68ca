import { describe, expect, test } from 'vitest';
import type {
  RecordingSessionSnapshot,
  SpeakerSnapshot,
} from '../../../preload/contract/snapshot.ts';
import {
  EMPTY_STORY,
  continueStory,
  isFresh,
  isUndecryptable,
  recentLoss,
  type Story,
} from '../../../renderer/bridge/story.ts';

const SECOND = 48_000;

const mara: SpeakerSnapshot = {
  track: 'tracks/01-mara.opus',
  userId: '1',
  name: 'Mara',
  present: true,
  leftAtSamples: null,
  cannotDecrypt: false,
  lostPackets: 0,
  latePackets: 0,
  undecryptablePackets: 0,
  packets: 0,
};
const okke: SpeakerSnapshot = { ...mara, track: 'tracks/02-okke.opus', userId: '2', name: 'Okke' };

const session: RecordingSessionSnapshot = {
  kind: 'recording',
  recordingId: 'one',
  channelId: '11',
  channelName: 'Session Zero',
  guildName: 'The Salt Road',
  startedAtMs: 1000,
  connection: { kind: 'good' },
  notice: { chatAtMs: 1000, chosenNone: false },
  encryption: { kind: 'none' },
  deafened: false,
  pausedAtSamples: null,
  markers: [],
  gaps: [],
  speakers: [mara],
  peopleCount: 1,
  bytesWritten: 0,
};

/** The story after these snapshots, one a second from second ten on. */
function tell(...changes: readonly Partial<RecordingSessionSnapshot>[]): Story {
  let story = EMPTY_STORY;
  let before: RecordingSessionSnapshot | null = null;
  for (const [index, change] of changes.entries()) {
    const after = { ...session, ...change };
    const samples = (10 + index) * SECOND;
    story = continueStory(story, { before, after, samples, nowMs: 1000 + (10 + index) * 1000 });
    before = after;
  }
  return story;
}

const retrying = { kind: 'retrying', sinceMs: 12_000, attempt: 1 } as const;

describe('story of a recording', () => {
  test('an outage begins where the connection was lost, as it was first told', () => {
    const later = { ...retrying, sinceMs: 12_001 };
    const story = tell({}, { connection: retrying }, { connection: later });
    expect(story.outageFromSamples).toBe(11 * SECOND);
    expect(tell({}, { connection: retrying }, {}).outageFromSamples).toBeNull();
  });

  test('a connection that comes back says what is missing', () => {
    const gap = { reason: 'reconnect', fromSamples: 11 * SECOND, toSamples: 13 * SECOND } as const;
    const story = tell({}, { connection: retrying }, { gaps: [gap] });
    expect(story.news).toMatchObject({ kind: 'back', missingSeconds: 2 });
  });

  test.each([
    ['sleep', 'slept'],
    ['network', 'unheard'],
  ] as const)('a gap of reason %s is news while the connection stands', (reason, kind) => {
    const gap = { reason, fromSamples: 9 * SECOND, toSamples: 16 * SECOND };
    expect(tell({}, { gaps: [gap] }).news).toMatchObject({ kind, missingSeconds: 7 });
    expect(tell({ gaps: [gap] }, { gaps: [gap] }).news).toBeNull();
  });

  test('nothing is missing when it was only resumed, or when nothing was to be kept', () => {
    const gap = { reason: 'reconnect', fromSamples: 11 * SECOND, toSamples: 13 * SECOND } as const;
    const pause = { ...gap, reason: 'pause' } as const;
    const resumed = tell({ gaps: [pause] }, { connection: retrying, gaps: [pause] }, {});
    expect(resumed.news).toMatchObject({ kind: 'back', missingSeconds: 0 });
    const pausedAtSamples = 11 * SECOND;
    const paused = { pausedAtSamples, connection: retrying };
    const story = tell({}, paused, { pausedAtSamples, gaps: [gap] });
    expect(story.news).toMatchObject({ kind: 'back', missingSeconds: 0 });
  });

  test('a pause that is over is news, and how long it was', () => {
    const gap = { reason: 'pause', fromSamples: 10 * SECOND, toSamples: 140 * SECOND } as const;
    const story = tell({ pausedAtSamples: 10 * SECOND }, { gaps: [gap] });
    expect(story.news).toMatchObject({ kind: 'resumed', pausedSeconds: 130 });
  });

  test('a marker is news once, and its note is none', () => {
    const marker = { number: 7, samples: 11 * SECOND, note: '' };
    const marked = { kind: 'marked', number: 7, atMs: 12_000 };
    expect(tell({}, { markers: [marker] }).news).toEqual(marked);
    const noted = { markers: [{ ...marker, note: 'Ship reveal' }] };
    expect(tell({}, { markers: [marker] }, noted).news).toEqual(marked);
    expect(tell({ markers: [marker] }, noted).news).toBeNull();
  });

  test('who comes and who leaves is news', () => {
    expect(tell({}, { speakers: [mara, okke] }).news).toMatchObject({
      kind: 'joined',
      names: ['Okke'],
    });
    const gone = { ...mara, present: false, leftAtSamples: 5 };
    expect(tell({}, { speakers: [gone] }).news).toMatchObject({ kind: 'left', names: ['Mara'] });
  });

  test('somebody whose name is not known yet is no news', () => {
    const stranger = { ...okke, userId: null };
    expect(tell({}, { speakers: [mara, stranger] }).news).toBeNull();
  });

  test('another channel is news', () => {
    const story = tell({}, { channelId: '12', channelName: 'Side table' });
    expect(story.news).toMatchObject({ kind: 'moved', channel: 'Side table' });
  });

  test('news is fresh for ten seconds', () => {
    const news = { kind: 'back', missingSeconds: 1, atMs: 1000 } as const;
    expect(isFresh(news, 10_999)).toBe(true);
    expect(isFresh(news, 11_000)).toBe(false);
  });

  test('losses are marked at the bar in which they were first seen', () => {
    const story = tell({}, { speakers: [{ ...mara, lostPackets: 3 }] }, {});
    expect(story.losses.get('1')).toEqual([{ bar: 55, missing: 3, late: 0, undecryptable: 0 }]);
  });

  test('what is lost within one bar is one mark that knows each kind', () => {
    const counts = { lostPackets: 6, latePackets: 2, undecryptablePackets: 3 };
    const was: RecordingSessionSnapshot = session;
    const middle = { ...was, speakers: [{ ...mara, lostPackets: 2, latePackets: 1 }] };
    const is = { ...was, speakers: [{ ...mara, ...counts }] };
    const at = { samples: 10 * SECOND, nowMs: 0 };
    const first = continueStory(EMPTY_STORY, { before: null, after: was, ...at });
    const second = continueStory(first, { before: was, after: middle, ...at });
    const third = continueStory(second, { before: middle, after: is, ...at });
    expect(third.losses.get('1')).toEqual([{ bar: 50, missing: 1, late: 2, undecryptable: 3 }]);
  });

  test('without a loss the list of losses stays the same one', () => {
    const story = tell({}, {});
    const next = continueStory(story, { before: session, after: session, samples: 0, nowMs: 0 });
    expect(next.losses).toBe(story.losses);
  });

  test('somebody cannot be decrypted once it lasts longer than a change of keys', () => {
    const deaf = { ...mara, cannotDecrypt: true };
    const twoSeconds = [{}, { speakers: [deaf] }, { speakers: [deaf] }];
    expect(isUndecryptable(tell(...twoSeconds), deaf)).toBe(false);
    expect(isUndecryptable(tell(...twoSeconds, { speakers: [deaf] }), deaf)).toBe(true);
    expect(isUndecryptable(tell(...twoSeconds, {}, { speakers: [deaf] }), deaf)).toBe(false);
  });

  test('while nothing arrives nobody is said to be undecryptable', () => {
    const deaf = { ...mara, cannotDecrypt: true };
    const story = tell({ speakers: [deaf], connection: retrying });
    expect(isUndecryptable(story, deaf)).toBe(false);
  });

  test('recent loss is the share of the last minute, and nothing with too little sound', () => {
    const story = tell({}, { speakers: [{ ...mara, packets: 96, lostPackets: 4 }] });
    expect(recentLoss(story, mara)).toEqual({ all: 0.04, onTheWay: 0.04 });
    const little = tell({}, { speakers: [{ ...mara, packets: 5, lostPackets: 5 }] });
    expect(recentLoss(little, mara)).toEqual({ all: 0, onTheWay: 0 });
  });

  test('what could not be decrypted was not lost on the way', () => {
    const counts = { packets: 96, lostPackets: 4, undecryptablePackets: 3 };
    const story = tell({}, { speakers: [{ ...mara, ...counts }] });
    expect(recentLoss(story, mara)).toEqual({ all: 0.04, onTheWay: 0.01 });
  });

  test('another recording begins a new story', () => {
    const later = { ...retrying, sinceMs: 12_500 };
    const story = tell({}, { connection: retrying }, { recordingId: 'two', connection: later });
    expect(story.outageFromSamples).toBe(11.5 * SECOND);
    expect(story.news).toBeNull();
  });
});
