import { describe, expect, test } from 'vitest';
import {
  checkApiUrl,
  DEFAULT_API_URL,
  gatewayUrl,
  voiceEndpoint,
} from '../../../main/discord/api-url.ts';
import { isLoopbackHost } from '../../../main/network/loopback.ts';

const DISCORD = new URL(DEFAULT_API_URL);
const LOCAL = new URL('http://127.0.0.1:8080/api/v10');

describe('checkApiUrl', () => {
  test.each([
    DEFAULT_API_URL,
    'https://proxy.example:8443/discord',
    'http://127.0.0.1:1/api',
    'http://127.200.3.4/api',
    'http://localhost:8080',
    'http://[::1]:8080/api/v10',
    'http://127.1:8080', // which URL normalises to 127.0.0.1
  ])('accepts %s', (text) => {
    expect(checkApiUrl(text)).toMatchObject({ kind: 'accepted' });
  });

  test.each([
    'http://discord.com/api/v10',
    'http://128.0.0.1/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://10.0.0.1/',
    'http://[::2]/',
  ])('refuses plain %s, which is not loopback', (text) => {
    expect(checkApiUrl(text)).toEqual({ kind: 'not-loopback' });
  });

  test.each(['', 'discord.com', 'ftp://127.0.0.1', 'https://me:pw@discord.com', 'https://a/?x=1'])(
    'refuses %j, which is no REST base',
    (text) => {
      expect(checkApiUrl(text)).toEqual({ kind: 'not-an-address' });
    },
  );
});

describe('isLoopbackHost', () => {
  test('knows the whole of 127.0.0.0/8 and nothing that only looks like it', () => {
    expect(['127.0.0.1', '127.255.255.254', '[::1]', 'localhost'].every(isLoopbackHost)).toBe(true);
    expect(['127.0.0.1.nip.io', '0.0.0.0', '::1', '[::]', '12.7.0.1'].some(isLoopbackHost)).toBe(
      false,
    );
  });
});

/** The address that is accepted, or why none is. */
function address(apiUrl: URL, text: string): string {
  const checked = gatewayUrl(apiUrl, text);
  return checked.kind === 'accepted' ? checked.url.href : checked.kind;
}

describe('gatewayUrl', () => {
  test('asks for version 10 and JSON at the address Discord gave', () => {
    const wanted = 'wss://gateway.discord.gg/?v=10&encoding=json';
    expect(address(DISCORD, 'wss://gateway.discord.gg')).toBe(wanted);
    expect(address(DISCORD, 'wss://gateway.discord.gg/?v=6#x')).toBe(wanted);
  });

  test('takes plain ws only from a loopback host behind an http REST base', () => {
    expect(address(LOCAL, 'ws://127.0.0.1:99')).toBe('ws://127.0.0.1:99/?v=10&encoding=json');
    expect(address(LOCAL, 'ws://gateway.example')).toBe('not-an-address');
    expect(address(DISCORD, 'ws://127.0.0.1:99')).toBe('not-an-address');
  });

  test.each([
    'https://gateway.discord.gg',
    'wss://me@gateway.discord.gg',
    'gateway.discord.gg',
    '',
  ])('refuses %j', (url) => {
    expect(address(DISCORD, url)).toBe('not-an-address');
  });
});

describe('a host that an API names', () => {
  const BASES = {
    discord: DISCORD,
    canary: new URL('https://canary.discord.com/api/v10'),
    loopback: LOCAL,
    'TLS on loopback': new URL('https://127.0.0.1:8443/api'),
    proxy: new URL('https://proxy.example:8443/discord'),
  };

  test.each([
    ['discord', 'gateway-us-east1-b.discord.gg', 'c-waw05-3976556b.discord.media:8443'],
    ['canary', 'gateway.discord.gg:444', 'name123.discord.media:2048'],
    ['loopback', 'localhost:99', '127.9.9.9:99'],
    ['TLS on loopback', '[::1]:1', 'localhost'],
    ['proxy', 'proxy.example:1', 'proxy.example:50000'],
  ] as const)('is connected to where it is in place: %s', (base, gateway, voice) => {
    expect(gatewayUrl(BASES[base], `wss://${gateway}`).kind).toBe('accepted');
    expect(voiceEndpoint(BASES[base], voice)?.scheme).toMatch(/^wss?$/);
  });

  test.each([
    ['discord', '127.0.0.1:99', '169.254.169.254'],
    ['discord', 'discord.gg.evil.example', 'discord.media.evil.example:443'],
    ['discord', 'evildiscord.gg', 'evildiscord.media:443'],
    ['discord', 'a.discord.media', 'a.discord.gg'],
    ['discord', 'gateway.discord.gg.', '10.0.0.1:443'],
    ['loopback', 'gateway.discord.gg', 'a.discord.media:443'],
    ['loopback', '10.0.0.1', '169.254.169.254:80'],
    ['TLS on loopback', 'evil.example', 'evil.example:443'],
    ['proxy', 'gateway.discord.gg', 'a.discord.media'],
    ['proxy', 'a.proxy.example', '127.0.0.1:443'],
    ['proxy', 'proxy.example.evil', 'example:443'],
  ] as const)('is refused anywhere else: %s names %s and %s', (base, gateway, voice) => {
    const { host } = new URL(`wss://${gateway}`);
    expect(gatewayUrl(BASES[base], `wss://${gateway}`)).toEqual({ kind: 'host-refused', host });
    expect(voiceEndpoint(BASES[base], voice)).toMatchObject({ scheme: null });
  });
});

describe('voiceEndpoint', () => {
  test.each([
    ['c-waw05-3976556b.discord.media:8443', 'c-waw05-3976556b.discord.media:8443'],
    ['name123.discord.media:443', 'name123.discord.media:443'],
    ['name123.discord.media:2048', 'name123.discord.media:2048'],
    ['name123.discord.media', 'name123.discord.media'],
    ['name123.discord.media:80', 'name123.discord.media'],
    ['Name.discord.media:8080', 'Name.discord.media:8080'],
  ])('%s is %s over wss', (text, endpoint) => {
    expect(voiceEndpoint(DISCORD, text)).toEqual({ endpoint, scheme: 'wss' });
  });

  test('is plain ws on a loopback host behind an http REST base, and only there', () => {
    expect(voiceEndpoint(LOCAL, '127.0.0.1:5000')?.scheme).toBe('ws');
    expect(voiceEndpoint(LOCAL, 'localhost:5000')?.scheme).toBe('ws');
    expect(voiceEndpoint(LOCAL, '[::1]:5000')).toEqual({ endpoint: '[::1]:5000', scheme: 'ws' });
    const proxy = new URL('https://127.0.0.1:8443/api');
    expect(voiceEndpoint(proxy, '127.0.0.1:5000')?.scheme).toBe('wss');
  });

  test.each([
    '',
    ':443',
    'host:0',
    'host:65536',
    'host:443/path',
    'host/path',
    'host:443?x',
    'host#x',
    'user@host:443',
    'user:pw@host',
    'wss://host:443',
    'host:443:443',
    'host name',
    'host\n:443',
    'höst:443',
    '127.1:443',
    '0x7f000001:443',
    '2130706433:443',
    '[::1',
    '[zz]:443',
    '..:443',
  ])('refuses %j', (text) => {
    expect(voiceEndpoint(LOCAL, text)).toBeNull();
  });
});
