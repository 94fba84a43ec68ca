/** A moment as clocks on a wall show it; months and days count from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** This computer's zone by its IANA name, such as `Europe/Paris`; UTC where the system does not tell. */
export function localTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}

/** Whether there are times for that name. */
export function isTimeZone(name: string): boolean {
  try {
    wallTime(0, name);
    return true;
  } catch {
    return false; // RangeError: no such zone
  }
}

/** The time of day at `atMs` (since 1970) in a zone; Gregorian. Throws RangeError for a zone that is none. */
export function wallTime(atMs: number, timeZone: string): WallTime {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}
