import { Lock, Radio, Volume2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { GridListItem } from 'react-aria-components';
import type { ChannelSnapshot } from '../../preload/contract/snapshot.ts';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { reasonAgainst } from '../ui/channel-reason.ts';
import { classNames } from '../ui/class-names.ts';
import { Key } from '../ui/key.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import styles from './channel-row.module.css';
import { CureDialog } from './cure-dialog.tsx';

/** Pictures shown before "+n". */
const PICTURES = 5;

const ICON = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** One voice channel: who is in it, or why not. */
export function ChannelRow({ channel }: { readonly channel: ChannelSnapshot }): ReactNode {
  const { session } = useSnapshot();
  const [cureOpen, setCureOpen] = useState(false);
  const reason = reasonAgainst(channel);
  const recording = session.kind !== 'idle' && session.channelId === channel.id;
  const curable = channel.missingPermissions.length > 0;
  return (
    <GridListItem
      id={channel.id}
      textValue={nameOf(channel, reason)}
      className={classNames(styles['row'], reason !== null && styles['cannot'])}
    >
      <RowIcon channel={channel} cannot={reason !== null} />
      <span className={styles['words']}>
        <bdi className={styles['name']}>{channel.name}</bdi>
        {reason !== null && <span className={styles['reason']}>{reason}</span>}
        {reason === null && channel.kind === 'stage' && (
          <span className={styles['second']}>{text('channels.stage')}</span>
        )}
      </span>
      {recording && (
        <span className={styles['recording']}>
          <span className={styles['dot']} />
          {text('channels.recording')}
        </span>
      )}
      {curable ? (
        <Key
          size="small"
          aria-label={text('channels.how.for', { channel: channel.name })}
          onPress={() => {
            setCureOpen(true);
          }}
        >
          {text('channels.how')}
        </Key>
      ) : (
        <People channel={channel} />
      )}
      {cureOpen && (
        <CureDialog
          channel={channel}
          onClose={() => {
            setCureOpen(false);
          }}
        />
      )}
    </GridListItem>
  );
}

function nameOf(channel: ChannelSnapshot, reason: string | null): string {
  const people = text('channels.people', { count: channel.people.length });
  return [channel.name, people, reason].filter((part) => part !== null).join(', ');
}

function RowIcon({
  channel,
  cannot,
}: {
  readonly channel: ChannelSnapshot;
  readonly cannot: boolean;
}): ReactNode {
  if (cannot) return <Lock {...ICON} className={styles['icon']} />;
  return channel.kind === 'stage' ? (
    <Radio {...ICON} className={styles['icon']} />
  ) : (
    <Volume2 {...ICON} className={styles['icon']} />
  );
}

function People({ channel: { people } }: { readonly channel: ChannelSnapshot }): ReactNode {
  if (people.length === 0) {
    return <span className={styles['nobody']}>{text('channels.nobody')}</span>;
  }
  return (
    <span className={styles['people']}>
      {people.slice(0, PICTURES).map(({ userId, name }, index) => (
        <Picture key={userId} name={name} who={index} size={24} />
      ))}
      {people.length > PICTURES && (
        <span className={styles['more']}>
          {text('channels.more', { count: people.length - PICTURES })}
        </span>
      )}
    </span>
  );
}

/** A line at a server's end, such as how many channels are hidden. */
export function NoteRow({ id, note }: { readonly id: string; readonly note: string }): ReactNode {
  return (
    <GridListItem id={id} textValue={note} isDisabled className={styles['note'] ?? ''}>
      {note}
    </GridListItem>
  );
}
