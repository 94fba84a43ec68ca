import { describe, expect, test } from 'vitest';
import type { Gateway } from '../../main/discord/gateway.ts';
import type { VoiceServer, VoiceStateChange } from '../../main/discord/voice-state.ts';
import {
  BOT_ID,
  GUILD_ID,
  LOUNGE_ID,
  member,
  STAGE_ID,
  voiceState,
} from '../support/discord-payloads.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import type { FakeConnection } from '../support/fake-discord.ts';
import { connected, connectTo, nextEvent } from '../support/fake-gateway-client.ts';

const LOUNGE = { guildId: GUILD_ID, channelId: LOUNGE_ID };

function join(gateway: Gateway, signal = new AbortController().signal): Promise<VoiceServer> {
  return gateway.joinVoice({ ...LOUNGE, selfMute: true }, signal);
}

let sequence = 100;

function tellState(connection: FakeConnection, channelId: string | null, session = 'session-1') {
  sequence += 1;
  const state = voiceState(BOT_ID, channelId, { session_id: session, member: member(BOT_ID) });
  connection.dispatch('VOICE_STATE_UPDATE', { ...state, guild_id: GUILD_ID }, sequence);
}

function tellServer(connection: FakeConnection, token: string, endpoint: string | null) {
  sequence += 1;
  const data = { guild_id: GUILD_ID, token, endpoint };
  connection.dispatch('VOICE_SERVER_UPDATE', data, sequence);
}

const JOIN_REQUEST = {
  guild_id: GUILD_ID,
  channel_id: LOUNGE_ID,
  self_mute: true,
  self_deaf: false,
};

