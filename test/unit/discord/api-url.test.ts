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

describe('gatewayUrl', () => {
  test('asks for version 10 and JSON at the address Discord gave', () => {
    expect(gatewayUrl(DISCORD, 'wss://gateway.discord.gg')?.href).toBe(
      'wss://gateway.discord.gg/?v=10&encoding=json',
    );
    expect(gatewayUrl(DISCORD, 'wss://gateway.discord.gg/?v=6#x')?.href).toBe(
      'wss://gateway.discord.gg/?v=10&encoding=json',
    );
  });

  test('takes plain ws only from a loopback host behind an http REST base', () => {
    expect(gatewayUrl(LOCAL, 'ws://127.0.0.1:99')?.href).toBe(
      'ws://127.0.0.1:99/?v=10&encoding=json',
    );
    expect(gatewayUrl(LOCAL, 'ws://gateway.example')).toBeNull();
    expect(gatewayUrl(DISCORD, 'ws://127.0.0.1:99')).toBeNull();
  });

  test.each([
    'https://gateway.discord.gg',
    'wss://me@gateway.discord.gg',
    'gateway.discord.gg',
    '',
  ])('refuses %j', (url) => {
    expect(gatewayUrl(DISCORD, url)).toBeNull();
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
    expect(voiceEndpoint(LOCAL, 'name.discord.media:443')?.scheme).toBe('wss');
    expect(voiceEndpoint(DISCORD, '127.0.0.1:5000')?.scheme).toBe('wss');
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
