import { describe, expect, test } from 'vitest';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { HeardCall, IN_THE_CLEAR, type HeardPacket } from '../../support/heard-call.ts';

const ALICE = '11';
const BOB = '12';
const SSRC = 4;

/** A speaker's packet: number and time from where the speaker began to count, the opus packet from `voice`. */
interface Voice {
  readonly mark: number;
  readonly firstSequence: number;
  readonly firstTimestamp: number;
}

const alice: Voice = { mark: 1, firstSequence: 100, firstTimestamp: 0 };
const bob: Voice = { mark: 2, firstSequence: 40_000, firstTimestamp: 2_000_000_000 };

const opusOf = ({ mark }: Voice, index: number): Uint8Array =>
  Uint8Array.of(0x78, mark, index, 3, 4, 5);

/** What stands in for an encrypted frame: the Opus packet behind one byte, and the layout of a frame. */
const sealed = (voice: Voice, index: number): Uint8Array =>
  Uint8Array.of(...opusOf(voice, index), 1, 2, 3, 4, 5, 6, 7, 8, 0, 12, 0xfa, 0xfa);

function packetOf(voice: Voice, index: number, seal = opusOf): HeardPacket {
  const sequence = (voice.firstSequence + index) & 0xffff;
  const timestamp = toRtpTimestamp(voice.firstTimestamp + index * 960);
  return { fields: { ssrc: SSRC, sequence, timestamp }, payload: seal(voice, index) };
}

/** Ten packets of Alice's, from 1,000 ms on. */
function hearAlice(call: HeardCall, seal = opusOf): void {
  call.receive.name(SSRC, ALICE);
  for (let index = 0; index < 10; index += 1)
    call.hear(packetOf(alice, index, seal), 1_000 + index * 20);
}

/** The voices on the track of that person, in order. */
function marksOf(call: HeardCall, userId: string): number[] {
  const file = call.receive.speakers().find((speaker) => speaker.userId === userId)?.track.file;
  return call.placed.flatMap(({ track, opus }) => (track === file ? [opus[1] ?? 0] : []));
}

const times = (count: number, mark: number): number[] => new Array<number>(count).fill(mark);

describe('an SSRC whose person has left', () => {
  test('carries a newcomer’s packets, which wait for the newcomer’s name', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.left(ALICE);
    for (let index = 0; index < 10; index += 1) call.hear(packetOf(bob, index), 1_300 + index * 20);
    call.tickUntil(2_000);
    expect(call.placed).toHaveLength(10);
    call.receive.name(SSRC, BOB);
    call.hear(packetOf(bob, 10), 2_000);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(10, 1));
    expect(marksOf(call, BOB)).toEqual(times(11, 2));
    expect(call.counts(ALICE)).toMatchObject({ packets: 10, lost: 0 });
    expect(call.counts(BOB)).toMatchObject({ packets: 11, lost: 0 });
  });

  test('carries late packets of the one who left, among the newcomer’s', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.left(ALICE);
    call.hear(packetOf(alice, 11), 1_300);
    call.hear(packetOf(bob, 0), 1_300);
    call.hear(packetOf(alice, 10), 1_310);
    call.hear(packetOf(bob, 1), 1_320);
    call.hear(packetOf(alice, 9), 1_330); // a copy
    call.receive.name(SSRC, BOB);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(12, 1));
    expect(marksOf(call, BOB)).toEqual(times(2, 2));
    expect(call.counts(ALICE)).toMatchObject({ packets: 12, lost: 0, late: 0, duplicate: 1 });
    expect(call.counts(BOB)).toMatchObject({ packets: 2, lost: 0, late: 0, duplicate: 0 });
  });

  test('carries late packets of the one who left, also once the newcomer is named', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.left(ALICE);
    call.receive.name(SSRC, BOB);
    call.hear(packetOf(alice, 10), 1_300);
    call.hear(packetOf(bob, 0), 1_300);
    call.hear(packetOf(alice, 11), 1_320);
    call.hear(packetOf(bob, 1), 1_320);
    call.tickUntil(5_000); // by now the old stream is over
    call.hear(packetOf(bob, 2), 5_000);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(12, 1));
    expect(marksOf(call, BOB)).toEqual(times(3, 2));
    expect(call.counts(ALICE)).toMatchObject({ packets: 12, lost: 0 });
    expect(call.counts(BOB)).toMatchObject({ packets: 3, lost: 0 });
  });

  test('that nobody is named for later goes to an unknown track', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.left(ALICE);
    call.hear(packetOf(bob, 0), 1_300);
    call.tickUntil(12_000);
    call.hear(packetOf(bob, 1), 12_000);
    call.receive.endVoiceSession();
    expect(call.receive.speakers().map(({ userId }) => userId)).toEqual([ALICE, null]);
    expect(call.counts(ALICE)).toMatchObject({ packets: 10, lost: 0 });
  });

  test('is theirs still when they come back, whatever they count', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.left(ALICE);
    const again = { ...bob, mark: 1 };
    for (let index = 0; index < 3; index += 1)
      call.hear(packetOf(again, index), 1_300 + index * 20);
    call.receive.name(SSRC, ALICE);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(13, 1));
  });

  test('is no newcomer’s when it was only one of two: the other one’s op 5 came first', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.name(7, ALICE);
    call.receive.left(ALICE); // the connection before this one
    const { fields, payload } = packetOf({ ...bob, mark: 1 }, 0);
    call.hear({ fields: { ...fields, ssrc: 7 }, payload }, 1_300);
    call.hear(packetOf(bob, 0), 1_300);
    call.receive.name(SSRC, BOB);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(11, 1));
    expect(marksOf(call, BOB)).toEqual([2]);
  });

  test('in an encrypted call, carries what their key opens, and what another member’s does', async () => {
    const marks = new Map([
      [ALICE, alice.mark],
      [BOB, bob.mark],
    ]);
    await using call = await HeardCall.open({
      ...IN_THE_CLEAR,
      state: { version: 1 },
      members: [BOB],
      open: (userId, frame) => (marks.get(userId) === frame[1] ? frame.subarray(0, 6) : null),
    });
    hearAlice(call, sealed);
    call.receive.left(ALICE);
    call.hear(packetOf(bob, 0, sealed), 1_300);
    call.hear(packetOf({ ...alice, firstSequence: 9_000 }, 10, sealed), 1_310); // counts anew
    call.hear(packetOf({ ...alice, firstSequence: 9_000 }, 11, sealed), 1_330);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(12, 1));
    expect(marksOf(call, BOB)).toEqual([2]);
  });

  test('carries nothing while paused that would go to a track', async () => {
    await using call = await HeardCall.open();
    hearAlice(call);
    call.receive.left(ALICE);
    call.receive.pause();
    call.hear(packetOf(alice, 10), 1_300);
    call.hear(packetOf(bob, 0), 1_300);
    call.receive.resume(1_310);
    call.hear(packetOf(alice, 11), 1_320);
    call.receive.endVoiceSession();
    expect(marksOf(call, ALICE)).toEqual(times(11, 1));
    expect(call.counts(ALICE)).toMatchObject({ packets: 11, lost: 0 });
  });
});
