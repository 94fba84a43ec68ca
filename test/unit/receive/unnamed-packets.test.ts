import { expect, test } from 'vitest';
import type { ReceivedPacket } from '../../../main/receive/received-packet.ts';
import { UnnamedPackets } from '../../../main/receive/unnamed-packets.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';

const SSRC = 7;

function packetOf(sequence: number, timestamp: number, mark: number): ReceivedPacket {
  return {
    ssrc: SSRC,
    sequence,
    timestamp: toRtpTimestamp(timestamp),
    payload: Uint8Array.of(mark, 1, 2, 3),
    opus: null,
    version: 1,
    arrival: { latestMs: timestamp, earliestMs: timestamp },
  };
}

const OPUS = Uint8Array.of(0x78);

test('what a trial opened stays with its packet, where the sender counts anew and repeats the number', () => {
  const unnamed = new UnnamedPackets();
  const [before, anew] = [packetOf(100, 0, 1), packetOf(100, 9_600, 2)];
  unnamed.hold(before);
  unnamed.hold(anew);
  unnamed.opened(anew, OPUS);
  expect(unnamed.take(SSRC)).toEqual([before, { ...anew, opus: OPUS }]);
});

test('of a packet and the copies that the network made of it, the first keeps what was opened', () => {
  const unnamed = new UnnamedPackets();
  const [first, copy] = [packetOf(100, 0, 1), packetOf(100, 0, 1)];
  unnamed.hold(first);
  unnamed.hold(copy);
  unnamed.opened(copy, OPUS);
  expect(unnamed.take(SSRC)).toEqual([{ ...first, opus: OPUS }, copy]);
});
