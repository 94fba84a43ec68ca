import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { StyleWithVariables } from './css-variables.ts';
import styles from './reels.module.css';

const HUB = 12;
const FULL = 24;

interface ReelsProps {
  /** How much tape is on each reel, 0 to 1. */
  readonly left: number;
  readonly right: number;
  /** How far the reels have turned, in turns. */
  readonly turns: number;
  /** Seconds that the last piece of a turn takes. */
  readonly turnSeconds: number;
  readonly recording: boolean;
  readonly width: number;
}

/** Two reels on one tape line: they show what the readouts say in text. */
export function Reels(props: ReelsProps): ReactNode {
  const style: StyleWithVariables = {
    '--turn': `${String(props.turns * 360)}deg`,
    '--turn-time': `${String(props.turnSeconds)}s`,
  };
  return (
    <svg
      className={styles['reels']}
      width={props.width}
      viewBox="0 0 104 61"
      style={style}
      aria-hidden="true"
    >
      <Reel x={26.5} share={props.left} lean={0} />
      <Reel x={77.5} share={props.right} lean={30} />
      <path d="M26.5 58h51" className={styles['tape']} />
      <rect
        x="47"
        y="56"
        width="10"
        height="4"
        className={classNames(styles['head'], props.recording && styles['live'])}
      />
    </svg>
  );
}

function Reel({
  x,
  share,
  lean,
}: {
  readonly x: number;
  readonly share: number;
  readonly lean: number;
}): ReactNode {
  const full = Math.min(1, Math.max(0, share));
  // The tape's length is an area on the reel: half of it is not half the radius.
  const pack = Math.sqrt(HUB ** 2 + full * (FULL ** 2 - HUB ** 2));
  return (
    <g transform={`translate(${String(x)} 27)`}>
      <circle r="25.5" className={styles['rim']} />
      <circle r={pack} className={styles['pack']} />
      <circle r={HUB} className={styles['hub']} />
      <g className={styles['turning']}>
        <g transform={`rotate(${String(lean)})`}>
          {[0, 120, 240].map((angle) => (
            <path
              key={angle}
              d="M0 -3.5V-10.5"
              transform={`rotate(${String(angle - 10)})`}
              className={styles['spoke']}
            />
          ))}
        </g>
      </g>
    </g>
  );
}
