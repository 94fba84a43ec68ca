import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { silentLog } from '../../../main/base/log.ts';
import type { ButtonPress } from '../../../main/discord/button-press.ts';
import { Buttons } from '../../../main/notice/buttons.ts';
import { PressDesk } from '../../../main/notice/press-desk.ts';

const APPLICATION = '100000000000000001';
const GUILD = '100000000000000002';
const LOUNGE = '100000000000000003';
const NOTICE = '100000000000000004';
const ANNA = '200000000000000001';
const BEN = '200000000000000002';

const rows = z.array(
  z.object({ components: z.array(z.object({ label: z.string(), custom_id: z.string() })) }),
);

function makeDesk(asksFirst = false) {
  const agreed = new Set<string>();
  const refused = new Set<string>();
  const excluded = new Set<string>();
  const here = new Set([ANNA]);
  let nowMs = 0;
  const answers: { content: string; components: unknown }[] = [];
  const recording = {
    isInChannel: (userId: string) => here.has(userId),
    isNotice: (channelId: string, messageId: string) =>
      channelId === LOUNGE && messageId === NOTICE,
    hasRefused: (userId: string) => refused.has(userId),
    isLeftOut: (userId: string) => refused.has(userId) || (asksFirst && !agreed.has(userId)),
    agree: vi.fn((userId: string, agrees: boolean) => {
      if (agrees) agreed.add(userId);
      else agreed.delete(userId);
      return agrees ? ('recorded' as const) : ('left-out' as const);
    }),
    stopAsked: vi.fn(),
    refuse: vi.fn((userId: string, refuses: boolean) => {
      if (refuses) refused.add(userId);
      else refused.delete(userId);
      return refuses || excluded.has(userId) ? ('left-out' as const) : ('recorded' as const);
    }),
    erase: vi.fn(() => Promise.resolve()),
  };
  const buttons = new Buttons(asksFirst ? 'agree' : 'refuse');
  const answerPress = vi.fn(
    (
      _: object,
      { content, components = [] }: { content: string; components?: readonly object[] },
    ) => {
      answers.push({ content, components });
      return Promise.resolve();
    },
  );
  const desk = new PressDesk({
    recording,
    buttons,
    rest: { answerPress },
    applicationId: APPLICATION,
    guildId: GUILD,
    botName: 'Deck',
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
    log: silentLog,
  });
  const idOf = (label: string): string =>
    rows
      .parse([...buttons.row('en-US'), ...buttons.eraseRow('en-US')])
      .flatMap(({ components }) => components)
      .find((one) => one.label.includes(label))?.custom_id ?? expect.fail(label);
  /** Presses a button 2 s after the press before. Gives what was answered. */
  const press = async (label: string, by: string, change: Partial<ButtonPress> = {}) => {
    nowMs += 2_000;
    const count = answers.length;
    await desk.press({
      id: '1',
      token: 'secret',
      applicationId: APPLICATION,
      guildId: GUILD,
      channelId: LOUNGE,
      messageId: NOTICE,
      userId: by,
      customId: idOf(label),
      locale: 'en-US',
      mayMoveMembers: false,
      ...change,
    });
    return answers.slice(count)[0]?.content ?? null;
  };
  return { press, recording, answers, answerPress, excluded, pass: (ms: number) => (nowMs += ms) };
}

describe('Stop recording', () => {
  test('is for whoever is in the channel, or may move members', async () => {
    const { press, recording } = makeDesk();
    expect(await press('Stop', BEN)).toContain('Only people in the voice channel');
    expect(recording.stopAsked).not.toHaveBeenCalled();
    expect(await press('Stop', BEN, { mayMoveMembers: true })).toContain('ends now');
    expect(await press('Stop', ANNA)).toContain('ends now');
    expect(recording.stopAsked.mock.calls).toEqual([[BEN], [ANNA]]);
  });
});

