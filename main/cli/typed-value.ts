import { isSnowflake } from '../base/snowflake.ts';
import type { Reader } from './option.ts';
import { parseDecimal, parseTime } from './time.ts';
import { BadUsage } from './usage-error.ts';

/** A place in a recording, and how it was written, to be quoted back. */
export interface TypedTime {
  readonly samples: number;
  readonly text: string;
}

/** Any word at all: a file, a folder, an address. */
export const anything: Reader<string> = (word) => word;

/** A Discord id, as typed. */
export const discordId: Reader<string> = (word, option) => {
  const fits: boolean = isSnowflake(word); // not as a guard: that would make `word` never in the line below
  if (!fits) throw new BadUsage('usage.not-an-id', { option, word });
  return word;
};

/** A decimal number above zero. */
export const aboveZero: Reader<number> = (word, option) => {
  const value = parseDecimal(word);
  if (value === null || value === 0) throw new BadUsage('usage.not-above-zero', { option, word });
  return value;
};

/** Seconds, or hours, minutes and seconds. */
export const time: Reader<TypedTime> = (word, option) => {
  const samples = parseTime(word);
  if (samples === null) throw new BadUsage('usage.not-a-time', { option, word });
  return { samples, text: word };
};

/** A whole number from 0 to `most`. */
export function wholeNumber(most: number): Reader<number> {
  return (word, option) => {
    if (!/^\d{1,10}$/.test(word) || Number(word) > most)
      throw new BadUsage('usage.not-whole', { option, word, most });
    return Number(word);
  };
}

/** One of `choices`, spelled exactly so. */
export function oneOf<const Choice extends string>(choices: readonly Choice[]): Reader<Choice> {
  return (word, option) => {
    const choice = choices.find((known) => known === word);
    if (choice === undefined)
      throw new BadUsage('usage.not-one-of', { option, word, choices: choices.join(', ') });
    return choice;
  };
}
