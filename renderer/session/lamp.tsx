import type { ReactNode } from 'react';
import type { SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { classNames } from '../ui/class-names.ts';
import { text } from '../ui/text.tsx';
import styles from './lamp.module.css';

export type LampState = 'ready' | 'joining' | 'rec' | 'waiting' | 'stopping' | 'stopped';

/** What the lamp shows; `stopped` while the sentence about an end of its own has not been seen. */
export function lampOf(session: SessionSnapshot, hasRecorded: boolean): LampState {
  switch (session.kind) {
    case 'idle':
      return session.problem !== null && hasRecorded ? 'stopped' : 'ready';
    case 'joining':
      return 'joining';
    case 'recording':
      return session.connection.kind === 'good' ? 'rec' : 'waiting';
    case 'stopping':
      return 'stopping';
  }
}

/** The word that can be read from across the room. */
export function Lamp({
  state,
  slim,
}: {
  readonly state: LampState;
  readonly slim: boolean;
}): ReactNode {
  return (
    <span
      className={classNames(styles['lamp'], styles[state], slim && styles['slim'])}
      aria-hidden="true"
    >
      <span className={styles['word']}>{text(`lamp.${state}`)}</span>
      {state === 'waiting' && !slim && (
        <span className={styles['more']}>{text('lamp.waiting.more')}</span>
      )}
    </span>
  );
}
