import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../main/base/log.ts';
import { SILENCE_FRAME } from '../../../main/audio/opus-silence.ts';
import { DiscordError } from '../../../main/discord/discord-error.ts';
import { NoticeSound } from '../../../main/notice/notice-sound.ts';
import { Notices, type GivenNotice } from '../../../main/notice/notices.ts';
import { StandingNotices } from '../../../main/notice/standing-notices.ts';

const GUILD = '100000000000000001';
const LOUNGE = '100000000000000002';
const STUDIO = '100000000000000003';
const FORBIDDEN = new DiscordError('refused', 'no right', { httpStatus: 403, apiCode: 50013 });

const clip = [...[1, 2, 3].map((byte) => Uint8Array.of(byte)), SILENCE_FRAME];

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A voice session that keeps what is said into it, as soon as it has keys. */
class Ear {
  readonly heard: (string | number)[] = [];
  hasKeys = true;

  setSpeaking(speaking: 'microphone' | 'silent'): void {
    this.heard.push(speaking);
  }

  sendOpus(opus: Uint8Array): boolean {
    if (this.hasKeys) this.heard.push(opus[0] ?? -1);
    return this.hasKeys;
  }
}

const WHOLE = ['microphone', 1, 2, 3, 0xf8, 'silent'];

async function makeNotices(
  answers: {
    readonly nickname?: () => Promise<void>;
    readonly message?: () => Promise<{ id: string }>;
    readonly unheard?: Error;
    readonly locale?: string;
    readonly ownNick?: string;
    /** The first of them is the nickname now. */
    readonly ownNicks?: readonly string[];
  } = {},
) {
  const given: GivenNotice[] = [];
  const rest = {
    setOwnNickname: vi.fn(answers.nickname ?? (() => Promise.resolve())),
    createMessage: vi.fn(answers.message ?? (() => Promise.resolve({ id: '9' }))),
    editMessage: vi.fn(() => Promise.resolve()),
  };
  const clock = { monotonicMs: () => performance.now(), wallMs: () => 1_000 };
  const { locale = 'en-US', ownNick = null, unheard = null, ownNicks = [] } = answers;
  const where = { folder: null, botId: '1', guildId: GUILD, locale };
  const notices = new Notices({
    rest,
    guildId: GUILD,
    botName: 'Deck',
    place: {
      ownNick: () => ownNicks[0] ?? ownNick,
      locale: () => locale,
      unheardIn: () => unheard,
    },
    clock,
    standing: await StandingNotices.begin(where, silentLog),
    onGiven: (one) => given.push(one),
    buttons: () => Promise.resolve(null),
    sound: new NoticeSound(clock, () => clip),
  });
  const ear = new Ear();
  const kinds = (): string[] =>
    given.map(({ kind, failure }) => `${kind} ${failure === null ? 'ok' : 'failed'}`);
  return { notices, rest, given, kinds, ear };
}

const { signal } = new AbortController();

