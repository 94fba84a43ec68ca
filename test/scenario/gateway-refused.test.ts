import { describe, expect, test } from 'vitest';
import { DiscordError } from '../../main/discord/discord-error.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import {
  connected,
  connectTo,
  nextEvent,
  recordingLog,
  restOf,
  TOKEN,
} from '../support/fake-gateway-client.ts';

/** The error with which `work` rejects. */
async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const UNAUTHORIZED = { status: 401, body: { message: '401: Unauthorized', code: 0 } };

const WHO = 'DiscordBot (https://github.com/tapedeck-app/tapedeck, 0.1.0)';

describe('gateway', () => {
  test('introduces itself as Discord asks', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    expect(client.connection.headers['user-agent']).toBe(WHO);
  });

  test('an answer that is no WebSocket is kept with its status', async () => {
    await using fake = await FakeDiscord.start();
    await using other = await FakeDiscord.start({ upgradeStatus: 503 });
    fake.gatewayUrl = `ws://127.0.0.1:${String(other.port)}`;
    const error = await thrownBy(connectTo(fake, { timing: { connectLimitMs: 200 } }));
    expect(error).toMatchObject({ reason: 'unreachable', cause: { cause: { httpStatus: 503 } } });
    expect(toProblem(error)).toEqual({
      code: 'discord-trouble',
      details: { step: 'events', answer: 'HTTP 503' },
    });
  });

  test('a token that REST rejects causes one request', async () => {
    await using fake = await FakeDiscord.start();
    fake.answer('GET /gateway/bot', UNAUTHORIZED, UNAUTHORIZED);
    const { log, lines } = recordingLog();
    const error = await thrownBy(connectTo(fake, { log }));
    expect(error).toMatchObject({ reason: 'token-rejected', httpStatus: 401, apiCode: 0 });
    expect(fake.requests).toHaveLength(1);
    expect(lines.join()).not.toContain(TOKEN);
  });

  test.each([
    [4004, 'token-rejected'],
    [4010, 'shard-refused'],
    [4011, 'shard-refused'],
    [4012, 'version-refused'],
    [4013, 'intents-refused'],
    [4014, 'intents-refused'],
  ])('close code %i after Identify is final: %s', async (code, reason) => {
    await using fake = await FakeDiscord.start();
    const { log, lines } = recordingLog();
    const failed = thrownBy(connectTo(fake, { log }));
    const connection = await fake.nextConnection();
    connection.hello();
    await connection.next(2);
    connection.socket.close(code);
    const error = await failed;
    expect(error).toMatchObject({ reason, closeCode: code });
    expect(fake.connections).toHaveLength(1);
    expect([String(error), ...lines].join()).not.toContain(TOKEN);
  });

  test('a final close code later is told once, and ends reconnecting', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const closed = nextEvent(gateway, 'closed');
    connection.socket.close(4004);
    expect(await closed).toMatchObject([{ reason: 'token-rejected', closeCode: 4004 }]);
    const target = { guildId: '1', channelId: '2', selfMute: true };
    const late = thrownBy(gateway.joinVoice(target, new AbortController().signal));
    expect(await late).toMatchObject({ reason: 'token-rejected' });
    expect(fake.connections).toHaveLength(1);
  });

  test('an unreachable Discord is retried until the limit, and the error has its reason', async () => {
    await using fake = await FakeDiscord.start();
    fake.gatewayUrl = 'ws://127.0.0.1:1';
    const error = await thrownBy(connectTo(fake, { timing: { connectLimitMs: 200 } }));
    expect(error).toBeInstanceOf(DiscordError);
    expect(error).toMatchObject({ reason: 'unreachable', cause: { closeCode: 1006 } });
    expect(fake.requests.length).toBeGreaterThan(1);
  });

  test('a server that answers but never says Hello or READY is unreachable too', async () => {
    await using fake = await FakeDiscord.start();
    const timing = { connectLimitMs: 300, helloLimitMs: 30, readyLimitMs: 30 };
    const failed = thrownBy(connectTo(fake, { timing }));
    const silent = await fake.nextConnection();
    expect(await silent.closed).toBe(4000);
    const deaf = await fake.nextConnection();
    deaf.hello();
    expect(await deaf.closed).toBe(4000);
    expect(await failed).toMatchObject({ reason: 'unreachable' });
  });

  test('plain ws to a host that is not loopback is never opened', async () => {
    await using fake = await FakeDiscord.start();
    fake.gatewayUrl = 'ws://gateway.invalid';
    const error = await thrownBy(connectTo(fake, { timing: { connectLimitMs: 100 } }));
    expect(error).toMatchObject({ reason: 'unreachable', cause: { reason: 'bad-response' } });
  });

  test('without session starts left nothing identifies', async () => {
    await using fake = await FakeDiscord.start();
    fake.sessionStartLimit = { total: 1000, remaining: 0, reset_after: 3.6e6, max_concurrency: 1 };
    const error = await thrownBy(connectTo(fake));
    expect(error).toMatchObject({ reason: 'rate-limited', retryAfterMs: 3.6e6 });
    expect(fake.connections).toHaveLength(0);
  });

  test('the caller can give up at any time', async () => {
    await using fake = await FakeDiscord.start();
    const giveUp = new AbortController();
    const failed = thrownBy(connectTo(fake, { signal: giveUp.signal }));
    const connection = await fake.nextConnection();
    giveUp.abort(new Error('enough'));
    expect(await failed).toMatchObject({ message: 'enough' });
    await connection.closed;
    expect(fake.connections).toHaveLength(1);
  });
});

