import { parseArgs } from 'node:util';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type CommandName,
  isCommandName,
  OPTIONS,
  type OptionName,
  type OptionShape,
} from './options.ts';
import { badUsage } from './usage-error.ts';

/** The words of a command line, split and named, their values unread. */
export interface Words {
  /** Null only where help or the version is asked for without one. */
  readonly command: CommandName | null;
  /** What stands after the command without a dash. */
  readonly operands: readonly string[];
  has(option: OptionName): boolean;
  /** Null when the option is not there; the last one where it is repeated. */
  value(option: OptionName): string | null;
  values(option: OptionName): readonly string[];
}

/**
 * Splits `--option value`, `--option=value` and operands, in any order. Throws UsageError for an unknown option or
 * command, an option of another command, a missing value, a value where none belongs, and an operand too many.
 */
export function splitWords(words: readonly string[]): Words {
  const { options, operands } = tokenize(words);
  const [first, ...rest] = operands;
  const wantsText = options.has('help') || options.has('version');
  if (first === undefined && !wantsText)
    throw badUsage(`a command is missing: one of ${Object.keys(COMMANDS).join(', ')}`);
  if (first !== undefined && !isCommandName(first)) throw badUsage(`unknown command: ${first}`);
  const command = first ?? null;
  checkOptions(command, options);
  const operandCount = command === null ? 0 : COMMANDS[command].operands;
  const extra = rest[operandCount];
  if (extra !== undefined) throw badUsage(`too many words: ${extra}`);
  return {
    command,
    operands: rest,
    has: (option) => options.has(option),
    value: (option) => options.get(option)?.at(-1) ?? null,
    values: (option) => options.get(option) ?? [],
  };
}

/** True when `--json` stands among the options, whatever else is wrong: a refusal needs its error event too. */
export function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes('--json');
}

function tokenize(words: readonly string[]): {
  options: ReadonlyMap<OptionName, readonly string[]>;
  operands: readonly string[];
} {
  const { tokens } = parseArgs({
    args: [...words],
    options: OPTIONS,
    strict: false, // what is strict and how it is said is ours
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<OptionName, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const { name } = token;
    if (!isOptionName(name) || token.rawName !== `--${name}`)
      throw badUsage(`unknown option: ${token.rawName}`);
    const value = readValue(name, token);
    options.set(name, [...(options.get(name) ?? []), value]);
  }
  return { options, operands };
}

/** Empty for an option without a value. */
function readValue(
  name: OptionName,
  token: { readonly value: string | undefined; readonly inlineValue: boolean | undefined },
): string {
  const { type }: OptionShape = OPTIONS[name];
  if (type === 'boolean') {
    if (token.value !== undefined) throw badUsage(`--${name} takes no value`);
    return '';
  }
  const { value } = token;
  const looksLikeOption = token.inlineValue !== true && (value ?? '').startsWith('--');
  if (value === undefined || value === '' || looksLikeOption)
    throw badUsage(`--${name} needs a value`);
  return value;
}

function checkOptions(
  command: CommandName | null,
  options: ReadonlyMap<OptionName, readonly string[]>,
): void {
  const own: readonly OptionName[] = command === null ? [] : COMMANDS[command].options;
  const common: readonly OptionName[] = COMMON_OPTIONS;
  for (const name of options.keys()) {
    if (common.includes(name) || own.includes(name)) continue;
    throw badUsage(`unknown option: --${name}${command === null ? '' : ` of ${command}`}`);
  }
}

function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}