describe('joining voice', () => {
  test.each(['state first', 'server first'])('waits for both events, %s', async (order) => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    expect((await connection.next(4)).d).toEqual(JOIN_REQUEST);
    if (order === 'state first') tellState(connection, LOUNGE_ID);
    tellServer(connection, 'voice-token', '127.0.0.5:8443');
    if (order === 'server first') tellState(connection, LOUNGE_ID);
    expect(await joined).toEqual({
      guildId: GUILD_ID,
      channelId: LOUNGE_ID,
      userId: BOT_ID,
      sessionId: 'session-1',
      token: 'voice-token',
      endpoint: '127.0.0.5:8443',
      scheme: 'ws',
    });
  });

  test('waits on when the endpoint is null or malformed', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    tellState(connection, LOUNGE_ID);
    tellServer(connection, 'one', null);
    tellServer(connection, '', null);
    tellServer(connection, '', '127.0.0.1:443');
    tellServer(connection, 'two', 'evil.example/path:443');
    tellServer(connection, 'three', '127.0.0.1:5000');
    expect(await joined).toMatchObject({
      token: 'three',
      endpoint: '127.0.0.1:5000',
      scheme: 'ws',
    });
  });

  test('the voice state of another program with the same token is told and ignored', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const changes: VoiceStateChange[] = [];
    gateway.on('voice-state', (change) => changes.push(change));
    const joined = join(gateway);
    tellState(connection, LOUNGE_ID, 'of-another-program');
    tellServer(connection, 'voice-token', '127.0.0.1:443');
    tellState(connection, LOUNGE_ID);
    expect(await joined).toMatchObject({ sessionId: 'session-1' });
    expect(changes.map(({ own, foreign }) => ({ own, foreign }))).toEqual([
      { own: false, foreign: true },
      { own: true, foreign: false },
    ]);
  });

  test.each([
    ['the bot is thrown out of the server', 'GUILD_DELETE', { id: GUILD_ID }],
    ['the channel is deleted', 'CHANNEL_DELETE', { id: LOUNGE_ID, guild_id: GUILD_ID, type: 2 }],
  ])('ends at once when %s', async (_, type, data) => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    await connection.next(4);
    connection.dispatch('CHANNEL_DELETE', { id: STAGE_ID, guild_id: GUILD_ID, type: 13 }, 98);
    connection.dispatch(type, data, 99);
    await expect(joined).rejects.toMatchObject({ reason: 'not-found' });
  });

  test('is asked for again after RATE_LIMITED, when Discord says so', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    await connection.next(4);
    const limited = { retry_after: 0.03, meta: { guild_id: GUILD_ID } };
    connection.dispatch('RATE_LIMITED', { ...limited, retry_after: 'soon', opcode: 4 }, 96);
    connection.dispatch('RATE_LIMITED', { ...limited, opcode: 8 }, 97);
    connection.dispatch('RATE_LIMITED', { ...limited, opcode: 4 }, 98);
    expect((await connection.next(4)).d).toEqual(JOIN_REQUEST);
    tellState(connection, LOUNGE_ID);
    tellServer(connection, 'voice-token', 'a.discord.media:443');
    expect(await joined).toMatchObject({ token: 'voice-token' });
  });

  test('no answer is a join-timeout, and the bot leaves', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake, { timing: { joinLimitMs: 30 } });
    const { gateway, connection } = client;
    await expect(join(gateway)).rejects.toMatchObject({ reason: 'join-timeout' });
    expect((await connection.next(4)).d).toEqual(JOIN_REQUEST);
    expect((await connection.next(4)).d).toMatchObject({ channel_id: null });
  });

  test('a caller that aborts leaves for itself', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const giveUp = new AbortController();
    const joined = join(gateway, giveUp.signal);
    await connection.next(4);
    giveUp.abort(new Error('enough'));
    await expect(joined).rejects.toThrow('enough');
    gateway.leaveVoice('another guild');
    expect((await connection.next(4)).d).toMatchObject({ guild_id: 'another guild' });
  });

  test('joining the channel we are in leaves it first', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    await connection.next(4);
    tellState(connection, LOUNGE_ID);
    tellServer(connection, 'one', '127.0.0.1:443');
    await joined;
    const again = join(gateway);
    expect((await connection.next(4)).d).toMatchObject({ channel_id: null });
    tellState(connection, null);
    expect((await connection.next(4)).d).toEqual(JOIN_REQUEST);
    tellServer(connection, 'two', '127.0.0.1:443');
    tellState(connection, LOUNGE_ID);
    expect(await again).toMatchObject({ token: 'two' });
  });

  test('after a move the new server is followed, whichever event comes first', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const { signal } = new AbortController();
    const joined = join(gateway);
    await connection.next(4);
    tellState(connection, LOUNGE_ID);
    tellServer(connection, 'one', '127.0.0.1:443');
    gateway.useVoice(await joined);
    const moved = gateway.followVoice({ guildId: GUILD_ID, channelId: STAGE_ID }, signal);
    tellServer(connection, 'one', '127.0.0.1:443'); // the same server again
    tellServer(connection, 'two', '127.0.0.1:443');
    tellState(connection, STAGE_ID);
    expect(await moved).toMatchObject({ token: 'two', channelId: STAGE_ID });
    // Nobody has connected to it, so the next wait gets it.
    const asked = gateway.followVoice({ guildId: GUILD_ID, channelId: STAGE_ID }, signal);
    gateway.useVoice(await asked);
    expect(await asked).toMatchObject({ token: 'two' });

    const back = gateway.followVoice({ guildId: GUILD_ID, channelId: LOUNGE_ID }, signal);
    tellState(connection, LOUNGE_ID); // the token of the former channel is not valid in this one
    tellServer(connection, 'two and a half', '127.0.0.1:443');
    expect(await back).toMatchObject({ token: 'two and a half', channelId: LOUNGE_ID });
    gateway.useVoice(await back);
    const replaced = nextEvent(gateway, 'voice-server');
    tellServer(connection, 'three', '127.0.0.2:443');
    expect(await replaced).toMatchObject([{ endpoint: '127.0.0.2:443' }]);
    // The events came before `follow` was called.
    const after = gateway.followVoice({ guildId: GUILD_ID, channelId: LOUNGE_ID }, signal);
    expect(await after).toMatchObject({ token: 'three' });
  });

  test('the server that we are connected to is news only once that connection is over', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const told: unknown[] = [];
    gateway.on('voice-server', ({ token }) => told.push(token));
    const same = (): void => tellServer(connection, 'one', '127.0.0.1:443');
    const joined = join(gateway);
    await connection.next(4);
    tellState(connection, LOUNGE_ID);
    same();
    gateway.useVoice(await joined);
    const { signal } = new AbortController();
    for (let time = 0; time < 4; time += 1) same();
    tellServer(connection, 'two', '127.0.0.1:443');
    const second = await gateway.followVoice(LOUNGE, signal);
    expect(told).toEqual(['one', 'two']);
    gateway.useVoice(second);
    gateway.releaseVoice(GUILD_ID);
    const again = gateway.followVoice(LOUNGE, signal);
    tellServer(connection, 'two', '127.0.0.1:443');
    expect(await again).toMatchObject({ token: 'two' });
    expect(told).toEqual(['one', 'two', 'two']);
  });

  test('a move to a server of the same token, named before the socket closes, is followed', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    await connection.next(4);
    tellState(connection, LOUNGE_ID);
    tellServer(connection, 'one', '127.0.0.1:443');
    gateway.useVoice(await joined);
    const moved = nextEvent(gateway, 'voice-state');
    tellServer(connection, 'one', '127.0.0.1:443');
    tellState(connection, STAGE_ID);
    await moved;
    gateway.releaseVoice(GUILD_ID);
    const target = { guildId: GUILD_ID, channelId: STAGE_ID };
    const server = await gateway.followVoice(target, new AbortController().signal);
    expect(server).toMatchObject({ token: 'one', channelId: STAGE_ID });
  });

  test('a token and endpoint that were used before count after leaving and joining', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    for (let time = 0; time < 3; time += 1) {
      const joined = join(gateway);
      await connection.next(4);
      tellServer(connection, 'the only token', '127.0.0.1:443');
      tellState(connection, LOUNGE_ID);
      const server = await joined;
      expect(server).toMatchObject({ token: 'the only token' });
      gateway.useVoice(server);
      const left = nextEvent(gateway, 'voice-state');
      gateway.leaveVoice(GUILD_ID);
      await connection.next(4);
      tellState(connection, null);
      await left;
    }
  });

  test('a lost session rejects the join, and the next join waits for the next session', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const joined = join(gateway);
    await connection.next(4);
    connection.send({ op: 9, d: false });
    await expect(joined).rejects.toMatchObject({ reason: 'session-lost' });
    const again = join(gateway);
    const next = await fake.welcome('session-2');
    expect((await next.next(4)).d).toEqual(JOIN_REQUEST);
    tellState(next, LOUNGE_ID, 'session-2');
    tellServer(next, 'two', '127.0.0.1:443');
    expect(await again).toMatchObject({ sessionId: 'session-2' });
  });

  test('leaving while the connection is lost happens after the resume', async () => {
    await using fake = await FakeDiscord.start();
    await using client = await connected(fake);
    const { gateway, connection } = client;
    const lost = nextEvent(gateway, 'connection');
    connection.socket.terminate();
    await lost;
    gateway.leaveVoice(GUILD_ID);
    const next = await fake.nextConnection();
    next.hello();
    await next.next(6);
    next.dispatch('RESUMED', {}, 3);
    expect((await next.next(4)).d).toMatchObject({ guild_id: GUILD_ID, channel_id: null });
  });

  test('closing ends a join that waits', async () => {
    await using fake = await FakeDiscord.start();
    const { gateway, connection } = await connected(fake);
    const joined = join(gateway);
    await connection.next(4);
    const closed = gateway.close();
    await expect(joined).rejects.toMatchObject({ reason: 'closed' });
    await closed;
  });

  test('more than 115 messages in a minute wait, and heartbeats still pass', async () => {
    await using fake = await FakeDiscord.start();
    const connecting = connectTo(fake);
    const connection = await fake.welcome('session-1', { guilds: [] });
    await using gateway = await connecting;
    for (let sent = 0; sent < 300; sent += 1) gateway.leaveVoice(GUILD_ID);
    connection.send({ op: 1, d: null });
    await connection.next(1);
    expect(connection.seen.filter(({ op }) => op === 4)).toHaveLength(114); // Identify is the 115th
  });
});
