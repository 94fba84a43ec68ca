import type { Snowflake } from '../../base/snowflake.ts';
import { pressable } from '../world/components.ts';
import type { DemoActionRow } from '../world/components.ts';
import type { Interactions } from '../world/interactions.ts';
import type { World } from '../world/world.ts';
import type { DemoMessage } from '../world/world-types.ts';

/** Which button somebody presses, and when. */
export interface Presses {
  /** With what its `custom_id` begins, or what is in its label. */
  readonly text: string;
  /** Which one it is, counted from 0, where no button has that text: in another language. */
  readonly orNth: number;
  /** From the message to the press. */
  readonly afterMs: number;
}

export interface PressingOptions {
  readonly presses: Presses;
  readonly world: World;
  readonly interactions: Interactions;
  /** User ids of those who may press buttons in that channel's chat. */
  readonly peopleIn: (channelId: Snowflake) => readonly Snowflake[];
}

/**
 * The `custom_id` of the button meant; undefined where there is none to press.
 * @internal exported for tests
 */
export function findButton(
  rows: readonly DemoActionRow[],
  { text, orNth }: Pick<Presses, 'text' | 'orNth'>,
): string | undefined {
  const buttons = pressable(rows);
  const named = buttons.find(
    ({ custom_id: id, label = '' }) => id.startsWith(text) || label.includes(text),
  );
  return (named ?? buttons[orNth])?.custom_id;
}

/** Under every message with buttons somebody presses one: a person in that channel's call, each time the next. */
export class Pressing implements Disposable {
  readonly #options: PressingOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onMessage = (event: string, message: DemoMessage): void => {
    if (event === 'MESSAGE_CREATE' && message.components.length > 0) this.#pressLater(message.id);
  };
  #presses = 0;

  constructor(options: PressingOptions) {
    this.#options = options;
    options.world.on('message', this.#onMessage);
  }

  [Symbol.dispose](): void {
    this.#options.world.off('message', this.#onMessage);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #pressLater(messageId: Snowflake): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#press(messageId);
    }, this.#options.presses.afterMs);
    this.#timers.add(timer);
  }

  #press(messageId: Snowflake): void {
    const { world, presses, interactions, peopleIn } = this.#options;
    const message = world.messages.find(({ id }) => id === messageId);
    const customId = findButton(message?.components ?? [], presses);
    const people = peopleIn(message?.channelId ?? '');
    const by = people[this.#presses % people.length];
    if (by === undefined || customId === undefined) return;
    this.#presses += 1;
    interactions.press({ by, messageId, customId });
  }
}
