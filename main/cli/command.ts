import { LOG_LEVELS } from '../base/log.ts';
import type { MessageKey } from '../../preload/contract/messages/catalogue.ts';
import {
  flag,
  list,
  optional,
  RECORDING,
  required,
  type Rows,
  several,
  type Values,
  withDefault,
} from './option.ts';
import { readRows, type Words } from './split-words.ts';
import { aboveZero, anything, discordId, oneOf, time, wholeNumber } from './typed-value.ts';
import { BadUsage, UsageError } from './usage-error.ts';

const FORMATS = ['wav', 'flac', 'opus'] as const;

/** Options of every command. Files and folders are as typed, relative ones too. */
export const COMMON = {
  json: flag('--json', 'option.json'),
  apiUrl: optional('--api-url URL', 'option.api-url', anything),
  tokenFile: optional('--token-file FILE', 'option.token-file', anything),
  logLevel: optional('--log-level LEVEL', 'option.log-level', oneOf(LOG_LEVELS)),
};

/** Options of every command, and of none, that ask for a text in place of work. */
export const TEXTS = {
  help: flag('--help', 'option.help'),
  version: flag('--version', 'option.version'),
};

const out = optional('--out DIR', 'option.out', anything);
const mixdown = flag('--mixdown', 'option.mixdown');
const channelId = optional('--channel ID', 'option.channel', discordId);

/** Every command: what help says of it, and its own rows in the order of help. Options of one name take a value in all commands, or in none. */
export const COMMANDS = {
  channels: command('command.channels', {}),
  doctor: command('command.doctor', {
    channelId,
    report: optional('--report FILE', 'option.report', anything),
  }),
  record: command(
    'command.record',
    {
      channelId: required(channelId),
      durationSeconds: optional('--duration SECONDS', 'option.duration', aboveZero),
      out,
      /** Files to make on stop. */
      exportFormats: list('--export FORMATS', 'option.export', oneOf(FORMATS)),
      mixdown,
      onMove: withDefault(
        optional('--on-move follow|stop', 'option.on-move', oneOf(['follow', 'stop'])),
        'follow',
      ),
      stopWhenEmptyMinutes: optional(
        '--stop-when-empty MINUTES',
        'option.stop-when-empty',
        aboveZero,
      ),
      noNotice: flag('--no-notice', 'option.no-notice'),
      ask: flag('--ask', 'option.ask'),
      exclude: several('--exclude USER_ID', 'option.exclude', discordId),
    },
    ({ mixdown, exportFormats, ask, noNotice }) => {
      if (ask && noNotice)
        throw new BadUsage('usage.not-both', { one: '--ask', other: '--no-notice' });
      if (mixdown && exportFormats.length === 0)
        throw new BadUsage('usage.needs', { what: '--mixdown', option: '--export' });
      for (const format of exportFormats) refuseFormat('--export', format);
    },
  ),
  list: command('command.list', { out }),
  export: command(
    'command.export',
    {
      recording: RECORDING,
      format: withDefault(optional('--format FORMAT', 'option.format', oneOf(FORMATS)), 'wav'),
      mixdown,
      /** Whose tracks; empty: all. */
      userIds: list('--tracks USER_ID,…', 'option.tracks', discordId),
      /** Null: from the recording's start. */
      from: optional('--from TIME', 'option.from', time),
      /** Null: to the recording's end. */
      to: optional('--to TIME', 'option.to', time),
      out,
    },
    ({ format, from, to }) => {
      if (to !== null && to.samples <= (from?.samples ?? 0))
        throw new BadUsage(from === null ? 'usage.to-not-after-start' : 'usage.to-not-after-from', {
          word: to.text,
        });
      refuseFormat('--format', format);
    },
  ),
  forget: command('command.forget', {
    recording: RECORDING,
    userId: required(optional('--user ID', 'option.user', discordId)),
    yes: flag('--yes', 'option.yes'),
  }),
  verify: command('command.verify', { recording: RECORDING }),
  'demo-server': command('command.demo-server', {
    port: optional('--port N', 'option.port', wholeNumber(65_535)),
    speakers: optional('--speakers N', 'option.speakers', wholeNumber(1000)),
    scenario: optional('--scenario NAME', 'option.scenario', anything),
    seed: optional('--seed N', 'option.seed', wholeNumber(0xffff_ffff)),
  }),
};

export type CommandName = keyof typeof COMMANDS;

export type CommonOptions = Values<typeof COMMON>;

/** A command line that was read and found good: what to do, with every value checked and typed. */
export type CommandOf<Name extends CommandName> = { readonly name: Name } & CommonOptions &
  ReturnType<(typeof COMMANDS)[Name]['read']>;

export type Command = { [Name in CommandName]: CommandOf<Name> }[CommandName];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** One command of the table; `check` throws UsageError for values that do not go together. */
function command<Table extends Rows>(
  summary: MessageKey,
  rows: Table,
  check: (values: Values<Table>) => void = () => undefined,
): {
  readonly summary: MessageKey;
  readonly rows: Rows;
  readonly read: (words: Words, name: string) => Values<Table>;
} {
  const read = (words: Words, name: string): Values<Table> => {
    const values = readRows(rows, words, name);
    check(values);
    return values;
  };
  return { summary, rows, read };
}

/** Formats whose work does not exist are refused rather than ignored. */
function refuseFormat(option: string, format: (typeof FORMATS)[number]): void {
  if (format !== 'wav')
    throw new UsageError('not-available-yet', { option: `${option} ${format}` });
}
