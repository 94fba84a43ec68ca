import path from 'node:path';
import { flag, optional, withDefault } from '../cli/option.ts';
import { readRows, splitWords } from '../cli/split-words.ts';
import { anything } from '../cli/typed-value.ts';
import { BadUsage } from '../cli/usage-error.ts';
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

const ROWS = {
  seconds: withDefault(optional('--seconds N', null, seconds), DEMO_SECONDS),
  out: withDefault(optional('--out DIR', null, anything), 'demo-recordings'),
  screenshot: optional('--screenshot FILE', null, anything),
  json: flag('--json', null),
};

/**
 * Reads the app's arguments. Before `--demo` all are Electron's own; behind it Chromium's switches may stand among ours.
 * Relative paths are taken from `typedIn`. Throws UsageError.
 */
export function parseArguments(args: readonly string[], typedIn: string): Purpose {
  const demo = args.indexOf('--demo');
  if (demo === -1) return { kind: 'window' };
  const words = splitWords(args.slice(demo + 1), Object.values(ROWS), isChromiumSwitch);
  const [extra] = words.operands;
  if (extra !== undefined) throw new BadUsage('usage.too-many-words', { word: extra });
  const { seconds, out, screenshot, json } = readRows(ROWS, words, '--demo');
  return {
    kind: 'demo',
    seconds,
    out: path.resolve(typedIn, out),
    screenshot: screenshot === null ? null : path.resolve(typedIn, screenshot),
    json,
  };
}

/** Below the 24 days that a timer can wait. */
function seconds(word: string, option: string): number {
  const fits = word.trim() !== '' && Number(word) > 0 && Number(word) < 1e6;
  if (!fits) throw new BadUsage('usage.not-above-zero', { option, word });
  return Number(word);
}
