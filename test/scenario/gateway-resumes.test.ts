import { describe, expect, test } from 'vitest';
import {
  ALICE_ID,
  BOB_ID,
  BOT_ID,
  guildCreate,
  GUILD_ID,
  LOUNGE_ID,
  member,
  ready,
  STAGE_ID,
  voiceState,
} from '../support/discord-payloads.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import type { FakeConnection } from '../support/fake-discord.ts';
import { connected, connectTo, nextEvent, TOKEN } from '../support/fake-gateway-client.ts';

/** Accepts the next connection, asserts a Resume of that session, and answers RESUMED. */
async function letResume(fake: FakeDiscord, sequence: number): Promise<FakeConnection> {
  const connection = await fake.nextConnection();
  connection.hello();
  const { d } = await connection.next(6);
  expect(d).toEqual({ token: TOKEN, session_id: 'session-1', seq: sequence });
  connection.dispatch('RESUMED', {}, sequence + 1);
  return connection;
}

describe('gateway', () => {
  test('identifies with 129, waits for its guilds, and ends with 1000', async () => {
    await using fake = await FakeDiscord.start();
    const connecting = connectTo(fake);
    const connection = await fake.nextConnection();
    expect(connection.url).toBe('/?v=10&encoding=json');
    connection.hello();
    const { d } = await connection.next(2);
    expect(d).toMatchObject({
      token: TOKEN,
      intents: 129,
      properties: { browser: 'tapedeck', device: 'tapedeck' },
    });
    connection.dispatch('READY', ready('session-1', { resume_gateway_url: fake.resumeUrl }), 1);
    connection.dispatch('GUILD_CREATE', guildCreate(), 2);
    const gateway = await connecting;
    expect(gateway.user).toEqual({ id: BOT_ID, name: 'tapedeck' });
    expect(gateway.applicationId).toBe('1180000000000000009');
    expect(gateway.sessionId).toBe('session-1');
    expect(gateway.directory.guilds()).toHaveLength(1);
    await gateway.close();
    expect(await connection.closed).toBe(1000);
    await gateway.close();
    expect(fake.connections).toHaveLength(1);
  });

  test('does not wait forever for a guild that never comes', async () => {
    await using fake = await FakeDiscord.start();
    const connecting = connectTo(fake, { timing: { guildsLimitMs: 20 } });
    await fake.welcome('session-1');
    await using gateway = await connecting;
    expect(gateway.directory.guilds()).toMatchObject([{ available: false, channels: [] }]);
  });

  test('sends heartbeats with the last sequence number, also when asked to', async () => {
    await using fake = await FakeDiscord.start();
    const connecting = connectTo(fake);
    const connection = await fake.nextConnection();
    connection.hello(40);
    await connection.next(2);
    connection.dispatch('READY', ready('session-1', { guilds: [] }), 7);
    await using gateway = await connecting;
    connection.send({ op: 1, d: null });
    for (let beat = await connection.next(1); beat.d !== 7; beat = await connection.next(1))
      connection.send({ op: 11 });
    connection.send({ op: 11 });
    expect((await connection.next(1)).d).toBe(7);
    expect(gateway.connection).toBe('connected');
  });

  test('resumes after a cut, at READY’s address, and handles the events that it missed', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const seen: string[] = [];
    gateway.on('connection', (state) => seen.push(state));
    gateway.on('session-lost', () => seen.push('session-lost'));
    connection.socket.terminate();
    const next = await fake.nextConnection();
    expect(next.url).toBe('/resume?v=10&encoding=json');
    next.hello();
    expect((await next.next(6)).d).toEqual({ token: TOKEN, session_id: 'session-1', seq: 2 });
    const missed = { ...voiceState(BOB_ID, LOUNGE_ID), guild_id: GUILD_ID, member: member(BOB_ID) };
    const resumed = nextEvent(gateway, 'connection');
    next.dispatch('VOICE_STATE_UPDATE', missed, 3);
    next.dispatch('RESUMED', {}, 4);
    await resumed;
    expect(seen).toEqual(['retrying', 'connected']);
    const lounge = gateway.directory.channel(LOUNGE_ID);
    expect(lounge?.people.map(({ userId }) => userId)).toEqual([ALICE_ID, BOB_ID]);
    next.socket.terminate();
    await letResume(fake, 4);
  });

  test('op 7 closes with a code other than 1000 and resumes', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { connection } = client;
    connection.send({ op: 7, d: null });
    expect(await connection.closed).toBe(4000);
    await letResume(fake, 2);
  });

  test('op 7 before Hello resumes too', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { connection } = client;
    connection.send({ op: 7, d: null });
    const early = await fake.nextConnection();
    early.send({ op: 7, d: null });
    await early.closed;
    expect(early.seen).toEqual([]);
    await letResume(fake, 2);
  });

  test('a heartbeat that is never acknowledged ends the connection with 4000, and it resumes', async () => {
    await using fake = await FakeDiscord.start();
    const connecting = connectTo(fake);
    const connection = await fake.nextConnection();
    connection.hello(30);
    await connection.next(2);
    connection.dispatch('READY', ready('session-1', { guilds: [] }), 2);
    await using gateway = await connecting;
    expect(await connection.closed).toBe(4000);
    await letResume(fake, 2);
    expect(gateway.sessionId).toBe('session-1');
  });

  test('op 9 true resumes again', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    connection.socket.terminate();
    const second = await fake.nextConnection();
    second.hello();
    await second.next(6);
    second.send({ op: 9, d: true });
    await letResume(fake, 2);
    expect(gateway.sessionId).toBe('session-1');
  });

  test('op 9 false forgets the session, says so and identifies anew', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const lost = nextEvent(gateway, 'session-lost');
    connection.send({ op: 9, d: false });
    await lost;
    const back = nextEvent(gateway, 'connection');
    const next = await fake.welcome('session-2');
    expect(next.url).toBe('/?v=10&encoding=json');
    expect(await back).toEqual(['connected']);
    expect(gateway.sessionId).toBe('session-2');
    expect(next.seen.some(({ op }) => op === 6)).toBe(false);
  });

  test.each([4003, 4005, 4007, 4008, 4009])('%i identifies anew', async (code) => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const lost = nextEvent(gateway, 'session-lost');
    connection.socket.close(code);
    await lost;
    const next = await fake.welcome('session-2');
    expect(next.seen.map(({ op }) => op)).toEqual([2]);
  });

  test.each([1000, 1001, 4000, 4001, 4002])('%i from the server resumes', async (code) => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { connection } = client;
    connection.socket.close(code);
    const next = await letResume(fake, 2);
    expect(next.seen.map(({ op }) => op)).toEqual([6]);
  });

  test('when the resume address is dead, the usual one is tried with a Resume', async () => {
    await using fake = await FakeDiscord.start();
    const connecting = connectTo(fake);
    const connection = await fake.welcome('session-1', {
      resume_gateway_url: 'ws://127.0.0.1:1',
      guilds: [],
    });
    await using gateway = await connecting;
    connection.socket.terminate();
    const next = await fake.nextConnection();
    expect(next.url).toBe('/?v=10&encoding=json');
    next.hello();
    expect((await next.next(6)).d).toMatchObject({ session_id: 'session-1' });
    expect(gateway.connection).toBe('retrying');
  });

  test('malformed messages change nothing', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    for (const text of ['', '{', 'null', '[]', '{"op":"x"}', '{"op":0}', '{"op":99,"d":1}'])
      connection.sendText(text);
    connection.socket.send(Buffer.from([1, 2, 3]));
    connection.send({ op: 10, d: {} });
    connection.send({ op: 10, d: { heartbeat_interval: 1 } });
    for (const type of ['READY', 'VOICE_SERVER_UPDATE', 'VOICE_STATE_UPDATE', 'TYPING_START'])
      connection.dispatch(type, { id: 5, guild_id: [] }, 3);
    const joined = nextEvent(gateway, 'voice-state');
    const bob = { ...voiceState(BOB_ID, STAGE_ID), guild_id: GUILD_ID, brand_new: {} };
    connection.dispatch('VOICE_STATE_UPDATE', bob, 4);
    expect(await joined).toMatchObject([{ userId: BOB_ID, after: STAGE_ID }]);
    expect(gateway.connection).toBe('connected');
    expect(fake.connections).toHaveLength(1);
  });
});
