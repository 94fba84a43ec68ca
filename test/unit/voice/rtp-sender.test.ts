import { describe, expect, test } from 'vitest';
import { parseRtpPacket } from '../../../main/rtp/rtp-packet.ts';
import { sequenceDistance, timestampDistance } from '../../../main/rtp/sequence.ts';
import { createTransportCipher } from '../../../main/rtp/transport-cipher.ts';
import { RtpSender } from '../../../main/voice/rtp-sender.ts';

const PACKET = { opus: Uint8Array.of(0xf8, 0xff, 0xfe), durationSamples: 960 };

function startSender() {
  const cipher = createTransportCipher('aead_xchacha20_poly1305_rtpsize', new Uint8Array(32).fill(7));
  const sender = new RtpSender({ ssrc: 0xdead_beef, cipher });
  const send = (nowMs: number) => {
    const packet = parseRtpPacket(sender.seal(PACKET, nowMs));
    if (packet === null) throw new Error('not RTP');
    return { packet, opus: cipher.open(packet) };
  };
  return { send };
}

describe('rtp sender', () => {
  test('seals Opus under our SSRC as payload type 120', () => {
    const { packet, opus } = startSender().send(0);
    expect(packet).toMatchObject({ ssrc: 0xdead_beef, payloadType: 120, marker: false });
    expect([...(opus ?? [])]).toEqual([...PACKET.opus]);
  });

  test('advances by one per packet and by its duration in samples, across wraps of the sequence', () => {
    const { send } = startSender();
    const steps = { sequence: new Set<number>(), timestamp: new Set<number>() };
    let before = send(0).packet;
    for (let count = 1; count <= 0x1_0001; count += 1) {
      const { packet } = send(count * 20);
      steps.sequence.add(sequenceDistance(packet.sequence, before.sequence));
      steps.timestamp.add(timestampDistance(packet.timestamp, before.timestamp));
      before = packet;
    }
    expect(steps).toEqual({ sequence: new Set([1]), timestamp: new Set([960]) });
  });

  test('packets sent at once keep 20 ms between them', () => {
    const { send } = startSender();
    const first = send(5).packet;
    for (let count = 0; count < 20; count += 1) send(5);
    expect(timestampDistance(send(5).packet.timestamp, first.timestamp)).toBe(21 * 960);
  });

  test('the timestamp goes on through a pause', () => {
    const { send } = startSender();
    const first = send(1_000).packet;
    const second = send(61_000).packet;
    expect(timestampDistance(second.timestamp, first.timestamp)).toBe(60 * 48_000);
    expect(sequenceDistance(second.sequence, first.sequence)).toBe(1);
  });
});
