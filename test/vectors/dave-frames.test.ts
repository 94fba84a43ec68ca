// Frames and keys of DAVE protocol 1.1 for a fixed base secret, noted down from a run of davey 0.1.12 (openmls 0.8.1)
// against ts-mls 1.6.4. The ratchet is MLS's (RFC 9420 §9.1) without a tree; the frame is AES-128-GCM with the tag cut to
// 8 bytes. Everything is computed here from node:crypto alone, so that nothing of ours checks itself.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isProtocolFrame } from '../../main/dave/frame.ts';
import { isSilenceFrame } from '../../main/audio/opus-silence.ts';

const BASE_SECRET = hex('000102030405060708090a0b0c0d0e0f');
const OPUS = hex('7801020304');
const FRAMES = [
  { nonce: 1, frame: 'a3df01e0a02fefdeaa1535e9ba010cfafa' },
  { nonce: 300, frame: '0b4e0c356868dcc7b7fb3c3451ac020dfafa' },
  { nonce: 0x01000000, frame: 'b69191dad2c785030f0aa0d978808080080ffafa' }, // generation 1
];

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

/** HKDF-Expand-Label of MLS with the generation as context (RFC 9420 §8, §9.1); at most 32 bytes. */
function expandWithLabel(secret: Buffer, label: string, generation: number, byteLength: number) {
  const name = Buffer.from(`MLS 1.0 ${label}`);
  const info = Buffer.concat([
    Buffer.of(0, byteLength, name.byteLength),
    name,
    Buffer.of(4, 0, 0, 0, generation, 1), // the last byte counts HKDF's blocks
  ]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, byteLength);
}

function secretOf(generation: number): Buffer {
  let secret = BASE_SECRET;
  for (let g = 0; g < generation; g += 1) secret = expandWithLabel(secret, 'secret', g, 32);
  return secret;
}

function keyOf(generation: number): Buffer {
  return expandWithLabel(secretOf(generation), 'key', generation, 16);
}

function iv(nonce: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(nonce, 8);
  return bytes;
}

function uleb128(value: number): Buffer {
  return value < 0x80
    ? Buffer.of(value)
    : Buffer.concat([Buffer.of((value & 0x7f) | 0x80), uleb128(value >>> 7)]);
}

describe('key ratchet of a sender', () => {
  test('gives the published keys and the secret between them', () => {
    expect(keyOf(0)).toEqual(hex('58fc013108dbf996ef651e3f01658bfb'));
    expect(secretOf(1)).toEqual(
      hex('7c9d1bc8b434a8a2f8962e90ccf08559549424920355d3fc1020403f880a290f'),
    );
    expect(keyOf(1)).toEqual(hex('9cddc08f0c8a7cfecabfe757dc33b039'));
  });
});

describe.each(FRAMES)('frame with nonce $nonce', ({ nonce, frame }) => {
  const bytes = hex(frame);
  const key = keyOf(nonce >>> 24);

  test('is laid out as a protocol frame', () => {
    expect(isProtocolFrame(bytes)).toBe(true);
    expect(isSilenceFrame(bytes)).toBe(false);
  });

  test('opens to its Opus packet', () => {
    const tagAt = bytes.byteLength - bytes.readUInt8(bytes.byteLength - 3);
    const cipher = createDecipheriv('aes-128-gcm', key, iv(nonce), { authTagLength: 8 });
    cipher.setAuthTag(bytes.subarray(tagAt, tagAt + 8));
    const opus = Buffer.concat([cipher.update(bytes.subarray(0, tagAt)), cipher.final()]);
    expect(opus).toEqual(OPUS);
  });

  test('is what sealing that packet gives', () => {
    const cipher = createCipheriv('aes-128-gcm', key, iv(nonce));
    const sealed = Buffer.concat([cipher.update(OPUS), cipher.final()]);
    const tail = uleb128(nonce);
    const footer = Buffer.of(11 + tail.byteLength, 0xfa, 0xfa);
    const tag = cipher.getAuthTag().subarray(0, 8);
    expect(Buffer.concat([sealed, tag, tail, footer])).toEqual(bytes);
  });

  test('is no frame when truncated anywhere', () => {
    for (let end = 0; end < bytes.byteLength; end += 1)
      expect(isProtocolFrame(bytes.subarray(0, end))).toBe(false);
  });
});
