import { describe, expect, test } from 'vitest';
import { parseDiscoveryResponse, writeDiscoveryRequest } from '../../../main/voice/ip-discovery.ts';

// Bytes by Discord's table: type 2, length 70, ssrc 0x01020304, "203.0.113.7", port 50004.
const ANSWER = Buffer.concat([
  Buffer.from('0002004601020304', 'hex'),
  Buffer.from('203.0.113.7'.padEnd(64, '\0'), 'latin1'),
  Buffer.from('c354', 'hex'),
]);
const SSRC = 0x01020304;

describe('discovery request', () => {
  test('is 74 bytes: type 1, length 70, ssrc, then zeros', () => {
    const hex = Buffer.from(writeDiscoveryRequest(0xfedcba98)).toString('hex');
    expect(hex).toBe('00010046fedcba98' + '00'.repeat(66));
  });
});

describe('discovery response', () => {
  test('gives the public address and port', () => {
    expect(parseDiscoveryResponse(ANSWER, SSRC)).toEqual({ ip: '203.0.113.7', port: 50004 });
  });

  test('is read within a larger buffer', () => {
    const pool = Buffer.concat([Buffer.alloc(5, 0xff), ANSWER, Buffer.alloc(5, 0xff)]);
    expect(parseDiscoveryResponse(pool.subarray(5, 79), SSRC)?.port).toBe(50004);
  });

  test('is refused at every truncation and with a byte too many', () => {
    for (let end = 0; end < ANSWER.length; end += 1)
      expect(parseDiscoveryResponse(ANSWER.subarray(0, end), SSRC)).toBeNull();
    expect(parseDiscoveryResponse(Buffer.concat([ANSWER, Buffer.alloc(1)]), SSRC)).toBeNull();
  });

  test.each([
    ['our own request', Buffer.from(writeDiscoveryRequest(SSRC))],
    ['another length field', changed(3, 71)],
    ['no address', changed(8, 0)],
    ['an address that is none', changed(8, 0x78)],
  ])('is refused when it is %s', (_, bytes) => {
    expect(parseDiscoveryResponse(bytes, SSRC)).toBeNull();
  });

  test('is refused for another ssrc', () => {
    expect(parseDiscoveryResponse(ANSWER, SSRC + 1)).toBeNull();
  });

  test('is refused with port 0 and with an address without its final zero', () => {
    const noPort = Buffer.from(ANSWER);
    noPort.writeUInt16BE(0, 72);
    expect(parseDiscoveryResponse(noPort, SSRC)).toBeNull();
    const endless = Buffer.from(ANSWER);
    endless.fill(0x31, 8, 72);
    expect(parseDiscoveryResponse(endless, SSRC)).toBeNull();
  });
});

function changed(at: number, value: number): Buffer {
  const bytes = Buffer.from(ANSWER);
  bytes.writeUInt8(value, at);
  return bytes;
}
