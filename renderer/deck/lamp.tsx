import type { ReactNode } from 'react';
import type { SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { classNames } from '../ui/class-names.ts';
import { text } from '../ui/text.tsx';
import styles from './lamp.module.css';

export type LampState = 'ready' | 'joining' | 'rec' | 'paused' | 'waiting' | 'stopping' | 'stopped';

/** What the lamp shows: a pause before an outage, as then nothing is recorded; `stopped` while the sentence about an end of its own has not been seen. */
export function lampOf(session: SessionSnapshot): LampState {
  switch (session.kind) {
    case 'idle':
      return session.problem !== null && session.ended !== null ? 'stopped' : 'ready';
    case 'joining':
      return 'joining';
    case 'recording':
      if (session.pausedAtSamples !== null) return 'paused';
      return session.connection.kind === 'good' ? 'rec' : 'waiting';
    case 'stopping':
      return 'stopping';
  }
}

/** The lamp with its word. */
export function Lamp({
  state,
  more,
  slim,
}: {
  readonly state: LampState;
  /** Under the word, where there is room: how long it is paused, what goes on while it waits. */
  readonly more: string | null;
  readonly slim: boolean;
}): ReactNode {
  return (
    <span
      className={classNames(styles['lamp'], styles[state], slim && styles['slim'])}
      aria-hidden="true"
    >
      <span className={styles['word']}>{text(`lamp.${state}`)}</span>
      {more !== null && !slim && <span className={styles['more']}>{more}</span>}
    </span>
  );
}
