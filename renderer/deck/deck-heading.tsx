import type { ReactNode } from 'react';
import type { SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { ScreenTitle } from '../ui/screen-title.tsx';
import { text } from '../ui/text.tsx';
import { NARROW, useMedia } from '../ui/use-media.ts';
import styles from './deck-heading.module.css';
import { EncryptionBadge } from './encryption-badge.tsx';
import { NoticeBadge } from './notice-badge.tsx';

/**
 * The channel, the notice and the encryption of the recording. In a narrow window the status line's menu shows them.
 */
export function DeckHeading({ session }: { readonly session: SessionSnapshot }): ReactNode {
  const isNarrow = useMedia(NARROW);
  if (session.kind === 'idle') {
    return (
      <header className={styles['heading']}>
        <ScreenTitle>{text('nav.deck')}</ScreenTitle>
      </header>
    );
  }
  return (
    <header className={styles['heading']}>
      <ScreenTitle>
        <bdi title={session.channelName}>{session.channelName}</bdi>
      </ScreenTitle>
      <bdi className={styles['guild']} title={session.guildName}>
        {session.guildName}
      </bdi>
      {!isNarrow && (
        <div className={styles['badges']}>
          <NoticeBadge notice={session.kind === 'joining' ? null : session.notice} />
          {session.kind !== 'joining' && <EncryptionBadge session={session} />}
        </div>
      )}
    </header>
  );
}