describe('people are told', () => {
  test('by nickname, message and sound, which goes on behind the answer', async () => {
    const { notices, rest, kinds, ear } = await makeNotices();
    expect(await notices.tell(LOUNGE, ear, signal)).toBe('told');
    expect(kinds().sort()).toEqual(['message ok', 'nickname ok', 'sound ok']);
    expect(rest.setOwnNickname).toHaveBeenCalledExactlyOnceWith(
      GUILD,
      '[REC] Deck',
      expect.anything(),
    );
    expect(rest.createMessage).toHaveBeenCalledOnce();
    expect(JSON.stringify(rest.createMessage.mock.calls)).toContain(
      `"${LOUNGE}",{"content":"Deck is`,
    );
    expect(ear.heard).toEqual(['microphone', 1]);
    await vi.advanceTimersByTimeAsync(80);
    expect(ear.heard).toEqual(WHOLE);
  });

  test('by one way alone', async () => {
    const refused = (): Promise<never> => Promise.reject(FORBIDDEN);
    const unheard = new Error('Speak is missing');
    const nickname = await makeNotices({ message: refused, unheard });
    expect(await nickname.notices.tell(LOUNGE, nickname.ear, signal)).toBe('told');
    const message = await makeNotices({ nickname: refused, unheard });
    expect(await message.notices.tell(LOUNGE, message.ear, signal)).toBe('told');
    const sound = await makeNotices({ nickname: refused, message: refused });
    expect(await sound.notices.tell(LOUNGE, sound.ear, signal)).toBe('told');
    const none = await makeNotices({ nickname: refused, message: refused, unheard });
    expect(await none.notices.tell(LOUNGE, none.ear, signal)).toBe('untold');
    expect(none.kinds().sort()).toEqual(['message failed', 'nickname failed', 'sound failed']);
    expect(none.ear.heard).toEqual([]);
  });

  test('by sound as soon as the call has keys, and not at all without any', async () => {
    const refused = (): Promise<never> => Promise.reject(FORBIDDEN);
    const { notices, ear } = await makeNotices({ nickname: refused, message: refused });
    ear.hasKeys = false;
    const told = notices.tell(LOUNGE, ear, signal);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ear.heard).toEqual(['microphone']);
    ear.hasKeys = true;
    await vi.advanceTimersByTimeAsync(20);
    expect(await told).toBe('told');

    const deaf = await makeNotices({ nickname: refused, message: refused });
    deaf.ear.hasKeys = false;
    const untold = deaf.notices.tell(LOUNGE, deaf.ear, signal);
    await vi.advanceTimersByTimeAsync(15_020);
    expect(await untold).toBe('untold');
    expect(deaf.ear.heard).toEqual(['microphone', 'silent']);
  });

  test('not by what is unanswered for 15 s; a message that is taken later is taken back too', async () => {
    let take: (message: { id: string }) => void = () => undefined;
    const message = (): Promise<{ id: string }> => new Promise((resolve) => (take = resolve));
    const { notices, rest, given, ear } = await makeNotices({ message });
    const told = notices.tell(LOUNGE, ear, signal);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(given.some(({ kind }) => kind === 'message')).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await told).toBe('told'); // by the nickname
    expect(given.find(({ kind }) => kind === 'message')?.failure?.message).toContain('in time');
    const over = notices.end(null);
    await vi.advanceTimersByTimeAsync(1_000); // the answer is waited for
    await over;
    expect(rest.editMessage).not.toHaveBeenCalled();
    take({ id: '9' });
    await vi.advanceTimersByTimeAsync(0);
    expect(rest.editMessage).toHaveBeenCalledOnce();
  });

  test('in no way any more when somebody gives up meanwhile', async () => {
    const { notices, given, ear } = await makeNotices({
      message: () => new Promise(() => undefined),
    });
    const giveUp = new AbortController();
    const told = notices.tell(LOUNGE, ear, giveUp.signal);
    giveUp.abort(new Error('enough'));
    await expect(told).rejects.toThrow('enough');
    expect(given.some(({ kind }) => kind === 'message')).toBe(false);
  });

  test('in the language of their server, with English under it', async () => {
    const contentIn = async (locale: string): Promise<string> => {
      const { notices, rest, ear } = await makeNotices({ locale });
      await notices.tell(LOUNGE, ear, signal);
      return JSON.stringify(rest.createMessage.mock.calls);
    };
    expect(await contentIn('fr')).toMatch(/enregistre ce salon.*Deck is recording/s);
    expect(await contentIn('ja')).toMatch(/録音しています.*Deck is recording/s);
    expect(await contentIn('de')).not.toMatch(/enregistre|録音/);
  });
});

describe('whoever comes hears the sound', () => {
  test('once they can, and once in 20 s at most', async () => {
    const { notices, ear } = await makeNotices();
    await notices.tell(LOUNGE, ear, signal);
    await vi.advanceTimersByTimeAsync(30_000);
    const before = ear.heard.length;
    notices.newcomer();
    notices.newcomer();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ear.heard.slice(before)).toEqual(WHOLE);
    notices.newcomer();
    await vi.advanceTimersByTimeAsync(17_000);
    expect(ear.heard).toHaveLength(before + WHOLE.length);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ear.heard.slice(before)).toEqual([...WHOLE, ...WHOLE]);
  });
});

