import { afterEach, describe, expect, test, vi } from 'vitest';
import { Timeline } from '../../../main/audio/timeline.ts';
import { TrackWriter } from '../../../main/recording/track/track-writer.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { HeardCall, IN_THE_CLEAR } from '../../support/heard-call.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const ALICE = '11';
const SENT = 20;

/** The fault happens once, to the sixth packet that it can happen to. */
function sixth<Args extends readonly unknown[], Result>(work: (...args: Args) => Result) {
  let calls = 0;
  return (...args: Args): Result => {
    calls += 1;
    if (calls === 6) throw new Error('a fault of ours');
    return work(...args);
  };
}

function hearAll(call: HeardCall): void {
  call.receive.name(7, ALICE);
  for (let index = 0; index < SENT; index += 1) {
    const fields = { ssrc: 7, sequence: 100 + index, timestamp: toRtpTimestamp(index * 960) };
    call.hear({ fields, payload: Uint8Array.of(0x78, index, 1, 2, 3, 4) }, 1_000 + index * 20);
  }
  call.receive.endVoiceSession();
}

const ALL_WRITTEN = {
  packets: SENT,
  lost: 0,
  late: 0,
  undecryptable: 0,
  padding: 0,
  duplicate: 0,
};
const ONE_LOST = { ...ALL_WRITTEN, packets: SENT - 1, lost: 1 };

describe('a fault of our own costs the packet at hand, which is lost and in no other count', () => {
  test('where its frame is opened', async () => {
    await using call = await HeardCall.open({
      ...IN_THE_CLEAR,
      open: sixth((_userId: string, frame: Uint8Array) => frame),
    });
    hearAll(call);
    expect(call.counts(ALICE)).toMatchObject(ONE_LOST);
    expect(call.losses).toEqual([1]);
    expect(call.receive.faultCount).toBe(1);
  });

  test('where its frame is opened by a key that came later', async () => {
    let hasKey = false;
    const work = sixth((frame: Uint8Array) => frame);
    await using call = await HeardCall.open({
      ...IN_THE_CLEAR,
      open: (_userId, frame) => (hasKey ? work(frame) : null),
    });
    call.receive.name(7, ALICE);
    for (let index = 0; index < SENT; index += 1) {
      const fields = { ssrc: 7, sequence: 100 + index, timestamp: toRtpTimestamp(index * 960) };
      call.hear({ fields, payload: Uint8Array.of(0x78, index, 1, 2, 3, 4) }, 1_000 + index * 20);
    }
    hasKey = true;
    call.receive.keysChanged(1_400);
    call.receive.endVoiceSession();
    expect(call.counts(ALICE)).toMatchObject(ONE_LOST);
    expect(call.receive.faultCount).toBe(1);
  });

  test('where it is placed', async () => {
    await using call = await HeardCall.open();
    vi.spyOn(Timeline.prototype, 'place').mockImplementationOnce(() => {
      throw new Error('a fault of ours');
    });
    hearAll(call);
    expect(call.counts(ALICE)).toMatchObject(ONE_LOST);
    expect(call.receive.faultCount).toBe(1);
  });

  test('where it is written', async () => {
    await using call = await HeardCall.open();
    vi.spyOn(TrackWriter.prototype, 'append').mockImplementationOnce(() => {
      throw new Error('a fault of ours');
    });
    hearAll(call);
    expect(call.counts(ALICE)).toMatchObject(ONE_LOST);
    expect(call.receive.faultCount).toBe(1);
  });
});

describe('a fault beside the way of a packet costs no packet', () => {
  test('where meters take it', async () => {
    await using call = await HeardCall.open();
    vi.spyOn(call.placed, 'push').mockImplementationOnce(() => {
      throw new Error('a fault of ours');
    });
    hearAll(call);
    expect(call.counts(ALICE)).toMatchObject(ALL_WRITTEN);
    expect(call.receive.faultCount).toBe(1);
  });

  test('where the time line looks ahead at it', async () => {
    await using call = await HeardCall.open();
    vi.spyOn(Timeline.prototype, 'observe').mockImplementationOnce(() => {
      throw new Error('a fault of ours');
    });
    hearAll(call);
    expect(call.counts(ALICE)).toMatchObject(ALL_WRITTEN);
    expect(call.receive.faultCount).toBe(1);
  });

  test('where end-to-end encryption hears that a key did not come', async () => {
    await using call = await HeardCall.open({
      ...IN_THE_CLEAR,
      open: (_userId, frame) => (frame[0] === 0x78 ? frame : null),
      gaveUp: () => {
        throw new Error('a fault of ours');
      },
    });
    call.receive.name(7, ALICE);
    // Ends as an encrypted frame does: the nonce's size, no unencrypted ranges, the marker FA FA.
    const sealed = new Uint8Array(40).fill(9);
    sealed.set([1, 12, 0xfa, 0xfa], 36);
    for (let index = 0; index < SENT; index += 1) {
      const fields = { ssrc: 7, sequence: 100 + index, timestamp: toRtpTimestamp(index * 960) };
      const payload = index < 3 ? sealed : Uint8Array.of(0x78, index, 1, 2, 3, 4);
      call.hear({ fields, payload }, 1_000 + index * 20);
    }
    call.receive.endVoiceSession();
    const undecryptable = 3;
    const counts = { ...ALL_WRITTEN, packets: SENT - undecryptable, undecryptable };
    expect(call.counts(ALICE)).toMatchObject(counts);
    expect(call.receive.faultCount).toBe(3);
  });
});
