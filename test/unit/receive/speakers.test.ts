import { expect, test } from 'vitest';
import { type Speaker, Speakers } from '../../../main/receive/speakers.ts';
import { Stream } from '../../../main/receive/stream.ts';

/** Adds a stream for `ssrc` that gets no packet. */
function open(speakers: Speakers, ssrc: number, owner: Speaker): void {
  const stream = new Stream({
    ssrc,
    owner,
    keys: {
      state: { version: 0 },
      members: [],
      open: (_, frame) => frame,
      gaveUp: () => undefined,
    },
    recording: { tell: () => undefined },
    track: () => expect.fail('no packet came'),
    samplesAt: () => 0,
    onPlaced: () => undefined,
    onStray: () => undefined,
    onFault: () => undefined,
  });
  speakers.addStream(stream, owner);
}

test('unnamed SSRCs make 100 unknown speakers at most, named ones 1024 streams', () => {
  const speakers = new Speakers();
  let opened = 0;
  for (let ssrc = 0; ssrc < 200 && speakers.hasRoomFor(null); ssrc += 1, opened += 1)
    open(speakers, ssrc, speakers.unknown(1));
  expect(opened).toBe(100);
  for (let ssrc = 1_000; ssrc < 9_000 && speakers.hasRoomFor('7'); ssrc += 1)
    open(speakers, ssrc, speakers.person('7', 'g'));
  expect([...speakers.streams()]).toHaveLength(1_024);
  speakers.forgetSsrcs();
  expect(speakers.hasRoomFor('7')).toBe(true);
  expect(speakers.hasRoomFor(null)).toBe(false);
});

test('of named SSRCs the newest 4096 are remembered', () => {
  const speakers = new Speakers();
  for (let ssrc = 0; ssrc < 100_000; ssrc += 1) speakers.nameSsrc(ssrc, String(ssrc));
  expect(speakers.namedUsers().size).toBe(4_096);
  expect(speakers.userOf(99_999)).toBe('99999');
});
