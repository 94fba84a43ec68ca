import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { Interactions } from '../../../../main/demo/world/interactions.ts';
import type { DemoPress } from '../../../../main/demo/world/interactions.ts';
import { createSetting } from '../../../../main/demo/world/world-setup.ts';

const row = (customId: string, isDisabled = false) => ({
  type: 1 as const,
  components: [
    { type: 2 as const, style: 4, label: 'Stop', custom_id: customId, disabled: isDisabled },
  ],
});

/** A message with the button `stop`, and Nina, who presses it. */
function setUp() {
  const { world, bot, channels, guild } = createSetting(new SeededRandom(1));
  const message = world.addMessage({
    channelId: channels.full.id,
    authorId: bot.userId,
    content: 'Recording',
    components: [row('stop')],
    flags: 0,
  });
  const [nina = '', oskar = ''] = world.inVoice(channels.full).map(({ userId }) => userId);
  const press: DemoPress = { by: nina, messageId: message.id, customId: 'stop' };
  return { world, interactions: new Interactions(world), message, press, nina, oskar, guild };
}

const nothing = { type: 6, change: {} } as const;

describe('interactions', () => {
  test('are answered once, by the token, within three seconds', () => {
    const { interactions, press } = setUp();
    const first = interactions.press(press, 0);
    const second = interactions.press(press, 0);
    expect(first.token).not.toBe(second.token);
    expect(interactions.answer({ ...first, token: second.token }, nothing, 10)).toBe('unknown');
    expect(interactions.answer({ ...first, id: '1' }, nothing, 10)).toBe('unknown');
    expect(interactions.answer(first, nothing, 3000)).toBe('answered');
    expect(interactions.answer(first, nothing, 3000)).toBe('acknowledged');
    expect(interactions.answer(second, nothing, 3001)).toBe('unknown');
    expect(interactions.answers).toMatchObject([
      { interactionId: first.id, press, type: 6, message: null, afterMs: 3000 },
    ]);
  });

  test('an ephemeral answer stands in no chat, and its button is pressed by its reader alone', () => {
    const { interactions, press, oskar, world, message } = setUp();
    const change = { content: 'Left out', flags: 64, components: [row('forget')] };
    interactions.answer(interactions.press(press), { type: 4, change });
    const shown = interactions.answers[0]?.message;
    expect(shown).toMatchObject(change);
    expect(world.messages).toEqual([message]);
    const again = { messageId: shown?.id ?? '', customId: 'forget' };
    expect(() => interactions.press({ by: oskar, ...again })).toThrow('sees no message');
    const second = interactions.press({ by: press.by, ...again });
    const done = { type: 7, change: { content: 'Deleted', components: [] } } as const;
    expect(interactions.answer(second, done)).toBe('answered');
    expect(interactions.answers[1]?.message).toMatchObject({ id: shown?.id, ...done.change });
    expect(() => interactions.press({ by: press.by, ...again })).toThrow('no button');
  });

  test('an open answer and a change of the message are seen in the chat', () => {
    const { interactions, press, world } = setUp();
    interactions.answer(interactions.press(press), { type: 4, change: { content: 'Stopping' } });
    const ended = { type: 7, change: { content: 'Ended', components: [] } } as const;
    interactions.answer(interactions.press(press), ended);
    expect(world.messages).toMatchObject([{ ...ended.change }, { content: 'Stopping' }]);
  });

  test('an answer that comes later is written by the token, until a quarter of an hour is over', () => {
    const { interactions, press } = setUp();
    const { id, token } = interactions.press(press, 0);
    expect(interactions.editOriginal(token, { content: 'early' }, 1)).toBeNull();
    interactions.answer({ id, token }, { type: 5, change: { flags: 64 } }, 1);
    const late = interactions.editOriginal(token, { content: 'late' }, 5000);
    expect(late).toMatchObject({ content: 'late', flags: 64 });
    const more = interactions.followUp(token, { content: 'more', flags: 64 }, 900_000);
    expect(more).toMatchObject({ content: 'more' });
    expect(interactions.followUp(token, { content: 'too late' }, 900_001)).toBeNull();
    expect(interactions.followUp('x', { content: 'alien' }, 5000)).toBeNull();
    expect(interactions.answers.map(({ type }) => type)).toEqual([5, 'edit', 'follow-up']);
  });

  test('nobody presses what is not there', () => {
    const { interactions, press, world, message } = setUp();
    expect(() => interactions.press({ ...press, customId: 'x' })).toThrow('no button');
    expect(() => interactions.press({ ...press, messageId: '1' })).toThrow('sees no message');
    expect(() => interactions.press({ ...press, by: '1' })).toThrow('sees no message');
    world.editMessage(message, { components: [row('stop', true)] });
    expect(() => interactions.press(press)).toThrow('no button');
  });
});
