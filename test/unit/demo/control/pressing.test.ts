import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';
import { Pressing, findButton } from '../../../../main/demo/control/pressing.ts';
import { SCENARIOS } from '../../../../main/demo/control/scenarios.ts';
import { Interactions } from '../../../../main/demo/world/interactions.ts';
import { createSetting } from '../../../../main/demo/world/world-setup.ts';

/** One row of buttons: labels by `custom_id`. */
const rows = (labels: Readonly<Record<string, string>>) => [
  {
    type: 1 as const,
    components: Object.entries(labels).map(([id, label]) => {
      return { type: 2 as const, style: 2, label, custom_id: id };
    }),
  },
];
const english = rows({ a: 'Stop recording', b: 'Don’t record me', c: 'What is kept?' });
const japanese = rows({ a: '録音を停止', b: '私を録音しない', c: '何が保存されますか' });
const asking = rows({ a: 'Record me', b: 'Stop recording', c: 'Don’t record me' });

describe('the button that is meant', () => {
  const optOut = SCENARIOS['opted-out'].presses;
  const stop = SCENARIOS['asked-to-stop'].presses;

  test.each([
    ['by its label', english, optOut, 'b'],
    ['by its label', asking, optOut, 'c'],
    ['by its label', asking, stop, 'b'],
    ['by its place, in another language', japanese, optOut, 'b'],
    ['by its place, in another language', japanese, stop, 'a'],
    ['by the beginning of its id', rows({ a: 'No', 'Stop:x': 'Yes' }), stop, 'Stop:x'],
    ['never, where there is none', [], stop, undefined],
  ])('is found %s', (_, buttons, meant, id) => {
    expect(findButton(buttons, meant)).toBe(id);
  });
});

describe('pressing', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  function setUp() {
    const { world, bot, channels } = createSetting(new SeededRandom(1));
    const interactions = new Interactions(world);
    const people = world.inVoice(channels.full).map(({ userId }) => userId);
    const presses = { text: 'Stop', orNth: 0, afterMs: 1000 };
    const peopleIn = (channelId: string) => (channelId === channels.full.id ? people : []);
    const pressed: [by: string, messageId: string, customId: string][] = [];
    interactions.on('press', ({ press }) => {
      pressed.push([press.by, press.messageId, press.customId]);
    });
    const pressing = new Pressing({ presses, world, interactions, peopleIn });
    const write = (components = english) => {
      const place = { channelId: channels.full.id, authorId: bot.userId };
      return world.addMessage({ ...place, content: 'Recording', components, flags: 0 });
    };
    return { world, people, pressed, pressing, write };
  }

  test('each message with buttons is pressed once, by one person after the other', () => {
    const { people, pressed, pressing, write } = setUp();
    write([]);
    const first = write();
    vi.advanceTimersByTime(999);
    expect(pressed).toEqual([]);
    vi.advanceTimersByTime(1);
    const second = write();
    vi.advanceTimersByTime(5000);
    expect(pressed).toEqual([
      [people[0], first.id, 'a'],
      [people[1], second.id, 'a'],
    ]);
    pressing[Symbol.dispose]();
    write();
    vi.advanceTimersByTime(5000);
    expect(pressed).toHaveLength(2);
  });

  test('a message that is gone, or has lost its buttons, is left alone', () => {
    const { world, pressed, write } = setUp();
    world.deleteMessage(write());
    world.editMessage(write(), { components: [] });
    vi.advanceTimersByTime(5000);
    expect(pressed).toEqual([]);
  });
});
