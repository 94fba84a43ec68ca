import { COMMANDS, type CommandName, type OptionName } from './options.ts';
import { formatTable } from './table.ts';

const SUMMARIES: Readonly<Record<CommandName, string>> = {
  channels:
    'servers and voice channels the bot can see, who is in each, what permission is missing',
  doctor:
    'checks token, gateway, permissions, UDP, encryption, decoder and disk, with a cure for each failure',
  record: 'records a voice channel, one track for each person, until stopped with Ctrl-C',
  list: 'recordings in the library',
  export: 'makes WAV files from a recording',
  verify: 'reads every byte of a recording back and says what is wrong',
  'demo-server': 'a small Discord on this computer to try things with, until interrupted',
};

const OPERANDS: Readonly<Partial<Record<CommandName, string>>> = {
  export: 'RECORDING',
  verify: 'RECORDING',
};

/** How each option is written, and what it does. */
const OPTION_TEXTS: Readonly<Record<OptionName, readonly [string, string]>> = {
  json: ['--json', 'one JSON object a line on stdout, text for people on stderr'],
  'api-url': ['--api-url URL', 'address of Discord’s API; also DISCORD_API_URL'],
  'token-file': ['--token-file FILE', 'the bot token; else DISCORD_TOKEN'],
  'log-level': ['--log-level LEVEL', 'error, warn, info or debug; also shows the log on stderr'],
  help: ['--help', 'this text'],
  version: ['--version', 'the version'],
  channel: ['--channel ID', 'the voice or stage channel'],
  duration: ['--duration SECONDS', 'stops by itself after so long'],
  out: ['--out DIR', 'a folder in place of the usual one'],
  export: ['--export FORMATS', 'exports on stop: wav'],
  mixdown: ['--mixdown', 'also one file with all tracks mixed'],
  'on-move': ['--on-move follow|stop', 'when the bot is moved to another channel (follow)'],
  'stop-when-empty': ['--stop-when-empty MINUTES', 'stop when no human has been there so long'],
  'no-notice': ['--no-notice', 'tells nobody about the recording; this is written down'],
  exclude: ['--exclude USER_ID', 'leaves somebody out; may be given several times'],
  format: ['--format FORMAT', 'wav'],
  tracks: ['--tracks USER_ID,…', 'only these people'],
  from: ['--from TIME', 'start, in seconds or H:MM:SS.sss'],
  to: ['--to TIME', 'end, in seconds or H:MM:SS.sss'],
  port: ['--port N', 'port of the API; 0: any free one'],
  speakers: ['--speakers N', 'how many people talk'],
  scenario: ['--scenario NAME', 'what happens'],
  seed: ['--seed N', 'same number, same random choices'],
};

const COMMON: readonly OptionName[] = [
  'json',
  'api-url',
  'token-file',
  'log-level',
  'help',
  'version',
];

/** The text of --help: of one command, or of the whole. */
export function helpText(command: CommandName | null): string {
  return command === null ? wholeHelp() : commandHelp(command);
}

function wholeHelp(): string {
  const rows = Object.entries(SUMMARIES).map(([name, summary]) => [`  ${name}`, summary]);
  return [
    'Tapedeck records a Discord voice channel, one time-aligned track for each person.',
    '',
    'Usage: tapedeck COMMAND [OPTIONS]',
    '',
    'Commands:',
    formatTable(['left', 'left'], rows),
    '',
    'Options of every command:',
    optionTable(COMMON),
    '',
    'tapedeck COMMAND --help tells more about one command.',
  ].join('\n');
}

function commandHelp(command: CommandName): string {
  const operand = OPERANDS[command];
  const own: readonly OptionName[] = COMMANDS[command].options;
  const usage = ['tapedeck', command, ...(operand === undefined ? [] : [operand]), '[OPTIONS]'];
  return [
    SUMMARIES[command],
    '',
    `Usage: ${usage.join(' ')}`,
    ...(operand === undefined ? [] : ['', 'RECORDING is a recording’s folder.']),
    ...(own.length === 0 ? [] : ['', 'Options:', optionTable(own)]),
    '',
    'Options of every command:',
    optionTable(COMMON),
  ].join('\n');
}

function optionTable(options: readonly OptionName[]): string {
  const rows = options.map((option) => {
    const [form, text] = OPTION_TEXTS[option];
    return [`  ${form}`, text];
  });
  return formatTable(['left', 'left'], rows);
}
