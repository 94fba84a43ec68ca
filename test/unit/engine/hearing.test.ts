import { describe, expect, test } from 'vitest';
import { noFlight } from '../../../main/base/flight-log.ts';
import {
  type Heard,
  Hearing,
  hearingFault,
  type HearingKeys,
} from '../../../main/engine/hearing.ts';

const SSRC = 7;
const SPEECH = Buffer.from(
  '78844488e8326040b3c8f775bf74bc91dbe7ea3e81e0c7077ed7614a3bb3c1ebc830e5bb1a18f5df48d574fc6318a20597fe0fbea1f8def1',
  'hex',
);

/** RTP with `payload` in the clear: the cipher of these tests opens all but those that begin with FF. */
function rtp(sequence: number, payload: Uint8Array = SPEECH, ssrc = SSRC): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0x8078, 0);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(ssrc, 8);
  return Uint8Array.from(Buffer.concat([header, payload]));
}

/** A call in which each member's frames open. */
function keys(change: Partial<HearingKeys['dave']> = {}): HearingKeys {
  const cipher: HearingKeys['cipher'] = {
    open: ({ datagram }) => (datagram[12] === 0xff ? null : datagram.subarray(12)),
  };
  const dave = {
    state: { version: 0, epoch: null },
    members: ['1', '2'],
    open: (_: string, frame: Uint8Array) => frame,
  };
  return { cipher, dave: { ...dave, ...change } };
}

function hear(datagrams: readonly Uint8Array[], from = keys(), named = true): Heard {
  const hearing = new Hearing(from, noFlight);
  if (named) hearing.name(SSRC, '2');
  for (const datagram of datagrams) hearing.receive(datagram, 'rtp');
  return hearing.heard;
}

describe('hearing', () => {
  test('counts who was heard, and what is missing across the wrap', () => {
    const heard = hear([65_534, 65_535, 0, 3, 2, 3].map((sequence) => rtp(sequence)));
    expect(heard).toEqual({
      packets: 6,
      lost: 1,
      opened: 6,
      locked: 0,
      unnamed: 0,
      decoded: 6,
      people: ['2'],
    });
    expect(hearingFault(heard)).toBeNull();
  });

  test('a call without encryption is heard without a name', () => {
    expect(hear([rtp(1)], keys(), false)).toMatchObject({ decoded: 1, unnamed: 1, people: [] });
  });

  test('the key that opens a frame names its speaker', () => {
    const open = (userId: string, frame: Uint8Array) =>
      userId === '1' ? Uint8Array.from(frame) : null;
    const call = keys({ state: { version: 1, epoch: 3 }, open });
    expect(hear([rtp(1), rtp(2)], call, false)).toMatchObject({ decoded: 2, people: ['1'] });
  });

  test('nothing, a wrong transport key, a wrong group and no Opus are told apart', () => {
    const refused = Uint8Array.of(0xff, 1, 2);
    const locked = keys({ state: { version: 1, epoch: 3 }, open: () => null });
    expect(hearingFault(hear([]))).toBe('nothing');
    expect(hearingFault(hear([rtp(1, refused), rtp(2, refused)]))).toBe('transport');
    expect(hearingFault(hear([rtp(1), rtp(2)], locked))).toBe('locked');
    expect(hearingFault(hear([rtp(1, Uint8Array.of(0x03)), rtp(2, new Uint8Array(4))]))).toBe(
      'undecodable',
    );
  });

  test('frames before the group are no fault of it', () => {
    const pending = keys({ state: { version: 1, epoch: null }, open: () => null });
    expect(hear([rtp(1)], pending)).toMatchObject({ opened: 1, locked: 0 });
  });
});
