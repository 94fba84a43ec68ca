import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';

/** 31 years; 48,000 samples a second of that are 4.8e13, and a Number counts exactly up to 9e15. */
const MOST_SECONDS = 1e9;

/**
 * A place in a recording, in samples: seconds (`90`, `1.5`) or `H:MM:SS.sss` with minutes and seconds of two digits
 * below 60. Null for anything else.
 */
export function parseTime(text: string): number | null {
  const seconds = parseDecimal(text) ?? parseClock(text);
  return seconds === null ? null : Math.round(seconds * SAMPLE_RATE_HZ);
}

/** A decimal number of at least zero without sign or exponent, below a thousand million. Null for anything else. */
export function parseDecimal(text: string): number | null {
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(text)) return null;
  const value = Number(text);
  return value < MOST_SECONDS ? value : null;
}

/** Seconds of `H:MM:SS.sss`; null for anything else. */
function parseClock(text: string): number | null {
  const match = /^(\d{1,6}):([0-5]\d):([0-5]\d(?:\.\d+)?)$/.exec(text);
  const [, hours, minutes, seconds] = match ?? [];
  if (hours === undefined || minutes === undefined || seconds === undefined) return null;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
