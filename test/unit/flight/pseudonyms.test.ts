import { describe, expect, test } from 'vitest';
import { keysOf, Pseudonyms } from '../../../main/flight/pseudonyms.ts';

const ID = '158049329150427136';
const TOKEN = `MTU4MDQ5MzI5MTUwNDI3MTM2.Gabcde.${'x'.repeat(38)}`;

describe('pseudonyms', () => {
  test('an id has one name in a run, and another in the next', () => {
    const names = new Pseudonyms();
    expect(names.id(ID)).toMatch(/^#[0-9a-f]{10}$/);
    expect(names.id(ID)).toBe(names.id(ID));
    expect(new Pseudonyms().id(ID)).not.toBe(names.id(ID));
  });

  test('an address is its family and the same as, or other than, one before', () => {
    const names = new Pseudonyms();
    expect(names.host('203.0.113.7')).toBe('ipv4-1');
    expect(names.host('203.0.113.8')).toBe('ipv4-2');
    expect(names.host('203.0.113.7')).toBe('ipv4-1');
    expect(names.host('2001:db8::1')).toBe('ipv6-3');
    expect(names.endpoint('127.0.0.1:4431')).toBe('ipv4-loopback-4:4431');
    expect(names.endpoint('[2001:db8::1]:443')).toBe('ipv6-3:443');
    expect(names.endpoint('us-east123.discord.media:443')).toBe('us-east123.discord.media:443');
    expect(names.endpoint('home.of-anna.example:443')).toBe('host-5:443');
  });

  test.each([
    ['a token', `refused ${TOKEN}`, 'Gabcde'],
    ['an id', `user ${ID} is unknown`, ID],
    ['an address', 'connect ECONNREFUSED 203.0.113.7:443', '203.0.113'],
    ['an IPv6 address', 'no route to 2001:db8::17', '2001:db8'],
    ['a quoted path', "ENOENT, open '/home/anna/Tape Club - Rooms/01-priya.opus'", 'priya'],
    ['a path of a stack', 'at work (file:///home/anna/app/main.js:1:2)', 'anna'],
    ['a path of Windows', 'at work (C:\\Users\\anna\\app\\main.js:1:2)', 'anna'],
    ['a recording', 'not written: 2026-12-01 10-15-30 Tape Club - Rooms', 'Tape Club'],
  ])('a text keeps no %s', (_, text, secret) => {
    expect(text).toContain(secret);
    expect(new Pseudonyms().text(text)).not.toContain(secret);
  });

  test('a text keeps the words of the protocol', () => {
    const said = 'InvalidCommit: epoch 3 of 4, ratchet tree missing';
    expect(new Pseudonyms().text(said)).toBe(said);
  });

  test('a value keeps its shape, numbers and words of the protocol, and no other string', () => {
    const names = new Pseudonyms();
    const key = Array.from({ length: 32 }, (_, index) => index);
    expect(
      names.shape({
        mode: 'aead_aes256_gcm_rtpsize',
        secret_key: key,
        dave_protocol_version: 1,
        user_id: ID,
        user_ids: [ID],
        nick: 'Anna',
        token: 'abc',
        ip: '203.0.113.7',
        [ID]: 1,
        big: 158_049_329_150_427_136,
        none: null,
        modes: ['a', 'b c'],
      }),
    ).toEqual({
      mode: 'aead_aes256_gcm_rtpsize',
      secret_key: 'numbers(32)',
      dave_protocol_version: 1,
      user_id: names.id(ID),
      user_ids: [names.id(ID)],
      nick: 'string(4)',
      token: names.id('abc'),
      ip: 'ipv4-1',
      '?': 1,
      big: names.id('158049329150427140'),
      none: null,
      modes: ['a', 'string(3)'],
    });
  });

  test('bytes keep no id that was seen', () => {
    const names = new Pseudonyms();
    names.id(ID);
    const bytes = Buffer.alloc(12, 0xee);
    bytes.writeBigUInt64BE(BigInt(ID), 2);
    expect(names.hex(bytes)).toBe(`eeee${'0'.repeat(16)}eeee`);
  });

  test('an object is told by its members, an array by its length', () => {
    expect(keysOf({ guilds: [1, 2], user: { id: '1' }, [ID]: [1] })).toEqual({
      guilds: 2,
      user: null,
      '?': 1,
    });
    expect(keysOf([1])).toBeNull();
  });
});
