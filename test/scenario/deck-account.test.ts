import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { parseApiUrl } from '../../main/engine/engine.ts';
import { demoFor } from '../support/demo.ts';
import { BOT_ID, guildCreate, GUILD_ID, LOUNGE_ID } from '../support/discord-payloads.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { TOKEN } from '../support/fake-gateway-client.ts';
import { signInTo, WindowDeck } from '../support/window-deck.ts';

const UNAUTHORIZED = { status: 401, body: { message: '401: Unauthorized', code: 0 } };

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
  ])('is signed out with a reason: %s', async (_, closeCode, code) => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    connection.socket.close(closeCode);
    const { account, guilds, session } = await window.until('being signed out', isSignedOut);
    expect(account).toEqual({ kind: 'signed-out', problem: { code, details: {} } });
    expect(guilds).toEqual([]);
    expect(session).toMatchObject({ kind: 'idle', problem: null });
    expect(await window.deck.record(LOUNGE_ID)).toMatchObject({ ok: false, problem: { code } });
  });

  test('is signed out with a reason when the connection was lost before', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    // A session that cannot be resumed: before the next one, REST is asked for the gateway's address, with the token.
    fake.answer('GET /gateway/bot', UNAUTHORIZED);
    connection.socket.close(4009);
    const { account } = await window.until('being signed out', isSignedOut);
    expect(account).toMatchObject({ problem: { code: 'session-rejected' } });
  });

  test('can be followed by another one, which has no reason when the person signs out', async () => {
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

const REJECTED = { code: 'token-rejected', details: {} };

describe('an account', () => {
  test('signs in with the pasted token, which is stored once Discord has accepted it', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const { deck, shell } = window;
    expect(window.snapshot.account).toEqual({ kind: 'signed-out', problem: null });
    const signing = deck.signIn(` ${TOKEN}\n`);
    expect(window.snapshot.account).toEqual({ kind: 'signing-in', demo: false });
    const connection = await fake.welcome('session-1');
    connection.dispatch('GUILD_CREATE', guildCreate(), 2);
    expect(shell.tokens.kept).toBeNull();
    expect(await signing).toEqual({ ok: true });
    expect(shell.tokens.kept?.token).toBe(TOKEN);
    expect(window.snapshot.account).toMatchObject({
      kind: 'signed-in',
      userId: BOT_ID,
      name: 'tapedeck',
      demo: false,
    });
    expect(await deck.signOut()).toEqual({ ok: true });
    expect(shell.tokens.kept).toBeNull();
  });

  test('signs in with the stored token, and not without one', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    await window.deck.signInAgain();
    expect(window.snapshot.account).toEqual({ kind: 'signed-out', problem: null });
    expect(fake.requests).toEqual([]);
    window.shell.tokens.kept = { token: TOKEN, apiUrl: fake.apiUrl.href };
    const again = window.deck.signInAgain();
    const connection = await fake.welcome('session-1');
    connection.dispatch('GUILD_CREATE', guildCreate(), 2);
    await again;
    expect(window.snapshot.account).toMatchObject({ kind: 'signed-in' });
  });

  test('is asked for anew when the stored token was typed for another address', async () => {
    await using fake = await FakeDiscord.start();
    await using other = await FakeDiscord.start();
    await using first = await WindowDeck.open(fake.apiUrl);
    await signInTo(fake, first);
    const { kept } = first.shell.tokens;
    await using window = await WindowDeck.open(other.apiUrl);
    window.shell.tokens.kept = kept;
    await window.deck.signInAgain();
    expect(window.snapshot.account).toEqual({ kind: 'signed-out', problem: null });
    expect(other.requests).toEqual([]);
    expect(window.shell.tokens.kept).toEqual(kept); // good again at the next start with its address
  });

  test('shows why a token was refused, until the next try', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    fake.answer('GET /gateway/bot', UNAUTHORIZED);
    expect(await window.deck.signIn('wrong')).toEqual({ ok: false, problem: REJECTED });
    expect(window.snapshot.account).toEqual({ kind: 'signed-out', problem: REJECTED });
    expect(window.shell.tokens.kept).toBeNull();
    await signInTo(fake, window);
    expect(window.snapshot.account).toMatchObject({ kind: 'signed-in' });
  });

  test('stays signed in when another token is refused, and is then signed out with its own reason', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const connection = await signInTo(fake, window);
    const before = window.snapshot.account;
    fake.answer('GET /gateway/bot', UNAUTHORIZED);
    expect(await window.deck.signIn('wrong')).toEqual({ ok: false, problem: REJECTED });
    expect(window.snapshot.account).toEqual(before);
    expect(window.shell.tokens.kept?.token).toBe(TOKEN);
    connection.socket.close(4014);
    const { account } = await window.until('being signed out', isSignedOut);
    expect(account).toMatchObject({ problem: { code: 'bot-refused' } });
  });

  test('cannot be changed while one signs in', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const { deck } = window;
    const signing = deck.signIn(TOKEN);
    const busy = { ok: false, problem: { code: 'busy', details: {} } };
    expect(await deck.signIn('another')).toEqual(busy);
    expect(await deck.startDemo()).toEqual(busy);
    expect(await deck.signOut()).toEqual(busy);
    expect(await deck.record(LOUNGE_ID)).toEqual(busy);
    expect(window.snapshot.account).toEqual({ kind: 'signing-in', demo: false });
    const connection = await fake.welcome('session-1');
    connection.dispatch('GUILD_CREATE', guildCreate(), 2);
    expect(await signing).toEqual({ ok: true });
  });

  test('stays signed in when the bot is removed from its only server, in which it cannot record then', async () => {
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
  test('is told once, and not also as a failed join', async () => {
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
    expect(session).toMatchObject({ kind: 'idle', problem });
    expect(window.events.map(({ event }) => event)).toEqual(['connected']);
  });
});

describe('a token that is reset during a recording', () => {
  test('ends recording and account for the same reason, and the recording is closed', async () => {
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

describe('the demo', () => {
  test('signs in there and chooses its channel; the stored token stays', async () => {
    const { demo } = await demoFor({ speakers: 0 });
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const { deck, shell } = window;
    shell.tokens.kept = { token: TOKEN, apiUrl: shell.apiUrl.href };
    shell.startDemo = () => {
      const { token, channelId } = demo;
      return Promise.resolve({ apiUrl: parseApiUrl(demo.apiUrl), token, channelId });
    };
    const starting = deck.startDemo();
    expect(window.snapshot.account).toEqual({ kind: 'signing-in', demo: true });
    expect(await starting).toEqual({ ok: true });
    const { account, chosenChannelId } = window.snapshot;
    expect(account).toMatchObject({ kind: 'signed-in', demo: true });
    expect(chosenChannelId).toBe(demo.channelId);
    expect(fake.requests).toEqual([]);
    expect(await deck.signOut()).toEqual({ ok: true });
    expect(shell.tokens.kept.token).toBe(TOKEN);
    expect(window.snapshot).toMatchObject({
      account: { kind: 'signed-out', problem: null },
      chosenChannelId: null,
    });
  });

  test('that does not start says so', async () => {
    await using fake = await FakeDiscord.start();
    await using window = await WindowDeck.open(fake.apiUrl);
    const refused = await window.deck.startDemo();
    expect(refused).toMatchObject({ ok: false, problem: { code: 'fault' } });
    expect(window.snapshot.account).toMatchObject({
      kind: 'signed-out',
      problem: { code: 'fault' },
    });
  });
});
