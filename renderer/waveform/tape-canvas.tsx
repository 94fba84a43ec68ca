import { useEffect, useRef, type ReactNode } from 'react';
import { useConnection } from '../bridge/use-bridge.ts';
import { Tape } from './tape.ts';
import type { TapeContent } from './tape-content.ts';
import styles from './tape-canvas.module.css';

/** The live tape of all lanes. Hidden from screen readers, as the lanes' headings say the same. */
export function TapeCanvas({ content }: { readonly content: TapeContent }): ReactNode {
  const { levels } = useConnection();
  const canvas = useRef<HTMLCanvasElement>(null);
  const tape = useRef<Tape>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const opened = new Tape(canvas.current, levels, EMPTY);
    tape.current = opened;
    return () => {
      tape.current = null;
      opened.close();
    };
  }, [levels]);
  useEffect(() => {
    tape.current?.show(content);
  }, [content, levels]);
  return <canvas ref={canvas} className={styles['tape']} aria-hidden="true" />;
}

const EMPTY: TapeContent = { lanes: [], laneHeight: 88, gaps: [], markers: [] };
