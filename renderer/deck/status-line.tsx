import {
  CircleCheck,
  Flag,
  HardDrive,
  Info,
  LockKeyhole,
  Pause,
  TriangleAlert,
  UsersRound,
  WifiOff,
} from 'lucide-react';
import { useContext, type ReactNode } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import { useCommand, useLevel, useSnapshot } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { shortDuration } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { PopoverPanel } from '../ui/popover-panel.tsx';
import { RichText, text } from '../ui/text.tsx';
import { NARROW, useMedia } from '../ui/use-media.ts';
import { useNow } from '../ui/use-now.ts';
import { DeckMenu } from './deck-menu.tsx';
import { OpenNoteContext } from './open-note.ts';
import { lossSummary, statusOf, type StatusSentence } from './status.ts';
import styles from './status-line.module.css';

/** One sentence about the recording's state; its height is always the same. */
export function StatusLine(): ReactNode {
  const snapshot = useSnapshot();
  const nowMs = useNow(1000);
  const isNarrow = useMedia(NARROW);
  const samples = useLevel((levels) => levels.samples - (levels.samples % SAMPLE_RATE_HZ));
  const dismiss = useCommand('session.dismiss-outcome');
  const sentences = statusOf(snapshot, { samples, nowMs });
  const [worst] = sentences;
  if (worst === undefined) return null;
  const { session, disk } = snapshot;
  return (
    <div className={classNames(styles['line'], styles[worst.tone])}>
      <StatusIcon of={worst} />
      <span className={styles['sentence']} title={worst.sentence}>
        {worst.sentence}
      </span>
      {worst.noteFor !== undefined && <AddNote marker={worst.noteFor} />}
      {worst.tone === 'final' && (
        <Key look="caution" size="small" onPress={() => void dismiss({})}>
          {text('status.dismiss')}
        </Key>
      )}
      {sentences.length > 1 && <Notices sentences={sentences} />}
      {worst.tone !== 'trouble' && session.kind === 'recording' && (
        <span className={styles['losses']}>{lossSummary(session)}</span>
      )}
      {worst.tone !== 'final' && disk !== null && (
        <span className={styles['disk']}>
          <RichText id="readout.disk" values={{ left: shortDuration(disk.secondsLeft) }} />
        </span>
      )}
      {isNarrow && session.kind !== 'idle' && <DeckMenu session={session} sentences={sentences} />}
    </div>
  );
}

function AddNote({ marker }: { readonly marker: number }): ReactNode {
  const { marker: open, open: openNote } = useContext(OpenNoteContext);
  if (open === marker) return null;
  return (
    <Key
      size="small"
      onPress={() => {
        openNote(marker);
      }}
    >
      {text('status.add-note')}
    </Key>
  );
}

const ICON = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

function StatusIcon({ of: { tone, about } }: { readonly of: StatusSentence }): ReactNode {
  if (tone === 'fine') return <CircleCheck {...ICON} />;
  switch (about) {
    case 'connection':
      return <WifiOff {...ICON} />;
    case 'disk':
      return <HardDrive {...ICON} />;
    case 'people':
      return <UsersRound {...ICON} />;
    case 'encryption':
      return <LockKeyhole {...ICON} />;
    case 'loss':
    case 'end':
      return <TriangleAlert {...ICON} />;
    case 'sound':
      return <Info {...ICON} />;
    case 'pause':
      return <Pause {...ICON} />;
    case 'marker':
      return <Flag {...ICON} />;
  }
}

function Notices({ sentences }: { readonly sentences: readonly StatusSentence[] }): ReactNode {
  const label = text('status.notices', { count: sentences.length });
  return (
    <DialogTrigger>
      <Key look="caution" size="small">
        {label}
      </Key>
      <PopoverPanel label={label}>
        <ul className={styles['notices']}>
          {sentences.map((one) => (
            <li key={one.sentence} className={styles['notice']}>
              <StatusIcon of={one} />
              {one.sentence}
            </li>
          ))}
        </ul>
      </PopoverPanel>
    </DialogTrigger>
  );
}
