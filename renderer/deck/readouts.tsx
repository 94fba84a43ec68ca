import { Activity, HardDrive, Save, Users, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { chosenChannel } from '../bridge/chosen-channel.ts';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { shortDuration } from '../ui/figures.ts';
import { RichText, text } from '../ui/text.tsx';
import styles from './readouts.module.css';

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Two lines beside the display: the disk, and the connection, the people or what is being saved. */
export function Readouts({ slim }: { readonly slim: boolean }): ReactNode {
  const snapshot = useSnapshot();
  const saving = <SavingReadout snapshot={snapshot} />;
  return (
    <div className={classNames(styles['readouts'], slim && styles['slim'])}>
      <DiskReadout snapshot={snapshot} />
      {!slim && <SecondReadout snapshot={snapshot} />}
      {saving}
    </div>
  );
}

function DiskReadout({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const { disk } = snapshot;
  return (
    <span className={classNames(styles['readout'], disk?.low === true && styles['caution'])}>
      <HardDrive {...ICON} />
      <span>
        {disk === null ? (
          text('readout.disk-unknown')
        ) : (
          <RichText id="readout.disk" values={{ left: shortDuration(disk.secondsLeft) }} />
        )}
      </span>
    </span>
  );
}

function SecondReadout({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const { session, guilds, chosenChannelId } = snapshot;
  if (session.kind === 'recording' || session.kind === 'stopping') {
    return session.connection.kind === 'good' ? (
      <span className={styles['readout']}>
        <Activity {...ICON} />
        <span>
          <RichText id="readout.connection.good" />
        </span>
      </span>
    ) : (
      <span className={classNames(styles['readout'], styles['caution'])}>
        <WifiOff {...ICON} />
        {text('readout.connection.retrying')}
      </span>
    );
  }
  const chosen = chosenChannel(guilds, chosenChannelId);
  if (chosen === null) return null;
  const count = chosen.channel.people.filter(({ bot }) => !bot).length;
  return (
    <span className={styles['readout']}>
      <Users {...ICON} />
      <span>
        <RichText id="readout.people" values={{ count }} />
      </span>
    </span>
  );
}

function SavingReadout({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const running = snapshot.exports.find(({ state }) => state === 'running');
  if (running === undefined) return null;
  const percent = Math.floor(running.progress * 100);
  return (
    <span className={styles['readout']}>
      <Save {...ICON} />
      <span>
        <RichText id="readout.saving" values={{ percent }} />
      </span>
    </span>
  );
}
