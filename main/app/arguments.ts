import path from 'node:path';
import { parseArgs } from 'node:util';
import { isChromiumSwitch } from './chromium-switches.ts';

/** What the app was started for. */
export type Purpose = { readonly kind: 'window' } | ({ readonly kind: 'demo' } & DemoOptions);

/** `npm run demo`: record the demo server for a while, export, and end. */
export interface DemoOptions {
  readonly seconds: number;
  /** The library: absolute. */
  readonly out: string;
  /** Absolute path of a PNG to make of the window while it records; null: none. */
  readonly screenshot: string | null;
  readonly json: boolean;
}

/** Seconds of a demo recording when nothing is said. */
const DEMO_SECONDS = 10;

const OPTIONS = {
  demo: { type: 'boolean' },
  seconds: { type: 'string' },
  out: { type: 'string' },
  screenshot: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type OptionName = keyof typeof OPTIONS;

/**
 * Reads the app's arguments, among which Chromium's and Electron's own switches may stand; behind `--demo` everything
 * else is ours. Relative paths are taken from `typedIn`. A string says what is wrong, naming the word.
 */
export function parseArguments(args: readonly string[], typedIn: string): Purpose | string {
  if (!args.includes('--demo')) return { kind: 'window' };
  const values = readOptions(args);
  if (typeof values === 'string') return values;
  const seconds = values.get('seconds') ?? String(DEMO_SECONDS);
  if (!isSeconds(seconds)) return `--seconds ${seconds} is not a number above zero`;
  const screenshot = values.get('screenshot') ?? null;
  return {
    kind: 'demo',
    seconds: Number(seconds),
    out: path.resolve(typedIn, values.get('out') ?? 'demo-recordings'),
    screenshot: screenshot === null ? null : path.resolve(typedIn, screenshot),
    json: values.has('json'),
  };
}

/** Our options and their values, empty where there is none. A string says what is wrong. */
function readOptions(args: readonly string[]): ReadonlyMap<OptionName, string> | string {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options: OPTIONS });
  const own = args.indexOf('--demo');
  const values = new Map<OptionName, string>();
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index > own) return `too many words: ${token.value}`;
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (isOwn(name) && rawName === `--${name}`) {
      if (OPTIONS[name].type === 'boolean') {
        if (value !== undefined) return `${rawName} takes no value`;
      } else {
        const swallowed = inlineValue === false && value.startsWith('--');
        if (value === undefined || value === '' || swallowed) return `${rawName} needs a value`;
      }
      values.set(name, value ?? '');
    } else if (token.index > own && !isChromiumSwitch(name)) {
      return `unknown option: ${rawName}`;
    }
  }
  return values;
}

function isOwn(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

function isSeconds(text: string): boolean {
  return text.trim() !== '' && Number(text) > 0 && Number(text) < 1e6;
}
