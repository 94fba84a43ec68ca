import { parseArgs } from 'node:util';
import { holdsToken } from '../../preload/contract/bot-token.ts';
import { isOption, nameOf, type Row, type Rows, takesValue, type Values } from './option.ts';
import { BadUsage } from './usage-error.ts';

/** The words of a command line, split; their values are not read yet. */
export interface Words {
  /** What was typed for each option that is there, such as `--out`, in order; empty for one without a value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** What stands there without a dash. */
  readonly operands: readonly string[];
}

/**
 * Splits `--option value`, `--option=value` and operands, in any order; a value may begin with one dash, as a negative
 * number does. Throws UsageError for a bot token anywhere, whole or in several words, for an option that is neither in `rows` nor foreign, a missing value, and a value where
 * none belongs. `isForeign` is asked about names without their dashes; what is foreign is left out.
 */
export function splitWords(
  words: readonly string[],
  rows: Iterable<Row>,
  isForeign: (name: string) => boolean = () => false,
): Words {
  if (holdsToken(words.join(' '))) throw new BadUsage('usage.holds-token', {});
  const known = new Map([...rows].filter(isOption).map((row) => [nameOf(row), row]));
  const shapes = [...known].map(
    ([name, row]) => [name.slice(2), { type: takesValue(row) ? 'string' : 'boolean' }] as const,
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(shapes),
    strict: false, // what is wrong, and the sentence that says so, are ours
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const row = known.get(token.rawName);
    if (row !== undefined) {
      options.set(token.rawName, [...(options.get(token.rawName) ?? []), valueOf(token, row)]);
    } else if (!isForeign(token.name)) {
      throw new BadUsage('usage.unknown-option', { option: token.rawName });
    }
  }
  return { options, operands };
}

/** True when `--json` stands among the options, whatever else is wrong: a refusal needs its error event too. */
export function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes('--json');
}

/** The value of every row; rows without a dash take the operands in order. Throws UsageError. */
export function readRows<Table extends Rows>(
  rows: Table,
  { options, operands }: Words,
  command: string,
): Values<Table> {
  const left = [...operands];
  const values = Object.entries(rows).map(([field, row]) => {
    const typed = isOption(row) ? (options.get(nameOf(row)) ?? []) : left.splice(0, 1);
    return [field, row.read(typed, command)];
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- one value for each row, made by that row
  return Object.fromEntries(values) as Values<Table>;
}

/** Empty for an option without a value. */
function valueOf(
  token: { readonly value: string | undefined; readonly inlineValue: boolean | undefined },
  row: Row,
): string {
  const { value, inlineValue } = token;
  const option = nameOf(row);
  if (!takesValue(row)) {
    if (value !== undefined) throw new BadUsage('usage.takes-no-value', { option });
    return '';
  }
  const looksLikeOption = inlineValue !== true && (value ?? '').startsWith('--');
  if (value === undefined || value === '' || looksLikeOption)
    throw new BadUsage('usage.needs-value', { option });
  return value;
}
