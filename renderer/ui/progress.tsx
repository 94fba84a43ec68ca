import type { ReactNode } from 'react';
import { ProgressBar } from 'react-aria-components';
import styles from './progress.module.css';

interface ProgressProps {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly done?: boolean;
}

/** A bar with its words above it. */
export function Progress({ label, share, done = false }: ProgressProps): ReactNode {
  const percent = Math.floor(share * 100);
  return (
    <ProgressBar aria-label={label} value={percent} className={styles['progress'] ?? ''}>
      <span className={styles['track']}>
        <span
          className={done ? styles['done'] : styles['fill']}
          style={{ width: `${String(percent)}%` }}
        />
      </span>
    </ProgressBar>
  );
}
