import { describe, expect, test } from 'vitest';
import {
  GATEWAY_INTENTS,
  identifyPayload,
  parseGatewayFrame,
  parseHello,
} from '../../../main/discord/gateway-frame.ts';

describe('parseGatewayFrame', () => {
  test('reads a dispatch and a message without sequence or name', () => {
    expect(parseGatewayFrame('{"op":0,"d":{"a":1},"s":42,"t":"GUILD_CREATE"}')).toEqual({
      op: 0,
      d: { a: 1 },
      s: 42,
      t: 'GUILD_CREATE',
    });
    expect(parseGatewayFrame('{"op":11}')).toEqual({ op: 11, d: undefined, s: null, t: null });
    expect(parseGatewayFrame('{"op":7,"d":null,"s":"x","t":5,"new":1}')).toEqual({
      op: 7,
      d: null,
      s: null,
      t: null,
    });
  });

  test('every truncation of a message is null', () => {
    const text = '{"op":0,"d":{"id":"1"},"s":1,"t":"READY"}';
    for (let end = 0; end < text.length; end += 1)
      expect(parseGatewayFrame(text.slice(0, end))).toBeNull();
  });

  test.each(['null', '[]', '1', '{}', '{"op":"0"}', '{"op":1.5}', '{"op":-1}', '\u0000'])(
    '%j is null',
    (text) => {
      expect(parseGatewayFrame(text)).toBeNull();
    },
  );
});

describe('parseHello', () => {
  test('gives the interval, or null for an invalid one', () => {
    expect(parseHello({ heartbeat_interval: 41_250, _trace: [] })).toBe(41_250);
    for (const bad of [null, {}, { heartbeat_interval: 0 }, { heartbeat_interval: '41250' }])
      expect(parseHello(bad)).toBeNull();
  });
});

describe('identifyPayload', () => {
  test('asks for guilds and voice states, and names properties without a dollar sign', () => {
    expect(GATEWAY_INTENTS).toBe(129);
    expect(identifyPayload('token')).toMatchObject({
      token: 'token',
      intents: 129,
      properties: { browser: 'tapedeck', device: 'tapedeck' },
    });
    const keys = /"properties":\{"os":"(linux|windows|macos)","browser":"[^"]+","device":"[^"]+"\}/;
    expect(JSON.stringify(identifyPayload('token'))).toMatch(keys);
  });
});
