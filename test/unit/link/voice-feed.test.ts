import { expect, test } from 'vitest';
import { VoiceFeed } from '../../../main/link/voice-feed.ts';

test('of the names told before sample 0, those of people who have left are not handed on', () => {
  const feed = new VoiceFeed();
  feed.name(1, '11');
  feed.name(4, '12');
  feed.left('11');
  feed.name(7, '13');
  const told: unknown[] = [];
  feed.attach({
    media: {
      receive: () => undefined,
      name: (ssrc, userId) => told.push([ssrc, userId]),
      left: (userId) => told.push(userId),
      keysChanged: () => undefined,
    },
    control: {
      onE2ee: () => undefined,
      onResuming: () => undefined,
      onResumed: () => undefined,
      onClosed: () => undefined,
    },
  });
  feed.left('12');
  expect(told).toEqual([[4, '12'], [7, '13'], '12']);
});