describe('at the end', () => {
  test('the nickname is given back, and every message says that it is over', async () => {
    const { notices, rest, ear } = await makeNotices({
      ownNick: 'Deck of the house',
      locale: 'fr',
    });
    await notices.tell(LOUNGE, ear, signal);
    await notices.tell(STUDIO, ear, signal);
    await notices.end('0:12:34');
    expect(rest.setOwnNickname.mock.calls.map((call: readonly unknown[]) => call[1])).toEqual([
      '[REC] Deck of the house',
      '[REC] Deck of the house',
      'Deck of the house',
    ]);
    const edits = rest.editMessage.mock.calls as unknown[][];
    expect(edits.map(([message]) => message)).toEqual([
      { channelId: LOUNGE, messageId: '9' },
      { channelId: STUDIO, messageId: '9' },
    ]);
    expect(JSON.stringify(edits[0]?.[1])).toMatch(/terminé.*0:12:34.*over.*0:12:34/);
  });

  test('the sound stops, and nobody who comes hears it', async () => {
    const { notices, ear } = await makeNotices();
    await notices.tell(LOUNGE, ear, signal);
    notices.newcomer();
    await notices.end(null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ear.heard).toEqual(['microphone', 1, 'silent']);
  });

  test('a Discord that does not answer is waited for 2 s', async () => {
    const { notices, rest, ear } = await makeNotices();
    await notices.tell(LOUNGE, ear, signal);
    rest.setOwnNickname.mockImplementation(() => new Promise(() => undefined));
    let isOver = false;
    void notices.end(null).then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  });
});

test('a nickname that still stands is not set again, and what it hid is given back', async () => {
  const { notices, rest, ear, kinds } = await makeNotices({ ownNick: '[REC] House deck' });
  expect(await notices.tell(LOUNGE, ear, signal)).toBe('told');
  expect(kinds()).toContain('nickname ok');
  expect(rest.setOwnNickname).not.toHaveBeenCalled();
  await notices.end(null);
  expect(rest.setOwnNickname).toHaveBeenCalledWith(GUILD, 'House deck', expect.anything());
});

test('a nickname that somebody gave the bot meanwhile stays', async () => {
  const nicks = ['House deck', 'House deck', 'Quizmaster'];
  const { notices, rest, ear } = await makeNotices({ ownNicks: nicks });
  await notices.tell(LOUNGE, ear, signal);
  nicks.splice(0, 2);
  await notices.end(null);
  expect(rest.setOwnNickname).toHaveBeenCalledOnce();
});

test('a name that the bot was given between two channels is what is given back', async () => {
  const nicks = ['House deck'];
  const { notices, rest, ear } = await makeNotices({ ownNicks: nicks });
  await notices.tell(LOUNGE, ear, signal);
  nicks[0] = 'Quizmaster';
  await notices.tell(STUDIO, ear, signal);
  nicks[0] = '[REC] Quizmaster';
  await notices.end(null);
  expect(rest.setOwnNickname).toHaveBeenLastCalledWith(GUILD, 'Quizmaster', expect.anything());
});

test('who comes while there is no voice session hears the sound in the next one', async () => {
  const { notices, ear } = await makeNotices();
  await notices.tell(LOUNGE, ear, signal);
  await vi.advanceTimersByTimeAsync(30_000);
  notices.heardThrough(LOUNGE, null);
  notices.newcomer();
  await vi.advanceTimersByTimeAsync(5_000);
  const next = new Ear();
  notices.heardThrough(LOUNGE, next);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(next.heard).toEqual(WHOLE);
});

test('a nickname that was refused is not given back', async () => {
  const { notices, rest, ear } = await makeNotices({ nickname: () => Promise.reject(FORBIDDEN) });
  await notices.tell(LOUNGE, ear, signal);
  await notices.end(null);
  expect(rest.setOwnNickname).toHaveBeenCalledOnce();
});
