import { Flag } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { BAR_SAMPLES } from '../../preload/contract/events.ts';
import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { MarkerSnapshot } from '../../preload/contract/snapshot.ts';
import type { Gap } from '../bridge/gaps.ts';
import { useLevel } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import type { StyleWithVariables } from '../ui/css-variables.ts';
import { clock } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';
import styles from './flags.module.css';
import { gapWords } from './flag-words.ts';

/** Longest flag, in CSS pixels. */
const LONGEST = 260;

/** Length of the flag of a gap under way, in CSS pixels: longer than any strip. */
const LASTING = 1e7;

interface FlagsProps {
  readonly gaps: readonly Gap[];
  readonly markers: readonly MarkerSnapshot[];
  /** Bars that are in sight. */
  readonly visibleBars: number;
  /** CSS pixels from one bar to the next. */
  readonly pitch: number;
}

type Mark =
  | { readonly kind: 'gap'; readonly samples: number; readonly gap: Gap }
  | { readonly kind: 'marker'; readonly samples: number; readonly marker: MarkerSnapshot };

/** A flag for each visible gap and marker, from where that begins to the next flag at most. */
export function Flags({ gaps, markers, visibleBars, pitch }: FlagsProps): ReactNode {
  const nowSamples = useLevel(({ samples }) => samples - (samples % SAMPLE_RATE_HZ));
  const since = nowSamples - (visibleBars + LONGEST / pitch) * BAR_SAMPLES;
  const marks: readonly Mark[] = [
    ...gaps
      .filter(({ toSamples }) => (toSamples ?? nowSamples) >= since)
      .map((gap) => ({ kind: 'gap', samples: gap.fromSamples, gap }) as const),
    ...markers
      .filter(({ samples }) => samples >= since)
      .map((marker) => ({ kind: 'marker', samples: marker.samples, marker }) as const),
  ].toSorted((one, other) => one.samples - other.samples);
  if (marks.length === 0) return null;
  const lefts = marks.map(({ samples }) => leftOf(samples, pitch));
  return (
    <ul aria-label={text('tape.marks')}>
      {marks.map((mark, index) => {
        const left = lefts[index] ?? 0;
        const room = (lefts[index + 1] ?? Infinity) - left;
        if (mark.kind === 'marker') {
          return (
            <MarkerFlag key={mark.marker.number} marker={mark.marker} left={left} room={room} />
          );
        }
        const { gap } = mark;
        const end = gap.toSamples === null ? Infinity : leftOf(gap.toSamples, pitch);
        return (
          <GapFlag
            key={`${gap.reason}-${String(mark.samples)}`}
            gap={gap}
            left={left}
            length={end - left}
            room={room}
          />
        );
      })}
    </ul>
  );
}

/** Position of that sample on the ruler's strip, at a whole device pixel as on the canvas. */
function leftOf(samples: number, pitch: number): number {
  const ratio = window.devicePixelRatio;
  return Math.floor((samples / BAR_SAMPLES) * pitch * ratio) / ratio;
}

interface FlagPlace {
  /** CSS pixels on the ruler's strip. */
  readonly left: number;
  /** CSS pixels to the next flag. */
  readonly room: number;
}

interface GapFlagProps extends FlagPlace {
  readonly gap: Gap;
  /** CSS pixels of the gap; Infinity while it lasts. */
  readonly length: number;
}

/** Keeps the flag visible for as long as its gap: a space before it grows while the gap's beginning scrolls out. */
function GapFlag({ gap, left, length, room }: GapFlagProps): ReactNode {
  const words = useLevel(({ samples }) => gapWords(gap, samples));
  const style: StyleWithVariables = {
    left,
    width: Math.min(length, room, LASTING),
    '--from': `${String(left)}px`,
  };
  return (
    <li className={styles['stretch']} style={style}>
      <span className={styles['space']} />
      <span
        className={classNames(styles['flag'], styles['gap'])}
        style={inRoom(room)}
        title={words}
      >
        <span className={styles['words']}>{words}</span>
        <Place samples={gap.fromSamples} />
      </span>
    </li>
  );
}

interface MarkerFlagProps extends FlagPlace {
  readonly marker: MarkerSnapshot;
}

function MarkerFlag({ marker: { samples, note }, left, room }: MarkerFlagProps): ReactNode {
  const words = note === '' ? text('tape.marker') : note;
  return (
    <li className={styles['stretch']} style={{ left }}>
      <span
        className={classNames(styles['flag'], styles['marker'])}
        style={inRoom(room)}
        title={words}
      >
        {note === '' ? (
          <>
            <Flag size={12} strokeWidth={2} aria-hidden="true" />
            <span className="spoken">{words}</span>
          </>
        ) : (
          <bdi className={styles['words']}>{note}</bdi>
        )}
        <Place samples={samples} />
      </span>
    </li>
  );
}

function inRoom(room: number): CSSProperties {
  return { maxWidth: Math.min(LONGEST, room) };
}

/** The position in words, which the flag's place shows. */
function Place({ samples }: { readonly samples: number }): ReactNode {
  return <span className="spoken">, {text('tape.at', { time: clock(samples) })}</span>;
}
