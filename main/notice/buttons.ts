import { randomBytes } from 'node:crypto';
import { noticeText } from '../../preload/contract/messages/notice-words.ts';

/** What a button does. `erase` stands under an answer that one person sees, the others under the message. */
export type ButtonAction = 'stop' | 'refuse' | 'agree' | 'kept' | 'erase';

const ACTIONS: readonly ButtonAction[] = ['stop', 'refuse', 'agree', 'kept', 'erase'];

const PREFIX = 'tapedeck';
const ACTION_ROW = 1;
const BUTTON = 2;
const GREY = 2;
const RED = 4;

/** `components` of a message: one row of buttons. */
export type ButtonRows = readonly object[];

/** The buttons of one recording. A random word in their ids tells them from those of every other. */
export class Buttons {
  readonly #word = randomBytes(8).toString('hex');
  readonly #choice: 'refuse' | 'agree';

  /** `agree`: people are recorded who press *Record me*; `refuse`: people are not who press *Don't record me*. */
  constructor(choice: 'refuse' | 'agree' = 'refuse') {
    this.#choice = choice;
  }

  /** What the message says. */
  get words(): 'begun-buttons' | 'begun-ask' {
    return this.#choice === 'agree' ? 'begun-ask' : 'begun-buttons';
  }

  /** Under the message, in the language of `locale`. */
  row(locale: string): ButtonRows {
    return this.#row(['stop', this.#choice, 'kept'], locale);
  }

  /** Under the answer to a person who is left out from now on. */
  eraseRow(locale: string): ButtonRows {
    return this.#row(['erase'], locale);
  }

  /** What a button of ours does; `old` for one of another recording, null for one that is none of ours. */
  actionOf(customId: string): ButtonAction | 'old' | null {
    const [prefix, word, action] = customId.split(':');
    if (prefix !== PREFIX) return null;
    return word === this.#word ? (ACTIONS.find((one) => one === action) ?? null) : 'old';
  }

  #row(actions: readonly ButtonAction[], locale: string): ButtonRows {
    const buttons = actions.map((action) => ({
      type: BUTTON,
      style: action === 'erase' ? RED : GREY,
      label: noticeText(`button.${action}`, locale, {}, 'alone'),
      custom_id: `${PREFIX}:${this.#word}:${action}`,
    }));
    return [{ type: ACTION_ROW, components: buttons }];
  }
}

/** Whether a button is one of a recording by Tapedeck. */
export function isOurButton(customId: string): boolean {
  return customId.startsWith(`${PREFIX}:`);
}
