import { describe, expect, test } from 'vitest';
import type {
  RecordingSessionSnapshot,
  SpeakerSnapshot,
} from '../../../preload/contract/snapshot.ts';
import {
  EMPTY_STORY,
  continueStory,
  isFresh,
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
  lostPackets: 0,
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
  test('a lost connection opens a gap where it was lost', () => {
    expect(tell({}, { connection: retrying }).gaps).toEqual([
      { fromSamples: 11 * SECOND, toSamples: null },
    ]);
  });

  test('a connection that comes back closes the gap and says what is missing', () => {
    const story = tell({}, { connection: retrying }, { connection: retrying }, {});
    expect(story.gaps).toEqual([{ fromSamples: 11 * SECOND, toSamples: 13 * SECOND }]);
    expect(story.news).toMatchObject({ kind: 'back', missingSeconds: 2 });
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
    expect(story.lossBars.get('1')).toEqual([55]);
  });

  test('recent loss is the share of the last minute, and nothing with too little sound', () => {
    const story = tell({}, { speakers: [{ ...mara, packets: 96, lostPackets: 4 }] });
    expect(recentLoss(story, mara)).toBe(0.04);
    const little = tell({}, { speakers: [{ ...mara, packets: 5, lostPackets: 5 }] });
    expect(recentLoss(little, mara)).toBe(0);
  });

  test('another recording begins a new story', () => {
    const story = tell({}, { connection: retrying }, { recordingId: 'two' });
    expect(story.gaps).toEqual([]);
    expect(story.news).toBeNull();
  });
});