describe('rest', () => {
  test('sends the User-Agent that Discord asks for', async () => {
    await using fake = await FakeDiscord.start();
    const rest = restOf(fake, { log: recordingLog().log });
    expect(await rest.getCurrentUser()).toEqual({ id: '1', name: 'tapedeck' });
    expect(fake.requests[0]?.headers).toMatchObject({
      authorization: `Bot ${TOKEN}`,
      'user-agent': WHO,
    });
  });

  test('waits for a limit and repeats the same message under the same nonce', async () => {
    await using fake = await FakeDiscord.start();
    const call = 'POST /channels/5/messages';
    const body = { message: 'slow down', retry_after: 0.05, global: false };
    fake.answer(call, { status: 429, body }, { status: 500 }, { hangUp: true });
    const rest = restOf(fake, { log: recordingLog().log });
    await rest.createMessage('5', { content: 'Recording @everyone' });
    expect(fake.requests).toHaveLength(4);
    const bodies = fake.requests.map((request) => JSON.stringify(request.body));
    expect(new Set(bodies).size).toBe(1);
    expect(fake.requests[0]?.body).toMatchObject({
      content: 'Recording @everyone',
      allowed_mentions: { parse: [] },
      enforce_nonce: true,
    });
    expect(fake.requests[0]?.headers['content-type']).toBe('application/json');
  });

  test('after a 429 with a page as its body, the wait is that of the header', async () => {
    await using fake = await FakeDiscord.start();
    const page = { status: 429, headers: { 'retry-after': '0.02' }, body: '<html>banned</html>' };
    fake.answer('GET /users/@me', page);
    await restOf(fake, { log: recordingLog().log }).getCurrentUser();
    expect(fake.requests).toHaveLength(2);
  });

  test('a wait that is too long rejects at once, the next call too', async () => {
    await using fake = await FakeDiscord.start();
    const body = { message: 'slow down', retry_after: 600, global: true };
    fake.answer('GET /users/@me', { status: 429, body });
    const rest = restOf(fake, { log: recordingLog().log });
    expect(await thrownBy(rest.getCurrentUser())).toMatchObject({
      reason: 'rate-limited',
      retryAfterMs: 600_000,
    });
    expect(await thrownBy(rest.getGatewayBot())).toMatchObject({ reason: 'rate-limited' });
    expect(fake.requests).toHaveLength(1);
  });

  test('an empty bucket delays its calls, and keeps their order', async () => {
    await using fake = await FakeDiscord.start();
    const empty = {
      'x-ratelimit-bucket': 'abc',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': '0.05',
    };
    fake.answer('PATCH /guilds/7/members/@me', { headers: empty });
    const rest = restOf(fake, { log: recordingLog().log });
    await Promise.all(['a', 'b', null].map((nick) => rest.setOwnNickname('7', nick)));
    expect(fake.requests.map(({ body }) => body)).toEqual([
      { nick: 'a' },
      { nick: 'b' },
      { nick: null },
    ]);
  });

  test.each([
    [403, 50013, 'refused'],
    [403, 50001, 'refused'],
    [401, 0, 'token-rejected'],
    [404, 10003, 'not-found'],
    [400, 50035, 'bad-request'],
  ])('HTTP %i with code %i is %s, and is not repeated', async (status, code, reason) => {
    await using fake = await FakeDiscord.start();
    fake.answer('PATCH /guilds/7/members/@me', { status, body: { message: 'no', code } });
    const rest = restOf(fake, { log: recordingLog().log });
    const error = await thrownBy(rest.setOwnNickname('7', 'x'));
    expect(error).toMatchObject({ reason, httpStatus: status, apiCode: code });
    expect(fake.requests).toHaveLength(1);
  });

  test('a redirect is not followed and an unexpected answer is refused', async () => {
    await using fake = await FakeDiscord.start();
    const rest = restOf(fake, { log: recordingLog().log });
    fake.answer('GET /users/@me', { status: 302, headers: { location: '/api/v10/elsewhere' } });
    expect(await thrownBy(rest.getCurrentUser())).toMatchObject({ reason: 'bad-response' });
    fake.answer('GET /users/@me', { body: '<html>welcome</html>' });
    expect(await thrownBy(rest.getCurrentUser())).toMatchObject({ reason: 'bad-response' });
    expect(fake.requests).toHaveLength(2);
  });

  test('a token that fits no header is rejected, and neither shown nor sent', async () => {
    await using fake = await FakeDiscord.start();
    const { log, lines } = recordingLog();
    const error = await thrownBy(restOf(fake, { log, token: 'odd\ntoken' }).getCurrentUser());
    expect(error).toMatchObject({ reason: 'token-rejected' });
    expect([String(error), ...lines].join()).not.toContain('odd');
    expect(fake.requests).toHaveLength(0);
  });

  test('the caller can give up while a limit is waited for', async () => {
    await using fake = await FakeDiscord.start();
    fake.answer('GET /users/@me', { status: 429, body: { message: '', retry_after: 30 } });
    const giveUp = new AbortController();
    const rest = restOf(fake, { log: recordingLog().log });
    const failed = thrownBy(rest.getCurrentUser(giveUp.signal));
    giveUp.abort(new Error('enough'));
    expect(await failed).toMatchObject({ message: 'enough' });
    // The next call does not wait for the one that gave up.
    expect(await rest.getGatewayBot()).toMatchObject({ identifiesLeft: 999 });
  });
});
