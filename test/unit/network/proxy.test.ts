import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../main/network/proxy.ts';

const to = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env);
const name = (url: string, env: Record<string, string>) => to(url, env)?.name ?? null;
const DISCORD = 'https://discord.com/api/v10';

describe('the proxy for an address', () => {
  test('is named by HTTPS_PROXY, else ALL_PROXY; small letters first', () => {
    expect(name(DISCORD, {})).toBeNull();
    expect(name(DISCORD, { HTTP_PROXY: 'http://web:1' })).toBeNull();
    expect(name(DISCORD, { HTTPS_PROXY: 'http://big:3128' })).toBe('big:3128');
    expect(name(DISCORD, { HTTPS_PROXY: 'http://big:1', https_proxy: 'http://small:2' })).toBe(
      'small:2',
    );
    expect(name(DISCORD, { ALL_PROXY: 'all:8080' })).toBe('all:8080');
    expect(name(DISCORD, { HTTPS_PROXY: ' ', all_proxy: 'http://all' })).toBe('all:80');
    expect(name('wss://gateway.discord.gg/', { HTTPS_PROXY: 'https://safe' })).toBe('safe:443');
  });

  test('may want a user name and a password, which stand in no name', () => {
    const proxy = to(DISCORD, { HTTPS_PROXY: 'http://me%40home:p%3Aw%25@proxy:3128' });
    expect(proxy?.name).toBe('proxy:3128');
    const login = Buffer.from(proxy?.authorization?.replace('Basic ', '') ?? '', 'base64');
    expect(login.toString()).toBe('me@home:p:w%');
    expect(to(DISCORD, { HTTPS_PROXY: 'http://me:50%@proxy' })?.authorization).toBe(
      `Basic ${Buffer.from('me:50%').toString('base64')}`,
    );
  });

  test.each(['socks5://proxy:1080', 'ftp://proxy', 'http://', 'http://a b', 'http://proxy:99999'])(
    '%s is none that can be used',
    (HTTPS_PROXY) => {
      expect(() => to(DISCORD, { HTTPS_PROXY })).toThrow(
        'proxy-unusable {"variable":"HTTPS_PROXY"}',
      );
    },
  );

  test.each(['localhost', '127.0.0.1', '127.8.9.1', '[::1]'])('is never asked for %s', (host) => {
    expect(name(`https://${host}:8443/`, { HTTPS_PROXY: 'http://proxy:1' })).toBeNull();
  });
});

describe('NO_PROXY', () => {
  const exempt = (url: string, NO_PROXY: string): boolean =>
    name(url, { HTTPS_PROXY: 'http://proxy:1', NO_PROXY }) === null;

  test.each([
    ['discord.com', DISCORD],
    ['Discord.COM', DISCORD],
    ['other, discord.com', DISCORD],
    ['other discord.com:443', DISCORD],
    ['discord.com:8443', 'https://discord.com:8443/'],
    ['.discord.gg', 'wss://gateway.discord.gg/'],
    ['*.discord.gg', 'wss://gateway.discord.gg/'],
    ['*.gg:443', 'wss://gateway.discord.gg/'],
    ['*', DISCORD],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['fd00::/8', 'https://[fd12::1]/'],
    ['[fd12::1]:443', 'https://[fd12::1]/'],
    ['fd12::1', 'https://[fd12::1]/'],
  ])('%s exempts %s', (list, url) => {
    expect(exempt(url, list)).toBe(true);
  });

  test.each([
    ['', DISCORD],
    ['discord', DISCORD],
    ['com', DISCORD],
    ['discord.com:8443', DISCORD],
    ['.discord.com', DISCORD],
    ['cord.com', DISCORD],
    ['*.discord.com', 'https://notdiscord.com/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/99', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://[fd12::1]/'],
    ['discord.com/8', DISCORD],
  ])('%s does not exempt %s', (list, url) => {
    expect(exempt(url, list)).toBe(false);
  });

  test('small letters come first, also empty ones', () => {
    const env = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: '*', no_proxy: '' };
    expect(name(DISCORD, env)).toBe('proxy:1');
  });
});
