import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import { LOCALE, text } from './text.tsx';

/** `0:42:17`: hours, minutes and seconds of that many samples of 48 kHz, cut, never rounded up. */
export function clock(samples: number): string {
  return clockOfSeconds(Math.floor(Math.max(0, samples) / SAMPLE_RATE_HZ));
}

/** `0:42:17` of whole seconds. */
function clockOfSeconds(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return `${String(hours)}:${pad(minutes)}:${pad(rest)}`;
}

/** `0:18`, or `1:02:03` from an hour on. */
export function shortClock(seconds: number): string {
  return seconds < 3600
    ? `${String(Math.floor(seconds / 60))}:${pad(seconds % 60)}`
    : clockOfSeconds(seconds);
}

/** `42 minutes 17`, `1 hour 2 minutes`, `17 seconds`: a place on the tape as it is said. */
export function spokenClock(samples: number): string {
  const all = Math.floor(Math.max(0, samples) / SAMPLE_RATE_HZ);
  if (all < 60) return text('duration.seconds', { count: all });
  const hours = Math.floor(all / 3600);
  return text('clock.spoken', { hours, minutes: Math.floor(all / 60) % 60, seconds: all % 60 });
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const STEPS = [
  { unit: 'duration.days', seconds: 86_400, from: 259_200 },
  { unit: 'duration.hours', seconds: 3600, from: 7200 },
  { unit: 'duration.minutes', seconds: 60, from: 90 },
  { unit: 'duration.seconds', seconds: 1, from: 0 },
] as const;

/** `41 hours`, `14 minutes`, `9 seconds`: one unit, rounded down. */
export function duration(seconds: number): string {
  const { unit, count } = inOneUnit(seconds);
  return text(unit, { count });
}

/** `41 h`, `14 min`, `9 s`. */
export function shortDuration(seconds: number): string {
  const { unit, count } = inOneUnit(seconds);
  return text(`${unit}.short`, { count });
}

function inOneUnit(seconds: number) {
  const step = STEPS.find(({ from }) => seconds >= from) ?? STEPS[3];
  return { unit: step.unit, count: Math.max(0, Math.floor(seconds / step.seconds)) };
}

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `118 MB`, `10.8 GB`: decimal units, one decimal below 10 or from gigabytes on. */
export function size(bytes: number): string {
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = unit === 0 || (unit === 1 && value >= 10) || value >= 100 ? 0 : 1;
  const number = value.toLocaleString(LOCALE, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return `${number} ${BYTE_UNITS[unit] ?? ''}`;
}

/** `4.1`: a share from 0 to 1 as per cent with one decimal. */
export function percentWithTenths(share: number): string {
  return (share * 100).toLocaleString(LOCALE, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
}

/** `0.06`, `1.3`: seconds of that many packets of 20 ms, to the hundredth while there are few. */
export function secondsOfPackets(packets: number): string {
  const digits = packets < 5 ? 2 : 1;
  return (packets * 0.02).toLocaleString(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `20:03`: time of day, in the zone of this computer. */
export function timeOfDay(ms: number): string {
  return new Intl.DateTimeFormat(LOCALE, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);
}

/** `Today`, `Yesterday`, `Sat 21 Nov`, and with the year when it is another one. */
export function day(ms: number, nowMs: number): string {
  const then = new Date(ms);
  const now = new Date(nowMs);
  const days = Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000);
  if (days === 0) return text('library.today');
  if (days === 1) return text('library.yesterday');
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  const options = { weekday: 'short', day: 'numeric', month: 'short', ...year } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(then).replace(',', '');
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

const list = new Intl.ListFormat(LOCALE, { style: 'long', type: 'conjunction' });

/** `Mara, Okke and Juniper`. */
export function listOf(names: readonly string[]): string {
  return list.format(names);
}
