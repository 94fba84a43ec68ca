import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../main/base/clock.ts';
import { silentLog } from '../../main/base/log.ts';
import { DiscordRest } from '../../main/discord/rest.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import { problemText } from '../../preload/contract/messages/text.ts';

/** A bot's REST, at a server that answers as told; `asked` counts the requests. */
async function restAt(
  answer: (response: ServerResponse) => void,
): Promise<{ rest: DiscordRest; asked: () => number }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const apiUrl = new URL(`http://127.0.0.1:${String(port)}/api/v10`);
  const rest = new DiscordRest({ apiUrl, token: 'a.b.c', log: silentLog, clock: systemClock });
  return { rest, asked: () => asked };
}

const html =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response
      .writeHead(status, { 'content-type': 'text/html', 'cf-ray': '8f0c-FRA', ...headers })
      .end('<!DOCTYPE html><title>Just a moment…</title>');

describe('an answer that is not JSON', () => {
  test.each([
    ['403 of Cloudflare', html(403), 'discord-blocked', 'HTTP 403'],
    ['200 of a network that wants a sign-in', html(200), 'not-discord', 'browser'],
    ['302 to such a page', html(302, { location: 'http://portal/' }), 'not-discord', 'browser'],
    ['404 of another server', html(404), 'not-discord', 'HTTP 404'],
    ['511', html(511), 'discord-trouble', 'HTTP 511'],
    ['429 for a day', html(429, { 'retry-after': '86400' }), 'discord-limited', '1,440 minutes'],
    ['200 without a body', (r: ServerResponse) => void r.end(), 'not-discord', 'HTTP 200'],
    [
      '500 without a body',
      (r: ServerResponse) => void r.writeHead(500).end(),
      'discord-trouble',
      'HTTP 500',
    ],
    ['401 of a page', html(401), 'token-rejected', 'token'],
  ])('%s', async (_, answer, code, says) => {
    const { rest } = await restAt(answer);
    const problem = await rest.getCurrentUser().then(() => null, toProblem);
    if (problem === null) return expect.fail('it was taken');
    expect(problem.code).toBe(code);
    expect(problemText(problem)).toContain(says);
    expect(problemText(problem)).not.toContain('internet connection');
  });

  test('is not asked for again where that is of no use', async () => {
    for (const status of [403, 200, 404]) {
      const { rest, asked } = await restAt(html(status));
      await expect(rest.getCurrentUser()).rejects.toMatchObject({
        httpStatus: status,
        ray: '8f0c-FRA',
        contentType: 'text/html',
      });
      expect(asked()).toBe(1);
    }
  });
});

describe('an answer without end', () => {
  const USER = JSON.stringify({ id: '41771983423143937', username: 'deck' });

  test('is read for 1 MiB, then let go', async () => {
    let sent = 0;
    const { rest, asked } = await restAt((response) => {
      const chunk = ' '.repeat(65_536);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    await expect(rest.getCurrentUser()).rejects.toMatchObject({ reason: 'bad-response' });
    expect(asked()).toBe(1);
    expect(sent).toBeLessThan(64 * (1 << 20));
  });

  test.each([
    ['packed', 64 << 20],
    ['packed, and just above the bound', (1 << 20) + 1],
  ])('%s, is not unpacked for longer', async (_, length) => {
    const bomb = gzipSync(Buffer.alloc(length, 0x20), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    const { rest } = await restAt((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    await expect(rest.getCurrentUser()).rejects.toMatchObject({
      reason: 'bad-response',
      httpStatus: 200,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  test('packed and short, is read', async () => {
    const { rest } = await restAt((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(USER));
    });
    expect(await rest.getCurrentUser()).toEqual({ id: '41771983423143937', name: 'deck' });
  });

  test('as long as the bound is taken, and one that is cut is not', async () => {
    const whole = await restAt((response) => void response.end(USER.padEnd(1 << 20)));
    expect(await whole.rest.getCurrentUser()).toMatchObject({ name: 'deck' });
    const cut = await restAt((response) => {
      response.writeHead(200, { 'content-length': '500' }).write(USER);
      setImmediate(() => response.destroy());
    });
    await expect(cut.rest.getCurrentUser()).rejects.toMatchObject({ reason: 'unreachable' });
  });
});
