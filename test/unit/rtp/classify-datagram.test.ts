import { describe, expect, test } from 'vitest';
import { classifyDatagram } from '../../../main/rtp/classify-datagram.ts';

const datagram = (byteLength: number, ...start: number[]): Uint8Array => {
  const bytes = new Uint8Array(byteLength);
  bytes.set(start);
  return bytes;
};

describe('datagram classification', () => {
  test.each([0x80, 0x90, 0xa0, 0xb0, 0x8f, 0xbf])('first byte %i is RTP', (first) => {
    expect(classifyDatagram(datagram(12, first, 0x78))).toBe('rtp');
    expect(classifyDatagram(datagram(12, first, 0xf8))).toBe('rtp');
  });

  test('the second byte is RTCP from 200 to 206, and RTP on both sides of that', () => {
    const kinds = [199, 200, 201, 206, 207].map((second) =>
      classifyDatagram(datagram(32, 0x80, second)),
    );
    expect(kinds).toEqual(['rtp', 'rtcp', 'rtcp', 'rtcp', 'rtp']);
  });

  test('payload types 72 to 78 without the marker bit are RTP', () => {
    expect(classifyDatagram(datagram(32, 0x80, 73))).toBe('rtp');
  });

  test('an echoed keepalive is told from unknown datagrams', () => {
    expect(classifyDatagram(datagram(8, 0x13, 0x37, 0xf0, 0x0d))).toBe('keepalive-echo');
    expect(classifyDatagram(datagram(8, 0x13, 0x37, 0xca, 0xfe))).toBe('unknown');
  });

  test('discovery is the 74-byte response, not the request nor the old 70-byte form', () => {
    expect(classifyDatagram(datagram(74, 0, 2, 0, 70))).toBe('ip-discovery');
    expect(classifyDatagram(datagram(74, 0, 1, 0, 70))).toBe('unknown');
    expect(classifyDatagram(datagram(70, 0, 2, 0, 70))).toBe('unknown');
  });

  test('other versions and anything shorter than a header are unknown', () => {
    expect(classifyDatagram(datagram(12, 0x40, 0x78))).toBe('unknown');
    expect(classifyDatagram(datagram(12, 0xc0, 0x78))).toBe('unknown');
    expect(classifyDatagram(datagram(11, 0x80, 0x78))).toBe('unknown');
    expect(classifyDatagram(datagram(7, 0x80, 0xc9))).toBe('unknown');
    expect(classifyDatagram(new Uint8Array(0))).toBe('unknown');
  });
});
