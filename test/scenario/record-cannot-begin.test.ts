import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { Engine, parseApiUrl } from '../../main/engine/engine.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import { silentLog } from '../../main/base/log.ts';
import { Call } from '../support/call.ts';
import { expectNothingLeft, expectRefusal } from '../support/cannot-begin.ts';
import { refuseNickname } from '../support/given-notices.ts';

describe.concurrent('a recording does not begin, and leaves nothing behind', () => {
  test('with a token that Discord does not know', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    await using engine = new Engine({
      libraryFolder: call.library,
      appVersion: '0.0.0',
      log: silentLog,
    });
    const token = call.demo.token.replace(/.{5}$/, 'wrong');
    const apiUrl = parseApiUrl(call.demo.apiUrl);
    const refused = await engine.signIn({ token, apiUrl }).catch(toProblem);
    expect(refused).toMatchObject({ code: 'token-rejected' });
    expect(engine.account).toEqual({ kind: 'signed-out', problem: null });
    await expectNothingLeft(call);
  });

  test('in channels that cannot be recorded', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const { text, hidden, locked, full, voice } = call.demo.setting.channels;
    await expectRefusal(call, 'unknown-channel', { channelId: '1234567890123456789' });
    await expectRefusal(call, 'not-a-voice-channel', { channelId: text.id });
    await expectRefusal(call, 'channel-hidden', { channelId: hidden.id });
    expect(await expectRefusal(call, 'permission-missing', { channelId: locked.id })).toEqual({
      channel: locked.name,
      permission: 'Connect',
    });
    expect(await expectRefusal(call, 'channel-full', { channelId: full.id })).toEqual({
      channel: full.name,
      count: 2,
      limit: 2,
    });
    call.demo.voice.leastDaveVersion = 2;
    await expectRefusal(call, 'e2ee-unavailable', { channelId: voice.id });
    expect(call.faults).toEqual([]);
  });

  test('where the bot may tell nobody', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const { demo } = call;
    const deny = ['SEND_MESSAGES', 'CHANGE_NICKNAME', 'SPEAK'] as const;
    demo.control.setPermissions(call.channelId, { deny });
    await call.until('the news', () =>
      call.engine
        .guilds()
        .flatMap(({ channels }) => channels)
        .some(({ missingPermissions }) => missingPermissions.includes('Send Messages')),
    );
    const details = await expectRefusal(call, 'cannot-give-notice', { notice: 'given' });
    expect(details).toMatchObject({ permission: 'Send Messages, Change Nickname, Speak' });
    const session = await call.record({ notice: 'none' });
    await session.stop('user');
  });

  test('when every notice is refused', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    refuseNickname(call.demo);
    call.demo.joins.stageSuppresses = 'everyone';
    call.demo.rest.plan({
      method: 'POST',
      path: /messages$/,
      times: 1,
      answer: { status: 403, body: { message: 'Missing Permissions', code: 50013 } },
    });
    const details = await expectRefusal(call, 'cannot-give-notice', { notice: 'given' });
    expect(details).toMatchObject({ permission: 'Send Messages' });
    expect(call.demo.setting.world.messages).toEqual([]);
  });

  test('when UDP is not answered', { timeout: 60_000 }, async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    call.demo.media.discoveriesToDrop = 1_000;
    expect(await expectRefusal(call, 'udp-unanswered')).toEqual({});
  });

  test('when Discord ends the voice session while the notice is sent', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const { demo } = call;
    demo.setting.world.once('message', () => demo.control.closeVoice(4021));
    // The message is limited once, so that its answer comes 500 ms after the socket closes.
    demo.rest.plan({
      method: 'POST',
      path: /messages$/,
      times: 1,
      answer: {
        status: 429,
        headers: { 'Retry-After': '1' },
        body: { message: 'You are being rate limited.', retry_after: 0.5, global: false },
      },
    });
    const joining = expectRefusal(call, 'reconnect-limited', { notice: 'given' });
    await call.until('the voice session', () => demo.voice.sessionOf(demo.setting.bot.userId));
    await call.until('its key', () => demo.media.receiversIn(call.channelId).length === 1);
    demo.control.closeVoice(4021);
    await joining;
    expect(call.faults).toEqual([]);
  });

  test('while the same bot records in that server from another program', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const { demo } = call;
    await using other = new Engine({
      libraryFolder: `${call.library}-other`,
      appVersion: '0.0.0',
      log: silentLog,
    });
    await other.signIn({ token: demo.token, apiUrl: parseApiUrl(demo.apiUrl) });
    const channelId = demo.setting.channels.otherStage.id;
    const there = await other.record({ channelId, notice: 'none', onEvent: () => undefined });
    await call.until('the news', () => demo.voice.sessionOf(demo.setting.bot.userId));
    const refused = await call.record().catch(toProblem);
    expect(refused).toMatchObject({ code: 'already-recording' });
    expect(await call.folders()).toEqual([]);
    const stopped = await there.stop('user');
    expect(stopped).toMatchObject({ reason: 'user' });
    expect(call.engine.session).toEqual({ kind: 'idle' });
  });

  test('when it is cancelled while joining', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const { demo } = call;
    demo.joins.answers = false;
    const giveUp = new AbortController();
    const joining = call.record({}, giveUp.signal).catch((error: unknown) => error);
    expect(call.engine.session.kind).toBe('joining');
    await expect(call.record()).rejects.toMatchObject({ reason: 'busy' });
    // Wait until the server has left the request unanswered: it would answer it below otherwise.
    await call.until('the request', () => {
      demo.flushLog();
      return readFileSync(demo.sentLog, 'utf8').includes('told not to answer');
    });
    giveUp.abort(new Error('given up'));
    expect(await joining).toMatchObject({ message: 'given up' });
    await expectNothingLeft(call);

    demo.joins.answers = true;
    demo.media.discoveriesToDrop = 1_000;
    const again = call.record().catch((error: unknown) => error);
    await call.until('the voice session', () => demo.voice.sessionOf(demo.setting.bot.userId));
    const state = call.engine.session;
    if (state.kind === 'joining') state.cancel.abort(new Error('cancelled'));
    expect(await again).toMatchObject({ message: 'cancelled' });
    await expectNothingLeft(call);
  });
});

