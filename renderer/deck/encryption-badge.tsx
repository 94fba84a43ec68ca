import { Info, LockKeyhole, LockKeyholeOpen, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, DialogTrigger } from 'react-aria-components';
import type { RecordingSessionSnapshot } from '../../preload/contract/snapshot.ts';
import { classNames } from '../ui/class-names.ts';
import { secondsOfPackets, timeOfDay } from '../ui/figures.ts';
import { PopoverPanel } from '../ui/popover-panel.tsx';
import { RichText, text } from '../ui/text.tsx';
import { useNow } from '../ui/use-now.ts';
import badge from './badge.module.css';
import { encryptionOf, hasDetails, type EncryptionState } from './encryption.ts';
import styles from './encryption-badge.module.css';
import { EncryptionDetails } from './encryption-details.tsx';
import { PrivacyCodeStart } from './privacy-code.tsx';

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** The encryption of the call; a press opens the whole code, or what is lost. */
export function EncryptionBadge({
  session,
}: {
  readonly session: RecordingSessionSnapshot;
}): ReactNode {
  const state = encryptionOf(session, useNow(1000));
  if (!hasDetails(session, state)) return <PlainEncryptionBadge state={state} />;
  return (
    <DialogTrigger>
      <Button
        className={classNames(
          badge['badge'],
          badge['opens'],
          state.kind === 'failing' && badge['caution'],
        )}
      >
        <BadgeWords state={state} />
      </Button>
      <PopoverPanel>
        <EncryptionDetails session={session} state={state} />
      </PopoverPanel>
    </DialogTrigger>
  );
}

/** The badge without a press: the whole code is shown beside it, or there is none. */
export function PlainEncryptionBadge({ state }: { readonly state: EncryptionState }): ReactNode {
  return (
    <span className={badge['badge']}>
      {state.kind === 'encrypted' ? <EncryptedWords /> : <BadgeWords state={state} />}
    </span>
  );
}

function EncryptedWords(): ReactNode {
  return (
    <>
      <LockKeyhole {...ICON} />
      <b>{text('badge.encrypted')}</b>
    </>
  );
}

function BadgeWords({ state }: { readonly state: EncryptionState }): ReactNode {
  switch (state.kind) {
    case 'stage':
      return (
        <>
          <Info {...ICON} />
          {text('badge.stage')}
        </>
      );
    case 'none':
      return (
        <>
          <LockKeyholeOpen {...ICON} />
          {text('badge.none')}
        </>
      );
    case 'setting-up':
      return (
        <>
          <LockKeyhole {...ICON} />
          {text('badge.setting-up')}
        </>
      );
    case 'encrypted':
      return (
        <>
          <EncryptedWords />
          <span className={styles['word']}>{text('badge.code')}</span>
          <PrivacyCodeStart code={state.code.code} />
        </>
      );
    case 'changed':
      return (
        <>
          <LockKeyhole {...ICON} />
          <span>
            <RichText id="badge.changed" values={{ time: timeOfDay(state.code.sinceMs) }} />
          </span>
        </>
      );
    case 'failing':
      return (
        <>
          <TriangleAlert {...ICON} />
          <b>{text('badge.failing')}</b>
          {state.lostPackets > 0 && (
            <span className={styles['lost']}>
              {text('badge.failing.lost', { seconds: secondsOfPackets(state.lostPackets) })}
            </span>
          )}
        </>
      );
  }
}
