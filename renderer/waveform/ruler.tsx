import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useConnection, useLevel } from '../bridge/use-bridge.ts';
import { prefersReducedMotion } from '../ui/canvas-surface.ts';
import { clock, shortDuration } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';
import { BAR_SAMPLES, GRID_BARS, gridBars, headPosition, tapeScale } from './geometry.ts';
import type { TapeScene } from './tape-painter.ts';
import styles from './ruler.module.css';

/** Clock labels every 10 s and a flag for each gap; they move with the tape. */
export function Ruler({ gaps }: { readonly gaps: TapeScene['gaps'] }): ReactNode {
  const { levels } = useConnection();
  const ruler = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const width = useWidth(ruler);
  const pitch = tapeScale(window.devicePixelRatio).pitch / window.devicePixelRatio;
  const lastGrid = useLevel(({ samples }) => Math.floor(samples / BAR_SAMPLES / GRID_BARS));
  const second = useLevel(({ samples }) => Math.floor(samples / 48_000));

  useEffect(() => {
    const move = () => {
      const scale = tapeScale(window.devicePixelRatio);
      const head = headPosition(levels.samples, scale, prefersReducedMotion() ? 5 : 0);
      const x = -head / window.devicePixelRatio;
      if (strip.current !== null) strip.current.style.transform = `translateX(${String(x)}px)`;
    };
    move();
    return levels.subscribe(move);
  }, [levels]);

  const headBar = (lastGrid + 1) * GRID_BARS - 1;
  const bars = gridBars(headBar, Math.ceil(width / pitch) + 2 * GRID_BARS);
  const flags = gaps.filter(({ toSamples }) => (toSamples ?? Infinity) > (second - 300) * 48_000);
  return (
    <div ref={ruler} className={styles['ruler']} aria-hidden="true">
      <div ref={strip} className={styles['strip']}>
        {bars.map((bar) => (
          <span key={bar} className={styles['tick']} style={{ left: bar * pitch }}>
            {clock(bar * BAR_SAMPLES)}
          </span>
        ))}
        {flags.map(({ fromSamples, toSamples }) => (
          <span
            key={fromSamples}
            className={styles['flag']}
            style={{ left: (fromSamples / BAR_SAMPLES) * pitch }}
          >
            {text('tape.gap', {
              time: shortDuration((toSamples ?? second * 48_000) / 48_000 - fromSamples / 48_000),
            })}
          </span>
        ))}
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
