// The first table was made with libsodium and OpenSSL through other programs, from the layouts of Discord's page on
// voice connections. The two captures are packets of Discord's servers, published as fixtures by discord.js
// (packages/voice/__mocks__/rtp.ts).
import { describe, expect, test } from 'vitest';
import { parseRtpPacket } from '../../main/rtp/rtp-packet.ts';
import type { RtpFields } from '../../main/rtp/rtp-writer.ts';
import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';
import type { TransportMode } from '../../main/rtp/transport-modes.ts';

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('hex');

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const NONCES = {
  firstNonce: 7,
  randomNonce: (byteLength: number) =>
    Uint8Array.from({ length: byteLength }, (_, index) => 0xa0 + index),
};
const PLAIN: RtpFields = { sequence: 1, timestamp: toRtpTimestamp(960), ssrc: 12345 };
const EXTENDED: RtpFields = { ...PLAIN, extensionBody: fromHex('10a09002') };

const cases: [TransportMode, string, RtpFields, string][] = [
  [
    'aead_aes256_gcm_rtpsize',
    'no extension',
    PLAIN,
    '80780001000003c000003039a7182aab26e44a27f3a74ffd385a2751fcc56300000007',
  ],
  [
    'aead_aes256_gcm_rtpsize',
    'extension',
    EXTENDED,
    '90780001000003c000003039bede00014f47448382d7dd5b165aa5c7ca349b1d423986fe4168e600000007',
  ],
  [
    'aead_aes256_gcm_rtpsize',
    'extension and padding',
    { ...EXTENDED, paddingBytes: 3 },
    'b0780001000003c000003039bede00014f47448382d7dd8befd19f4ee7ecefbd3916bb30f5fe30e6731f00000007',
  ],
  [
    'aead_xchacha20_poly1305_rtpsize',
    'no extension',
    PLAIN,
    '80780001000003c0000030394e48a3f0d0625983f9eb56de939a643b331eaa00000007',
  ],
  [
    'aead_xchacha20_poly1305_rtpsize',
    'extension',
    EXTENDED,
    '90780001000003c000003039bede0001a617cd35803d5782748c2a7a1d746560e0efffc0b2fb7100000007',
  ],
  [
    'xsalsa20_poly1305_lite_rtpsize',
    'extension',
    EXTENDED,
    '90780001000003c000003039bede000175d75262d9c4fa0eef71e5849c83e55c66c909b124952800000007',
  ],
  [
    'aead_aes256_gcm',
    'extension',
    EXTENDED,
    '90780001000003c000003039e139d4806a88b389172d6a08b99ee51044111017ebf693f25454ab00000007',
  ],
  [
    'xsalsa20_poly1305',
    'no extension',
    PLAIN,
    '80780001000003c000003039c835f9e090c872bf0b5cf08ea15f25360a0e25',
  ],
  [
    'xsalsa20_poly1305',
    'extension',
    EXTENDED,
    '90780001000003c0000030390c3a021dc65600e887571207db07eb2499bdbcdbc912613bb4de8f',
  ],
  [
    'xsalsa20_poly1305_suffix',
    'no extension',
    PLAIN,
    '80780001000003c000003039a645eb9fae22eb933e49a746f5188b60ce6a49a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7',
  ],
  [
    'xsalsa20_poly1305_lite',
    'no extension',
    PLAIN,
    '80780001000003c000003039bff00585cef9870c659e228523c536018e966700000007',
  ],
];

describe('transport cipher, known packets', () => {
  test.each(cases)('%s, %s: opens to the silence frame', (mode, _form, fields, hex) => {
    const packet = parseRtpPacket(fromHex(hex));
    expect(packet).toMatchObject({ ...PLAIN, padding: (fields.paddingBytes ?? 0) > 0 });
    const opened = packet && createTransportCipher(mode, KEY).open(packet);
    expect(toHex(opened)).toBe('f8fffe');
  });

  test.each(cases)('%s, %s: seals to the same bytes', (mode, _form, fields, hex) => {
    const sealed = createTransportCipher(mode, KEY, NONCES).seal(fields, fromHex('f8fffe'));
    expect(toHex(sealed)).toBe(hex);
  });

  test('an RTCP receiver report seals in GCM', () => {
    const hex =
      '81c90007000000015fe7e4b87a28238befd294c001ca89c4c44e5d6647e4756e54d005cb0a2c6b562b9fe2d7c5d84a6600000007';
    const body = '00003039000000000000000500' + '00000a0000000000000000';
    const cipher = createTransportCipher('aead_aes256_gcm_rtpsize', KEY, NONCES);
    expect(toHex(cipher.sealRtcp(fromHex(hex).subarray(0, 8), fromHex(body)))).toBe(hex);
  });
});

describe('transport cipher, packets captured from Discord', () => {
  test('GCM: a silence frame, nonce counted big-endian', () => {
    const key = fromHex('6d4dc31b6f32e754b3ffd9d922e3136ac31496ed260465d2055a08f13adf1818');
    const packet = parseRtpPacket(
      fromHex('8078a39c9f0b83f00000c5b7af5b6665c306c88f75486c2ca57b79316f26030000005a'),
    );
    expect(packet).toMatchObject({ sequence: 41884, timestamp: 0x9f0b83f0, ssrc: 50615 });
    const cipher = createTransportCipher('aead_aes256_gcm_rtpsize', key);
    expect(toHex(packet && cipher.open(packet))).toBe('f8fffe');
  });

  test('XChaCha: two words of extension are cut from 53 bytes of Opus', () => {
    const key = fromHex('69d96d1bf76547314797ac555b0bc9172bf29351603c9d323fc885ae6c90fb6e');
    const packet = parseRtpPacket(
      fromHex(
        '90785666bff334300000bf19bede0002d31d674c496625a2412927fc1a555ae4f1a970415fb7ec0457cfd7c3b4273ce0' +
          'dd5920bbd0e491fc84bd67d0b4b7d9324656141c8e42fb7ad61107adcb7594e876670888e388f9f387291f67920f010000',
      ),
    );
    expect(packet).toMatchObject({ sequence: 22118, extension: true, headerBytes: 16 });
    const opened =
      packet && createTransportCipher('aead_xchacha20_poly1305_rtpsize', key).open(packet);
    expect(toHex(opened)).toBe(
      '7807d62f5223209aab2ccc1c888ecbd94de5337a4b2beda7af5f8db259997536f288f5c79f47af925a963bd89f3ab413ce2fae0a37',
    );
  });
});
