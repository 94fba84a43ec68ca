import path from 'node:path';
import { parseArgs } from 'node:util';

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

/**
 * Reads the app's arguments, among which Chromium's and Electron's own switches may stand. Relative paths are taken
 * from `typedIn`. A string says what is wrong with them.
 */
export function parseArguments(args: readonly string[], typedIn: string): Purpose | string {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      demo: { type: 'boolean' },
      seconds: { type: 'string' },
      out: { type: 'string' },
      screenshot: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  if (values.demo !== true) return { kind: 'window' };
  const { seconds = String(DEMO_SECONDS), out = 'demo-recordings', screenshot } = values;
  if (!isSeconds(seconds)) return `--seconds wants a number above 0, not ${String(seconds)}`;
  if (typeof out !== 'string' || out === '') return '--out wants a folder';
  if (screenshot !== undefined && (typeof screenshot !== 'string' || screenshot === ''))
    return '--screenshot wants a file';
  return {
    kind: 'demo',
    seconds: Number(seconds),
    out: path.resolve(typedIn, out),
    screenshot: screenshot === undefined ? null : path.resolve(typedIn, screenshot),
    json: values.json === true,
  };
}

function isSeconds(text: string | boolean): text is string {
  return typeof text === 'string' && text.trim() !== '' && Number(text) > 0 && Number(text) < 1e6;
}