describe('Don’t record me', () => {
  test('is for everyone, wherever they are, and a second press takes it back', async () => {
    const { press, recording, answers } = makeDesk();
    expect(await press('record me', BEN)).toContain('nothing that you say is recorded');
    expect(JSON.stringify(answers[0]?.components)).toContain('Also delete what you have');
    expect(await press('record me', BEN)).toContain('you are recorded');
    expect(recording.refuse.mock.calls).toEqual([
      [BEN, true],
      [BEN, false],
    ]);
  });

  test('tells whom the operator leaves out too that it stays so', async () => {
    const { press, excluded } = makeDesk();
    excluded.add(BEN);
    await press('record me', BEN);
    expect(await press('record me', BEN)).toContain('left out of this recording');
  });

  test('offers to delete, which is for whoever has refused', async () => {
    const { press, recording } = makeDesk();
    await press('delete', BEN, { messageId: '7' });
    expect(recording.erase).not.toHaveBeenCalled();
    await press('record me', BEN);
    expect(await press('delete', BEN, { messageId: '7' })).toContain('is deleted');
    expect(recording.erase).toHaveBeenCalledExactlyOnceWith(BEN);
  });
});

describe('Record me', () => {
  test('stands where everybody is asked first, and a second press takes it back', async () => {
    const { press, recording, answers } = makeDesk(true);
    expect(await press('Record me', BEN)).toContain('you are recorded');
    expect(await press('Record me', BEN)).toContain('not recorded');
    expect(JSON.stringify(answers[1]?.components)).toContain('Also delete what you have');
    expect(recording.agree.mock.calls).toEqual([
      [BEN, true],
      [BEN, false],
    ]);
  });

  test('takes the place of Don’t record me', () => {
    const labels = JSON.stringify(new Buttons('agree').row('en-US'));
    expect(labels).toContain('Record me');
    expect(labels).not.toContain('Don’t record me');
  });
});

test('What is kept? changes nothing', async () => {
  const { press, recording } = makeDesk();
  expect(await press('kept', BEN)).toContain('one sound file for each person');
  expect(recording.stopAsked).not.toHaveBeenCalled();
  expect(recording.refuse).not.toHaveBeenCalled();
});

test('answers are in the language of the person', async () => {
  const { press } = makeDesk();
  expect(await press('kept', BEN, { locale: 'fr' })).toContain('un fichier son par personne');
  expect(await press('kept', BEN, { locale: 'ja' })).toContain('保存します');
});

describe('a press that is none of this recording’s', () => {
  test.each([
    ['of another message', { messageId: '5' }],
    ['in another channel', { channelId: '5' }],
    ['of an older recording', { customId: 'tapedeck:0011223344556677:stop' }],
  ])('%s hears that it is over', async (_, change) => {
    const { press, recording } = makeDesk();
    expect(await press('Stop', ANNA, change)).toBe('That recording is over.');
    expect(recording.stopAsked).not.toHaveBeenCalled();
  });

  test.each([
    ['for another application', { applicationId: '5' }],
    ['in another server', { guildId: '5' }],
    ['of another program’s button', { customId: 'play:1:stop' }],
  ])('%s is not answered', async (_, change) => {
    const { press, recording, answerPress } = makeDesk();
    expect(await press('Stop', ANNA, change)).toBeNull();
    expect(answerPress).not.toHaveBeenCalled();
    expect(recording.stopAsked).not.toHaveBeenCalled();
  });
});

test('one button counts once in 2 s for one person, other buttons and people meanwhile too', async () => {
  const { press, recording, pass } = makeDesk();
  await press('record me', BEN);
  pass(-1);
  expect(await press('record me', BEN)).toBeNull();
  expect(recording.refuse).toHaveBeenCalledOnce();
  pass(-2_000);
  expect(await press('record me', ANNA)).toContain('nothing that you say');
  pass(-2_000);
  expect(await press('delete', BEN)).toContain('is deleted');
});

test('an answer that Discord does not take changes nothing of what was asked', async () => {
  const { press, recording, answerPress } = makeDesk();
  answerPress.mockRejectedValue(new Error('no network'));
  expect(await press('Stop', ANNA)).toBeNull();
  expect(recording.stopAsked).toHaveBeenCalledOnce();
});
