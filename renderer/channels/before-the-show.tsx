import { CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ChannelSnapshot, Snapshot } from '../../preload/contract/snapshot.ts';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { permissionList } from '../ui/channel-reason.ts';
import { classNames } from '../ui/class-names.ts';
import { duration } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';
import styles from './before-the-show.module.css';

interface Line {
  readonly kind: 'good' | 'caution' | 'fact';
  readonly sentence: string;
}

/** The facts known before a recording begins. */
export function BeforeTheShow({ channel }: { readonly channel: ChannelSnapshot }): ReactNode {
  const snapshot = useSnapshot();
  const lines = linesOf(channel, snapshot);
  return (
    <section className={styles['show']} aria-labelledby="before-the-show">
      <h3 id="before-the-show" className={styles['title']}>
        {text('channels.show')}
      </h3>
      <ul>
        {lines.map(({ kind, sentence }) => (
          <li key={sentence} className={classNames(styles['line'], styles[kind])}>
            <LineIcon kind={kind} />
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}

function LineIcon({ kind }: Pick<Line, 'kind'>): ReactNode {
  const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
  switch (kind) {
    case 'good':
      return <CircleCheck {...icon} />;
    case 'caution':
      return <TriangleAlert {...icon} />;
    case 'fact':
      return <Info {...icon} />;
  }
}

function linesOf(channel: ChannelSnapshot, { account, disk }: Snapshot): readonly Line[] {
  const { missingPermissions, missingForNotices, full, kind } = channel;
  const lines: Line[] = [];
  lines.push(
    missingPermissions.length === 0
      ? { kind: 'good', sentence: text('channels.show.rights') }
      : {
          kind: 'caution',
          sentence: text('channels.show.rights-missing', {
            permissions: permissionList(missingPermissions),
          }),
        },
  );
  if (full !== null) lines.push({ kind: 'caution', sentence: text('channels.show.full', full) });
  lines.push(
    missingForNotices.length === 0
      ? { kind: 'good', sentence: text('channels.show.told') }
      : {
          kind: 'caution',
          sentence: text('channels.show.told-less', {
            permissions: permissionList(missingForNotices),
          }),
        },
  );
  lines.push({ kind: 'fact', sentence: text(`channels.show.${kind}`) });
  if (account.kind === 'signed-in') {
    lines.push(
      account.connection === 'connected'
        ? { kind: 'good', sentence: text('channels.show.online') }
        : { kind: 'caution', sentence: text('channels.show.offline') },
    );
  }
  lines.push(
    disk === null
      ? { kind: 'fact', sentence: text('channels.show.disk-unknown') }
      : {
          kind: disk.low ? 'caution' : 'good',
          sentence: text('channels.show.disk', { left: duration(disk.secondsLeft) }),
        },
  );
  return lines;
}
