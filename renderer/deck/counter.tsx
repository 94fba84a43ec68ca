import { useEffect, useRef, type ReactNode } from 'react';
import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import { useConnection } from '../bridge/use-bridge.ts';
import { clock } from '../ui/figures.ts';
import { classNames } from '../ui/class-names.ts';
import styles from './counter.module.css';

const SAMPLES_PER_TENTH = SAMPLE_RATE_HZ / 10;

/** The time in cells of fixed width. Its digits are written past React: they change ten times a second. */
export function Counter({
  slim,
  standsAt,
}: {
  readonly slim: boolean;
  /** In samples; null while it runs. */
  readonly standsAt: number | null;
}): ReactNode {
  const { levels } = useConnection();
  const counter = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let shown = '';
    const write = () => {
      const samples = standsAt ?? levels.samples;
      const tenths = String(Math.floor(samples / SAMPLES_PER_TENTH) % 10);
      const time = `${clock(samples)}.${tenths}`;
      if (time === shown || counter.current === null) return;
      if (time.length !== shown.length) rebuild(counter.current, time);
      for (const [index, cell] of [...counter.current.children].entries()) {
        const digit = time[index] ?? '';
        if (cell.textContent !== digit) cell.textContent = digit;
      }
      shown = time;
    };
    write();
    return levels.subscribe(write);
  }, [levels, standsAt]);
  return (
    <span
      ref={counter}
      className={classNames(styles['counter'], slim && styles['slim'])}
      aria-hidden="true"
    />
  );
}

/** One cell a character: digits, narrow marks, and smaller tenths. */
function rebuild(counter: HTMLElement, time: string): void {
  const point = time.indexOf('.');
  counter.replaceChildren(
    ...Array.from(time, (character, index) => {
      const cell = document.createElement('span');
      const mark = /\D/.test(character);
      cell.className = classNames(
        styles[mark ? 'mark' : 'digit'],
        index >= point && styles['tenths'],
      );
      return cell;
    }),
  );
}
