import { LOG_LEVELS } from '../base/log.ts';
import { isSnowflake } from '../base/snowflake.ts';
import type { Command, CommonOptions, RecordCommand, TypedTime } from './command.ts';
import type { CommandName, OptionName } from './options.ts';
import { splitWords, type Words } from './split-words.ts';
import { parseDecimal, parseTime } from './time.ts';
import { badUsage, UsageError } from './usage-error.ts';

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command };

const FORMATS = ['wav', 'flac', 'opus'] as const;
type Format = (typeof FORMATS)[number];

/** Reads the words after the program's name. Throws UsageError; opens nothing. */
export function parseCommand(words: readonly string[]): Invocation {
  const split = splitWords(words);
  const { command } = split;
  if (split.has('help') || command === null)
    return split.has('help') ? { kind: 'help', command } : { kind: 'version' };
  if (split.has('version')) return { kind: 'version' };
  return { kind: 'run', command: readCommand(command, split) };
}

function readCommand(name: CommandName, words: Words): Command {
  const common = readCommon(words);
  switch (name) {
    case 'channels':
      return { name, ...common };
    case 'doctor':
      return { name, ...common, channelId: optionalId(words, 'channel') };
    case 'record':
      return readRecord(words, common);
    case 'list':
      return { name, ...common, out: words.value('out') };
    case 'export':
      return readExport(words, common);
    case 'verify':
      return { name, ...common, recording: recordingOf(words) };
    case 'demo-server':
      return {
        name,
        ...common,
        port: wholeNumber(words, 'port', 65_535),
        speakers: wholeNumber(words, 'speakers', 1000),
        scenario: words.value('scenario'),
        seed: wholeNumber(words, 'seed', 0xffff_ffff),
      };
  }
}

function readCommon(words: Words): CommonOptions {
  return {
    json: words.has('json'),
    apiUrl: words.value('api-url'),
    tokenFile: words.value('token-file'),
    logLevel: oneOf(words, 'log-level', LOG_LEVELS),
  };
}

function readRecord(words: Words, common: CommonOptions): RecordCommand {
  const channelId = optionalId(words, 'channel');
  if (channelId === null) throw badUsage('record needs --channel');
  const durationSeconds = positiveNumber(words, 'duration');
  const formats = listOf(words, 'export').map((format) => checkFormat('export', format));
  const mixdown = words.has('mixdown');
  if (mixdown && formats.length === 0) throw badUsage('--mixdown needs --export');
  const onMove = oneOf(words, 'on-move', ['follow', 'stop']) ?? 'follow';
  const stopWhenEmptyMinutes = positiveNumber(words, 'stop-when-empty');
  const exclude = words.values('exclude').map((userId) => checkId('exclude', userId));

  for (const format of formats) refuseFormat('export', format);
  return {
    name: 'record',
    ...common,
    channelId,
    durationSeconds,
    out: words.value('out'),
    exportWav: formats.length > 0,
    mixdown,
    noNotice: words.has('no-notice'),
    ...{ onMove, stopWhenEmptyMinutes, exclude },
  };
}

function readExport(words: Words, common: CommonOptions): Command {
  const recording = recordingOf(words);
  const format = oneOf(words, 'format', FORMATS) ?? 'wav';
  const userIds = listOf(words, 'tracks').map((userId) => checkId('tracks', userId));
  const from = typedTime(words, 'from');
  const to = typedTime(words, 'to');
  if (to !== null && to.samples <= (from?.samples ?? 0))
    throw badUsage(`--to ${to.text} is not after ${from === null ? 'the start' : '--from'}`);

  refuseFormat('format', format);
  return {
    name: 'export',
    ...common,
    recording,
    mixdown: words.has('mixdown'),
    userIds: userIds.length === 0 ? null : userIds,
    from,
    to,
    out: words.value('out'),
  };
}

function recordingOf({ command, operands: [recording] }: Words): string {
  if (recording === undefined || recording === '')
    throw badUsage(`${command ?? ''} needs a recording's folder`);
  return recording;
}

/** Formats whose work does not exist are refused rather than ignored. */
function refuseFormat(option: OptionName, format: Format): void {
  if (format !== 'wav')
    throw new UsageError('not-available-yet', { option: `--${option} ${format}` });
}

function checkFormat(option: OptionName, text: string): Format {
  const format = FORMATS.find((known) => known === text);
  if (format === undefined) throw wrongChoice(option, { text, choices: FORMATS });
  return format;
}

/** Null when the option is not there. */
function oneOf<const Choice extends string>(
  words: Words,
  option: OptionName,
  choices: readonly Choice[],
): Choice | null {
  const text = words.value(option);
  const choice = choices.find((known) => known === text);
  if (text !== null && choice === undefined) throw wrongChoice(option, { text, choices });
  return choice ?? null;
}

function wrongChoice(
  option: OptionName,
  { text, choices }: { text: string; choices: readonly string[] },
): UsageError {
  return badUsage(`--${option} ${text} is none of ${choices.join(', ')}`);
}

/** The values between commas; empty when the option is not there. */
function listOf(words: Words, option: OptionName): readonly string[] {
  const items =
    words
      .value(option)
      ?.split(',')
      .map((item) => item.trim()) ?? [];
  if (items.includes('')) throw badUsage(`--${option} has an empty place between its commas`);
  return [...new Set(items)];
}

function optionalId(words: Words, option: OptionName): string | null {
  const text = words.value(option);
  return text === null ? null : checkId(option, text);
}

function checkId(option: OptionName, text: string): string {
  const fits: boolean = isSnowflake(text); // not as a guard: a string that fits is a string all the same
  if (!fits) throw badUsage(`--${option} ${text} is not a Discord id`);
  return text;
}

function positiveNumber(words: Words, option: OptionName): number | null {
  const text = words.value(option);
  if (text === null) return null;
  const value = parseDecimal(text);
  if (value === null || value === 0)
    throw badUsage(`--${option} ${text} is not a number above zero`);
  return value;
}

function wholeNumber(words: Words, option: OptionName, most: number): number | null {
  const text = words.value(option);
  if (text === null) return null;
  if (!/^\d{1,10}$/.test(text) || Number(text) > most)
    throw badUsage(`--${option} ${text} is not a whole number from 0 to ${String(most)}`);
  return Number(text);
}

function typedTime(words: Words, option: OptionName): TypedTime | null {
  const text = words.value(option);
  if (text === null) return null;
  const samples = parseTime(text);
  if (samples === null) throw badUsage(`--${option} ${text} is neither seconds nor H:MM:SS`);
  return { samples, text };
}