describe.concurrent('notice', () => {
  test('is in the channel before the recording begins', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const { demo } = call;
    let told = 0;
    demo.setting.world.once('message', () => (told = call.events.length));
    const session = await call.record({ notice: 'given' });
    await session.stop('user');
    expect(demo.setting.world.messages).toMatchObject([{ channelId: call.channelId }]);
    const joinedAt = call.events.findIndex(({ event }) => event === 'joined');
    expect(call.events.slice(0, joinedAt).map(({ event }) => event)).toEqual([
      ...['connected', 'notice', 'notice', 'notice'],
    ]);
    expect(told).toBeLessThan(joinedAt);
    const [info] = await call.recordings();
    const { consent, startedAt } = info?.manifest ?? expect.fail();
    expect(consent).toMatchObject({ none: false, askFirst: false, people: [], stoppedBy: null });
    const { channelId } = call;
    const given = consent.notices?.find(({ kind }) => kind === 'message') ?? expect.fail();
    expect(given).toMatchObject({ channelId, samples: 0, ok: true, why: null });
    expect(Date.parse(given.at)).toBeLessThanOrEqual(Date.parse(startedAt));
  });

  test('is not given when the user chose so, and the manifest says so', async ({ expect }) => {
    await using call = await Call.start({ talkers: [] });
    const session = await call.record({ notice: 'none' });
    await session.stop('user');
    expect(call.demo.setting.world.messages).toEqual([]);
    const [info] = await call.recordings();
    expect(info?.manifest.consent).toEqual({
      askFirst: false,
      none: true,
      notices: [],
      people: [],
      stoppedBy: null,
    });
  });
});
