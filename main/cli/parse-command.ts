import {
  type Command,
  COMMANDS,
  COMMON,
  type CommandName,
  isCommandName,
  TEXTS,
} from './command.ts';
import { isOption, nameOf, type Row } from './option.ts';
import { readRows, splitWords, type Words } from './split-words.ts';
import { BadUsage } from './usage-error.ts';

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command };

const EVERYWHERE: readonly Row[] = [...Object.values(COMMON), ...Object.values(TEXTS)];

/**
 * Reads the words after the program's name. Throws UsageError for an unknown option or command, an option of another
 * command, a word too many, and what the rows of a table refuse; opens nothing.
 */
export function parseCommand(words: readonly string[]): Invocation {
  const ofCommands = Object.values(COMMANDS).flatMap(({ rows }) => Object.values(rows));
  const split = splitWords(words, [...EVERYWHERE, ...ofCommands]);
  const [name = null, ...operands] = split.operands;
  const everywhere = { ...split, operands: [] };
  const own = { ...split, operands };
  const { help, version } = readRows(TEXTS, everywhere, '');

  if (name === null && !help && !version)
    throw new BadUsage('usage.command-missing', { commands: Object.keys(COMMANDS).join(', ') });
  if (name !== null && !isCommandName(name))
    throw new BadUsage('usage.unknown-command', { word: name });
  checkWords(own, name);
  if (help) return { kind: 'help', command: name };
  if (version || name === null) return { kind: 'version' };
  const values = { ...readRows(COMMON, everywhere, name), ...COMMANDS[name].read(own, name) };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- name and values are of one row of the table
  return { kind: 'run', command: { name, ...values } as Command };
}

/** Throws BadUsage for an option that the command has not, and for an operand too many. */
function checkWords({ options, operands }: Words, command: CommandName | null): void {
  const rows: readonly Row[] = command === null ? [] : Object.values(COMMANDS[command].rows);
  const known = [...EVERYWHERE, ...rows].map(nameOf);
  for (const option of options.keys()) {
    if (known.includes(option)) continue;
    throw command === null
      ? new BadUsage('usage.unknown-option', { option })
      : new BadUsage('usage.option-of-another', { option, command });
  }
  const extra = operands[rows.filter((row) => !isOption(row)).length];
  if (extra !== undefined) throw new BadUsage('usage.too-many-words', { word: extra });
}
