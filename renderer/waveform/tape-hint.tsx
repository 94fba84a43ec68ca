import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import type { Loss } from '../bridge/losses.ts';
import { useLevel } from '../bridge/use-bridge.ts';
import { prefersReducedMotion } from '../ui/canvas-surface.ts';
import hint from '../ui/hint.module.css';
import { barAt, headPosition, tapeScale } from './geometry.ts';
import styles from './tape-hint.module.css';

/** A mark is 3 pixels wide: so many bars beside it are close enough. */
const NEAR_BARS = 2;

interface TapeHintProps {
  /** The losses of each lane, from the top. */
  readonly lanes: readonly (readonly Loss[])[];
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

/** Names the loss under the pointer. For keyboard and screen reader the lane's heading says the same. */
export function TapeHint({ lanes, laneHeight, wordsOf, children }: TapeHintProps): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const [pointer, setPointer] = useState<Pointer | null>(null);
  const bar = useLevel(({ samples }) => (pointer === null ? null : barUnder(pointer, samples)));
  const loss = pointer === null || bar === null ? undefined : nearest(lanes[pointer.lane], bar);
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

function nearest(losses: readonly Loss[] | undefined, bar: number): Loss | undefined {
  return losses
    ?.filter((loss) => Math.abs(loss.bar - bar) <= NEAR_BARS)
    .toSorted((one, other) => Math.abs(one.bar - bar) - Math.abs(other.bar - bar))[0];
}
