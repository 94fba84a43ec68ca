import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import path from 'node:path';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseLines, runCommandLine } from '../support/command-line.ts';
import { ConnectProxy } from '../support/connect-proxy.ts';
import { demoFor } from '../support/demo.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

/** A demo Discord that is found only through a proxy, and what a command line needs for that. */
async function demoBehindProxy(options: { login?: string; answers?: number } = {}) {
  const { demo, env } = await demoFor({ speakers: 1, host: 'discord.test' });
  const proxy = await ConnectProxy.start(options);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const port = new URL(demo.apiUrl).port;
  return {
    demo,
    proxy,
    port,
    env: {
      ...env,
      NODE_EXTRA_CA_CERTS: demo.caFile,
      DISCORD_API_URL: `https://discord.test:${port}/api/v10`,
    },
  };
}

/** `code` and sentence of the error that a recording ends with, and its exit code. */
async function refusedRecording(env: Record<string, string>, channelId = '1234567890123456789') {
  const words = ['record', '--channel', channelId, '--duration', '1', '--json'];
  const { exitCode, stdout } = await runCommandLine(words, { env });
  const last = parseLines(stdout).at(-1);
  return { exitCode, code: last?.['code'], message: String(last?.['message']) };
}

/** What `doctor` says of the token. */
async function tokenCheck(env: Record<string, string>): Promise<string> {
  const { stdout } = await runCommandLine(['doctor', '--json'], { env });
  const line = parseLines(stdout).find(({ name }) => name === 'token');
  expect(line).toMatchObject({ ok: false });
  return String(line?.['message']);
}

describe('through a proxy', () => {
  test('REST and both gateways are reached, and sound goes past it', async () => {
    const { demo, proxy, port, env } = await demoBehindProxy({ login: 'me@home:p:w' });
    const HTTPS_PROXY = `http://me%40home:p%3Aw@127.0.0.1:${String(proxy.port)}`;
    const words = ['record', '--channel', demo.channelId, '--duration', '1', '--json'];
    const ended = await runCommandLine(words, { env: { ...env, HTTPS_PROXY } });
    expect(ended.exitCode).toBe(0);
    expect(parseLines(ended.stdout).map(({ event }) => event)).toContain('speaker');
    const hosts = new Set(proxy.asked);
    expect(hosts.has(`discord.test:${port}`)).toBe(true);
    expect(hosts.size).toBe(2); // REST and the main gateway on one port, the voice gateway on another
    expect(new Set(proxy.userAgents).size).toBe(1);
    expect(proxy.userAgents[0]).toMatch(/^DiscordBot \(https:/);
  });

  test('one that wants a password, refuses, or is not there is told as that', async () => {
    const { proxy, env } = await demoBehindProxy({ login: 'me:secret' });
    const at = `127.0.0.1:${String(proxy.port)}`;
    await using strict = await ConnectProxy.start({ answers: 502 });
    const strictAt = `http://127.0.0.1:${String(strict.port)}`;
    const [refused, told502, unreachable, socks] = await Promise.all([
      refusedRecording({ ...env, HTTPS_PROXY: `http://me:wrong-pw@${at}` }),
      tokenCheck({ ...env, https_proxy: strictAt }),
      tokenCheck({ ...env, ALL_PROXY: 'http://127.0.0.1:9' }),
      refusedRecording({ ...env, ALL_PROXY: 'socks5://127.0.0.1:9' }),
    ]);
    expect(refused).toMatchObject({ exitCode: 5, code: 'proxy-refused' });
    expect(refused.message).toContain(`${at} does not let Tapedeck through to Discord (407)`);
    expect(refused.message).not.toContain('wrong-pw');
    expect(told502).toContain('(502)');
    expect(unreachable).toContain('The proxy 127.0.0.1:9 does not answer');
    expect(socks).toMatchObject({ exitCode: 5, code: 'proxy-unusable' });
  });

  test('what NO_PROXY names, and this computer, is not asked of it', async () => {
    const { demo, env } = await demoFor({ speakers: 0 });
    const { port } = new URL(demo.apiUrl);
    const own = { ...env, NODE_EXTRA_CA_CERTS: demo.caFile, HTTPS_PROXY: 'http://127.0.0.1:9' };
    const DISCORD_API_URL = `https://localhost:${port}/api/v10`;
    const away = {
      ...own,
      DISCORD_API_URL: 'https://discord.test:9/api/v10',
      NO_PROXY: 'discord.test',
    };
    const [channels, check] = await Promise.all([
      runCommandLine(['channels', '--json'], { env: { ...own, DISCORD_API_URL } }),
      tokenCheck(away),
    ]);
    expect(channels.exitCode).toBe(0);
    expect(check).toContain('No answer from Discord');
  });
});

describe('a certificate', () => {
  const DAY_MS = 86_400_000;

  /** A server in Discord's place, with a certificate that is its own authority; `trusted` names its file. */
  async function serverWith(
    host: string,
    valid: { fromDays?: number; toDays?: number } = {},
  ): Promise<{ env: Record<string, string>; trusted: { NODE_EXTRA_CA_CERTS: string } }> {
    const { fromDays = -1, toDays = 30 } = valid;
    const name = [
      { name: 'commonName', value: 'Mean Scanner Root' },
      { name: 'organizationName', value: 'Mean' },
    ];
    const { private: key, cert } = await generate(name, {
      notBeforeDate: new Date(Date.now() + fromDays * DAY_MS),
      notAfterDate: new Date(Date.now() + toDays * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
      ],
    });
    const server = createServer({ key, cert }, (_, response) => response.writeHead(503).end());
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
      });
    });
    onTestFinished(() => void server.close());
    const home = await scratchFolder();
    const file = path.join(home, 'ca.pem');
    await writeFile(file, cert);
    return {
      env: {
        TAPEDECK_HOME: home,
        DISCORD_TOKEN: 'a.b.c',
        DISCORD_API_URL: `https://localhost:${String(port)}/api/v10`,
      },
      trusted: { NODE_EXTRA_CA_CERTS: file },
    };
  }

  test('of an issuer that nobody trusts ends it at once, with the issuer’s name', async () => {
    const { env } = await serverWith('localhost');
    const refused = await refusedRecording(env);
    expect(refused).toMatchObject({ exitCode: 5, code: 'certificate-untrusted' });
    expect(refused.message).toContain('“Mean Scanner Root” vouches for localhost');
    expect(refused.message).not.toContain('internet');
    expect(await tokenCheck(env)).toContain('Mean Scanner Root');
  });

  test('of another host, one that ran out, and one of another age each have their cure', async () => {
    const told = async (...how: Parameters<typeof serverWith>): Promise<string> => {
      const { env, trusted } = await serverWith(...how);
      return tokenCheck({ ...env, ...trusted });
    };
    const [other, late, early] = await Promise.all([
      told('example.test'),
      told('localhost', { fromDays: -90, toDays: -10 }),
      told('localhost', { fromDays: 800, toDays: 1_000 }),
    ]);
    expect(other).toContain('has the certificate of another server');
    expect(late).toContain('ran out on');
    expect(early).toContain('clock seems to be wrong');
  });

  test('of a server without TLS is missing, which is told too', async () => {
    const env = { TAPEDECK_HOME: await scratchFolder(), DISCORD_TOKEN: 'a.b.c' };
    await using proxy = await ConnectProxy.start();
    const DISCORD_API_URL = `https://localhost:${String(proxy.port)}/api/v10`;
    expect(await tokenCheck({ ...env, DISCORD_API_URL })).toContain('No safe connection');
  });
});
