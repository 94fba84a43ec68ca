import { SAMPLE_RATE_HZ, SAMPLES_PER_MS } from './sample-rate.ts';

/**
 * `1:02:03.250`, thousandths only where there are some.
 * @internal exported for tests
 */
export function formatTime(samples: number): string {
  const ms = Math.round(samples / SAMPLES_PER_MS);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  const hours = String(Math.floor(ms / 3_600_000));
  return `${hours}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${rest}`;
}

/** The same without what is below a second. */
export function formatClock(samples: number): string {
  return formatTime(Math.floor(samples / SAMPLE_RATE_HZ) * SAMPLE_RATE_HZ);
}
