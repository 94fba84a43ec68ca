import { Flag, Pause, Play } from 'lucide-react';
import type { MouseEvent, ReactNode } from 'react';
import type { RecordingSessionSnapshot, SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { useCommand } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { text } from '../ui/text.tsx';
import { DEAF_MS, usePressGuard, type PressGuard } from './press-guard.ts';
import styles from './recording-keys.module.css';

const ICON = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface RecordingKeysProps {
  readonly session: RecordingSessionSnapshot;
  readonly pauseGuard: PressGuard;
}

/** The meaning of the Pause key, which ignores presses for a moment after a change. */
export function usePauseGuard(session: SessionSnapshot): PressGuard {
  const meaning = session.kind === 'recording' ? meaningOf(session) : 'nothing';
  return usePressGuard(meaning, DEAF_MS.pause);
}

function meaningOf({ pausedAtSamples }: RecordingSessionSnapshot): 'pause' | 'resume' {
  return pausedAtSamples === null ? 'pause' : 'resume';
}

/** Pause and Marker, with a space between them and Stop; disabled while tracks are being closed. */
export function RecordingKeys({ session, pauseGuard }: RecordingKeysProps): ReactNode {
  return (
    <div className={styles['keys']}>
      <PauseKey session={session} pauseGuard={pauseGuard} />
      <MarkerKey isLive={session.kind === 'recording'} />
    </div>
  );
}

function PauseKey({ session, pauseGuard }: RecordingKeysProps): ReactNode {
  const pause = useCommand('session.pause');
  const resume = useCommand('session.resume');
  const meaning = meaningOf(session);
  const isLive = session.kind === 'recording';
  const Icon = meaning === 'pause' ? Pause : Play;
  return (
    <button
      type="button"
      aria-disabled={!isLive}
      aria-keyshortcuts="Control+Shift+P"
      className={classNames(styles['key'], styles['pause'])}
      onClick={(event) => {
        if (!isLive || !pauseGuard.counts(isByPointer(event))) return;
        void (meaning === 'pause' ? pause({}) : resume({}));
      }}
    >
      <Icon {...ICON} />
      <span className={styles['word']}>{text(`key.${meaning}`)}</span>
    </button>
  );
}

function MarkerKey({ isLive }: { readonly isLive: boolean }): ReactNode {
  const mark = useCommand('session.mark');
  return (
    <button
      type="button"
      aria-disabled={!isLive}
      aria-keyshortcuts="M"
      className={classNames(styles['key'], styles['marker'])}
      onClick={(event) => {
        const isSecondOfDouble = event.detail > 1;
        if (isLive && !isSecondOfDouble) void mark({});
      }}
    >
      <Flag {...ICON} />
      <span className={styles['word']}>{text('key.marker')}</span>
      <kbd className={styles['hint']} aria-hidden="true">
        M
      </kbd>
    </button>
  );
}

/** Whether a press is by pointer: others have no count of clicks. */
function isByPointer(event: MouseEvent): boolean {
  return event.detail > 0;
}
