import type { ReactNode } from 'react';
import styles from './empty-state.module.css';
import { Key } from './key.tsx';

interface EmptyStateProps {
  readonly sentence: string;
  readonly action?: string;
  readonly onAction?: () => void;
}

/** A sentence about what is empty here, and at most one key. */
export function EmptyState({ sentence, action, onAction }: EmptyStateProps): ReactNode {
  return (
    <div className={styles['empty']}>
      <p className={styles['sentence']}>{sentence}</p>
      {action !== undefined && onAction !== undefined && <Key onPress={onAction}>{action}</Key>}
    </div>
  );
}
