import { BellRing, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';
import { classNames } from '../ui/class-names.ts';
import { timeOfDay } from '../ui/figures.ts';
import { RichText, text } from '../ui/text.tsx';
import styles from './badge.module.css';

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface NoticeBadgeProps {
  /** Null while joining: then people are being told. */
  readonly notice: RecordingSessionSnapshot['notice'] | null;
}

/** How people were told of the recording, and when. */
export function NoticeBadge({ notice }: NoticeBadgeProps): ReactNode {
  if (notice?.chosenNone === true) {
    return (
      <span className={classNames(styles['badge'], styles['caution'])}>
        <TriangleAlert {...ICON} />
        {text('badge.not-told')}
      </span>
    );
  }
  const toldAtMs = notice?.toldAtMs ?? null;
  return (
    <span className={styles['badge']}>
      <BellRing {...ICON} />
      <span>
        {toldAtMs === null ? (
          text('badge.telling')
        ) : (
          <RichText id="badge.told" values={{ time: timeOfDay(toldAtMs) }} />
        )}
      </span>
    </span>
  );
}
