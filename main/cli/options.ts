/** What the parser has to know of an option: does a value follow, may it come more than once. */
export interface OptionShape {
  readonly type: 'boolean' | 'string';
  readonly multiple?: true;
}

/** Every option there is. One name means the same everywhere, so the words can be split before the command is known. */
export const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
  'api-url': { type: 'string' },
  'token-file': { type: 'string' },
  'log-level': { type: 'string' },
  channel: { type: 'string' },
  duration: { type: 'string' },
  out: { type: 'string' },
  export: { type: 'string' },
  mixdown: { type: 'boolean' },
  'on-move': { type: 'string' },
  'stop-when-empty': { type: 'string' },
  'no-notice': { type: 'boolean' },
  exclude: { type: 'string', multiple: true },
  format: { type: 'string' },
  tracks: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  port: { type: 'string' },
  speakers: { type: 'string' },
  scenario: { type: 'string' },
  seed: { type: 'string' },
} as const satisfies Record<string, OptionShape>;

export type OptionName = keyof typeof OPTIONS;

/** Options of every command. */
export const COMMON_OPTIONS = [
  'json',
  'api-url',
  'token-file',
  'log-level',
  'help',
  'version',
] as const satisfies readonly OptionName[];

/** The options of each command beside the common ones, and how many words without a dash it takes. */
export const COMMANDS = {
  channels: { options: [], operands: 0 },
  doctor: { options: ['channel'], operands: 0 },
  record: {
    options: [
      'channel',
      'duration',
      'out',
      'export',
      'mixdown',
      'on-move',
      'stop-when-empty',
      'no-notice',
      'exclude',
    ],
    operands: 0,
  },
  list: { options: ['out'], operands: 0 },
  export: { options: ['format', 'mixdown', 'tracks', 'from', 'to', 'out'], operands: 1 },
  verify: { options: [], operands: 1 },
  'demo-server': { options: ['port', 'speakers', 'scenario', 'seed'], operands: 0 },
} as const satisfies Record<
  string,
  { readonly options: readonly OptionName[]; readonly operands: 0 | 1 }
>;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
