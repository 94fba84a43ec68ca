import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { parseApiUrl } from '../../main/engine/engine.ts';
import { demoFor } from '../support/demo.ts';
import { GUILD_ID, LOUNGE_ID } from '../support/discord-payloads.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { signInTo, WindowDeck } from '../support/window-deck.ts';

function isSignedOut({ account }: Snapshot): boolean {
  return account.kind === 'signed-out';
}

describe('an account that Discord ends while nothing is recorded', () => {
  test.each([
    ['its token is reset', 4004, 'session-rejected'],
    ['the shard is refused', 4010, 'bot-refused'],
    ['the bot has grown too large', 4011, 'bot-refused'],
    ['the version is refused', 4012, 'bot-refused'],
    ['the intents are refused', 4013, 'bot-refused'],
    ['the intents are no longer allowed', 4014, 'bot-refused'],
  ])('leaves its reason: %s', async (_, closeCode, code) => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    connection.socket.close(closeCode);
    const { account, guilds, session } = await window.until('being signed out', isSignedOut);
    expect(account).toEqual({ kind: 'signed-out', problem: { code, details: {} } });
    expect(guilds).toEqual([]);
    expect(session).toEqual({ kind: 'idle', problem: null });
    expect(await window.deck.record(LOUNGE_ID)).toMatchObject({ ok: false, problem: { code } });
  });

  test('leaves its reason where the connection was lost before it', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    // A session that cannot be resumed: before the next one the address is asked for, with the token.
    fake.answer('GET /gateway/bot', {
      status: 401,
      body: { message: '401: Unauthorized', code: 0 },
    });
    connection.socket.close(4009);
    const { account } = await window.until('being signed out', isSignedOut);
    expect(account).toMatchObject({ problem: { code: 'session-rejected' } });
  });

  test('can be followed by another one, whose end at the wish of the person has no reason', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    connection.socket.close(4004);
    await window.until('being signed out', isSignedOut);
    await signInTo(fake, window);
    expect(window.snapshot.account).toMatchObject({ kind: 'signed-in', connection: 'connected' });
    await window.deck.signOut();
    expect(window.snapshot.account).toEqual({ kind: 'signed-out', problem: null });
  });
});

describe('an account', () => {
  test('stays when the bot is removed from its only server, which can then not be recorded', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    connection.dispatch('GUILD_DELETE', { id: GUILD_ID }, 3);
    const { account } = await window.until('no server', ({ guilds }) => guilds.length === 0);
    expect(account).toMatchObject({ kind: 'signed-in', connection: 'connected' });
    expect(await window.deck.record(LOUNGE_ID)).toMatchObject({
      ok: false,
      problem: { code: 'unknown-channel' },
    });
  });
});

describe('a token that is reset while the bot joins', () => {
  test('is told once: the join did not fail for another reason', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    const recording = window.deck.record(LOUNGE_ID);
    await connection.next(4);
    connection.socket.close(4004);
    const problem = { code: 'session-rejected', details: {} };
    expect(await recording).toEqual({ ok: false, problem });
    const { account, session } = window.snapshot;
    expect(account).toEqual({ kind: 'signed-out', problem });
    expect(session).toEqual({ kind: 'idle', problem });
    expect(window.events.map(({ event }) => event)).toEqual(['connected']);
  });
});

describe('a token that is reset during a recording', () => {
  test('ends both for the same reason, and the recording is closed', async () => {
    const { demo } = await demoFor({ speakers: 1 });
    await using window = await WindowDeck.open(parseApiUrl(demo.apiUrl));
    expect(await window.deck.signIn(demo.token)).toEqual({ ok: true });
    expect(await window.deck.record(demo.channelId)).toEqual({ ok: true });
    await window.until('a speaker', ({ session }) =>
      session.kind === 'recording' ? session.speakers.some(({ track }) => track !== null) : false,
    );
    demo.control.closeMain(4004);
    const problem = { code: 'session-rejected', details: {} };
    const { account } = await window.until('the end', ({ session }) => session.kind === 'idle');
    expect(account).toEqual({ kind: 'signed-out', problem });
    await window.until('the reason', ({ session }) => {
      return session.kind === 'idle' && session.problem?.code === problem.code;
    });
    await window.until('the closed recording', (now) => now.recordings[0]?.state === 'complete');
  });
});
