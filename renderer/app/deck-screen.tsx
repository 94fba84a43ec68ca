import type { ReactNode } from 'react';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { DeckHeading } from '../deck/deck-heading.tsx';
import { StatusLine } from '../deck/status-line.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { text } from '../ui/text.tsx';
import { DeckLanes } from './deck-lanes.tsx';
import styles from './deck-screen.module.css';

/** The deck: who is recorded, the status line and the tape. */
export function DeckScreen({
  onChooseChannel,
}: {
  readonly onChooseChannel: () => void;
}): ReactNode {
  const { session } = useSnapshot();
  return (
    <main className={styles['deck']}>
      <DeckHeading session={session} />
      <StatusLine />
      {session.kind === 'idle' && (
        <EmptyState
          sentence={text('deck.empty')}
          action={text('deck.empty.key')}
          onAction={onChooseChannel}
        />
      )}
      {(session.kind === 'recording' || session.kind === 'stopping') && (
        <DeckLanes key={session.recordingId} session={session} />
      )}
    </main>
  );
}
