import { expect, test } from 'vitest';
import { parseRtpPacket } from '../../../main/rtp/rtp-packet.ts';
import { toRtpTimestamp } from '../../../main/rtp/rtp-timestamp.ts';
import { createTransportCipher } from '../../../main/rtp/transport-cipher.ts';
import { SessionCipher } from '../../../main/voice/session-cipher.ts';
import type { TransportKey } from '../../../main/voice/session-cipher.ts';

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const OLD: TransportKey = { mode: 'aead_aes256_gcm_rtpsize', key: keyOf(1) };
const NEW: TransportKey = { mode: 'aead_xchacha20_poly1305_rtpsize', key: keyOf(2) };

function opens(cipher: SessionCipher, { mode, key }: TransportKey): boolean {
  const fields = { sequence: 7, timestamp: toRtpTimestamp(9), ssrc: 11 };
  const packet = parseRtpPacket(createTransportCipher(mode, key).seal(fields, Uint8Array.of(1, 2)));
  return packet !== null && cipher.open(packet) !== null;
}

test('takes another key, and keeps the one of before for 10 s', () => {
  let nowMs = 5_000;
  const cipher = new SessionCipher(OLD, { monotonicMs: () => nowMs, wallMs: () => 0 });
  expect([opens(cipher, OLD), opens(cipher, NEW)]).toEqual([true, false]);
  expect(cipher.rekey(NEW)).toBe(true);
  expect(cipher.mode).toBe(NEW.mode);
  nowMs = 15_000;
  expect([opens(cipher, OLD), opens(cipher, NEW)]).toEqual([true, true]);
  nowMs = 15_001;
  expect([opens(cipher, OLD), opens(cipher, NEW)]).toEqual([false, true]);
  expect(cipher.openings.sum).toEqual({ openedCount: 4, refusedCount: 2, openedAtMs: 15_001 });
});

test('the key in use, said again, changes nothing', () => {
  const cipher = new SessionCipher(OLD, { monotonicMs: () => 0, wallMs: () => 0 });
  cipher.rekey(NEW);
  expect(cipher.rekey({ ...NEW, key: keyOf(2) })).toBe(false);
  expect([opens(cipher, OLD), opens(cipher, NEW)]).toEqual([true, true]);
});

test('seals with the newest key', () => {
  const cipher = new SessionCipher(OLD, { monotonicMs: () => 0, wallMs: () => 0 });
  cipher.rekey(NEW);
  const fields = { sequence: 1, timestamp: toRtpTimestamp(2), ssrc: 3 };
  const packet = parseRtpPacket(cipher.seal(fields, Uint8Array.of(5)));
  const other = createTransportCipher(NEW.mode, NEW.key);
  const opened = packet === null ? null : other.open(packet);
  expect([...(opened ?? [])]).toEqual([5]);
});
