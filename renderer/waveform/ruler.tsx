import { useEffect, useRef, useState, type ReactNode } from 'react';
import { BAR_SAMPLES } from '../../preload/contract/events.ts';
import type { MarkerSnapshot } from '../../preload/contract/snapshot.ts';
import type { Gap } from '../bridge/gaps.ts';
import { useConnection, useLevel } from '../bridge/use-bridge.ts';
import { prefersReducedMotion } from '../ui/canvas-surface.ts';
import { clock } from '../ui/figures.ts';
import { Flags } from './flags.tsx';
import { GRID_BARS, gridBars, headPosition, tapeScale } from './geometry.ts';
import styles from './ruler.module.css';

interface RulerProps {
  readonly gaps: readonly Gap[];
  readonly markers: readonly MarkerSnapshot[];
}

/** Clock labels every 10 s and a flag for each gap and marker; they move with the tape. */
export function Ruler({ gaps, markers }: RulerProps): ReactNode {
  const { levels } = useConnection();
  const ruler = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const width = useWidth(ruler);
  const pitch = tapeScale(window.devicePixelRatio).pitch / window.devicePixelRatio;
  const lastGrid = useLevel(({ samples }) => Math.floor(samples / BAR_SAMPLES / GRID_BARS));

  useEffect(() => {
    const move = () => {
      const scale = tapeScale(window.devicePixelRatio);
      const head = headPosition(levels.samples, scale, prefersReducedMotion() ? 5 : 0);
      const x = head / window.devicePixelRatio;
      if (strip.current === null) return;
      strip.current.style.transform = `translateX(${String(-x)}px)`;
      strip.current.style.setProperty('--seen', `${String(x - width)}px`);
    };
    move();
    return levels.subscribe(move);
  }, [levels, width]);

  const visibleBars = Math.ceil(width / pitch);
  const headBar = (lastGrid + 1) * GRID_BARS - 1;
  const bars = gridBars(headBar, visibleBars + 2 * GRID_BARS);
  return (
    <div ref={ruler} className={styles['ruler']}>
      <div ref={strip} className={styles['strip']}>
        <div aria-hidden="true">
          {bars.map((bar) => (
            <span key={bar} className={styles['tick']} style={{ left: bar * pitch }}>
              {clock(bar * BAR_SAMPLES)}
            </span>
          ))}
        </div>
        <Flags gaps={gaps} markers={markers} visibleBars={visibleBars} pitch={pitch} />
      </div>
    </div>
  );
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(entry?.contentRect.width ?? 0);
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return width;
}
