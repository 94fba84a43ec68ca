import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { DialogTrigger } from 'react-aria-components';
import type { RecordingSessionSnapshot, SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { Key } from '../ui/key.tsx';
import { PopoverPanel } from '../ui/popover-panel.tsx';
import { text } from '../ui/text.tsx';
import { useNow } from '../ui/use-now.ts';
import styles from './deck-menu.module.css';
import { encryptionOf, hasDetails } from './encryption.ts';
import { PlainEncryptionBadge } from './encryption-badge.tsx';
import { EncryptionDetails } from './encryption-details.tsx';
import { NoticeBadge } from './notice-badge.tsx';
import { lossSummary, type StatusSentence } from './status.ts';

interface DeckMenuProps {
  readonly session: Exclude<SessionSnapshot, { kind: 'idle' }>;
  /** What the status line says, which may be cut off there. */
  readonly sentences: readonly StatusSentence[];
}

/**
 * A menu with the content of the deck's heading and of the status line's right end, for windows too narrow for them.
 */
export function DeckMenu({ session, sentences }: DeckMenuProps): ReactNode {
  const label = text('deck.more');
  const told = sentences.filter(({ tone }) => tone !== 'fine');
  const inTrouble = sentences.some(({ tone }) => tone === 'trouble');
  return (
    <DialogTrigger>
      <Key look={inTrouble ? 'caution' : 'bare'} size="icon" aria-label={label}>
        <Ellipsis size={18} strokeWidth={1.75} aria-hidden="true" />
      </Key>
      <PopoverPanel label={label}>
        <div className={styles['lines']}>
          <p className={styles['place']}>
            <bdi className={styles['channel']}>{session.channelName}</bdi>
            <bdi>{session.guildName}</bdi>
          </p>
          {told.map(({ sentence }) => (
            <p key={sentence} className={styles['sentence']}>
              {sentence}
            </p>
          ))}
          {session.kind !== 'joining' && <p>{lossSummary(session)}</p>}
          {session.kind === 'joining' ? (
            <NoticeBadge notice={null} />
          ) : (
            <Badges session={session} />
          )}
        </div>
        {session.kind !== 'joining' && <Encryption session={session} />}
      </PopoverPanel>
    </DialogTrigger>
  );
}

function Badges({ session }: { readonly session: RecordingSessionSnapshot }): ReactNode {
  const state = encryptionOf(session, useNow(1000));
  return (
    <div className={styles['badges']}>
      <NoticeBadge notice={session.notice} />
      {state.kind !== 'failing' && <PlainEncryptionBadge state={state} />}
    </div>
  );
}

function Encryption({ session }: { readonly session: RecordingSessionSnapshot }): ReactNode {
  const state = encryptionOf(session, useNow(1000));
  if (!hasDetails(session, state)) return null;
  return (
    <div className={styles['details']}>
      <EncryptionDetails session={session} state={state} />
    </div>
  );
}
