import { BellRing, Info, LockKeyholeOpen, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RecordingSessionSnapshot, SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { classNames } from '../ui/class-names.ts';
import { timeOfDay } from '../ui/figures.ts';
import { ScreenTitle } from '../ui/screen-title.tsx';
import { RichText, text } from '../ui/text.tsx';
import styles from './deck-heading.module.css';

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Where is being recorded, who was told, and how private it is. */
export function DeckHeading({ session }: { readonly session: SessionSnapshot }): ReactNode {
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
        <bdi>{session.channelName}</bdi>
      </ScreenTitle>
      <bdi className={styles['guild']}>{session.guildName}</bdi>
      <div className={styles['badges']}>
        {session.kind === 'joining' ? (
          <span className={styles['badge']}>
            <BellRing {...ICON} />
            {text('badge.telling')}
          </span>
        ) : (
          <>
            <NoticeBadge notice={session.notice} />
            <EncryptionBadge encryption={session.encryption} />
          </>
        )}
      </div>
    </header>
  );
}

function NoticeBadge({
  notice,
}: {
  readonly notice: RecordingSessionSnapshot['notice'];
}): ReactNode {
  if (notice.chosenNone) {
    return (
      <span className={classNames(styles['badge'], styles['caution'])}>
        <TriangleAlert {...ICON} />
        {text('badge.not-told')}
      </span>
    );
  }
  return (
    <span className={styles['badge']}>
      <BellRing {...ICON} />
      <span>
        {notice.chatAtMs === null ? (
          text('badge.telling')
        ) : (
          <RichText id="badge.told.chat" values={{ time: timeOfDay(notice.chatAtMs) }} />
        )}
      </span>
    </span>
  );
}

function EncryptionBadge({
  encryption,
}: {
  readonly encryption: RecordingSessionSnapshot['encryption'];
}): ReactNode {
  const stage = encryption.kind === 'stage';
  return (
    <span className={styles['badge']}>
      {stage ? <Info {...ICON} /> : <LockKeyholeOpen {...ICON} />}
      {text(stage ? 'badge.stage' : 'badge.not-encrypted')}
    </span>
  );
}
