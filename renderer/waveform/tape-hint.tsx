import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import type { Loss } from '../../preload/contract/events.ts';
import type { TrackLevels } from '../bridge/track-levels.ts';
import { useConnection, useLevel } from '../bridge/use-bridge.ts';
import { prefersReducedMotion } from '../ui/canvas-surface.ts';
import hint from '../ui/hint.module.css';
import { barAt, headPosition, tapeScale } from './geometry.ts';
import styles from './tape-hint.module.css';

/**
 * Bars beside the pointer in which a loss is looked for, as a mark is 3 pixels wide: the nearest first, of two the
 * older.
 */
const NEAR_BARS = [0, -1, 1, -2, 2] as const;

interface TapeHintProps {
  /** The track of each lane, from the top. */
  readonly tracks: readonly (string | null)[];
  readonly laneHeight: number;
  readonly wordsOf: (loss: Loss) => ReactNode;
  /** The tape itself. */
  readonly children: ReactNode;
}

interface Pointer {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
}

/** Shows the loss below the pointer. The lane's heading has the same for keyboard and screen readers. */
export function TapeHint({ tracks, laneHeight, wordsOf, children }: TapeHintProps): ReactNode {
  const { levels } = useConnection();
  const place = useRef<HTMLSpanElement>(null);
  const [pointer, setPointer] = useState<Pointer | null>(null);
  const bar = useLevel(({ samples }) => (pointer === null ? null : barUnder(pointer, samples)));
  const sound = pointer === null ? null : levels.track(tracks[pointer.lane] ?? null);
  const loss = sound === null || bar === null ? undefined : nearest(sound, bar);
  const onPointerMove = ({ currentTarget, clientX, clientY }: PointerEvent) => {
    const { left, top, width } = currentTarget.getBoundingClientRect();
    const lane = Math.floor((clientY - top) / laneHeight);
    setPointer({ x: clientX - left, width, lane });
  };
  return (
    <div
      className={styles['tape']}
      onPointerMove={onPointerMove}
      onPointerLeave={() => {
        setPointer(null);
      }}
    >
      {children}
      <span
        ref={place}
        className={styles['place']}
        style={{
          left: pointer?.x ?? 0,
          top: (pointer?.lane ?? 0) * laneHeight,
          height: laneHeight,
        }}
      />
      <TooltipTrigger isOpen={loss !== undefined}>
        <Tooltip
          triggerRef={place}
          placement="bottom"
          offset={4}
          className={`${hint['hint'] ?? ''} ${styles['words'] ?? ''}`}
        >
          {loss !== undefined && wordsOf(loss)}
        </Tooltip>
      </TooltipTrigger>
    </div>
  );
}

function barUnder({ x, width }: Pointer, samples: number): number {
  const ratio = window.devicePixelRatio;
  const scale = tapeScale(ratio);
  const head = headPosition(samples, scale, prefersReducedMotion() ? 5 : 0);
  return barAt(x * ratio, { head, width: Math.round(width * ratio) }, scale);
}

function nearest(sound: TrackLevels, bar: number): Loss | undefined {
  return NEAR_BARS.flatMap((distance) => sound.lossAt(bar + distance) ?? [])[0];
}
