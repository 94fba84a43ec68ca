import { help } from './en/help.ts';
import { problems } from './en/problems.ts';
import { spoken } from './en/spoken.ts';
import { terminal } from './en/terminal.ts';
import { usage } from './en/usage.ts';
import { warnings } from './en/warnings.ts';
import { screens } from './en/screens.ts';

/** Every sentence a person reads, by key, in ICU message format. */
export const en = {
  ...screens,
  ...problems,
  ...spoken,
  ...help,
  ...usage,
  ...terminal,
  ...warnings,
} as const;

/** The key of a sentence, the same in every language. */
export type MessageKey = keyof typeof en;
