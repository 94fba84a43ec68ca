import { useEffect, useRef, type ReactNode } from 'react';
import { useConnection } from '../bridge/use-bridge.ts';
import { Meters, type MetersContent } from './meters.ts';
import styles from './meter-canvas.module.css';

/** The level meters of all lanes. The lane's name says who speaks, so it is hidden from screen readers. */
export function MeterCanvas({ content }: { readonly content: MetersContent }): ReactNode {
  const { levels } = useConnection();
  const canvas = useRef<HTMLCanvasElement>(null);
  const meters = useRef<Meters>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const opened = new Meters(canvas.current, levels, EMPTY);
    meters.current = opened;
    return () => {
      meters.current = null;
      opened.close();
    };
  }, [levels]);
  useEffect(() => {
    meters.current?.show(content);
  }, [content, levels]);
  return <canvas ref={canvas} className={styles['meters']} aria-hidden="true" />;
}

const EMPTY: MetersContent = { lanes: [], laneHeight: 88, shows: 'nothing' };

/** The scale above the meters. */
export function MeterScale(): ReactNode {
  return (
    <div className={styles['scale']} aria-hidden="true">
      <span>−40</span>
      <span className={styles['middle']}>−20</span>
      <span>0 dB</span>
    </div>
  );
}
