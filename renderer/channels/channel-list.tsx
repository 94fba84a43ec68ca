import type { ReactNode } from 'react';
import { Collection, GridList, GridListHeader, GridListSection } from 'react-aria-components';
import type { GuildSnapshot } from '../../preload/contract/snapshot.ts';
import { useCommand, useSnapshot } from '../bridge/use-bridge.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import { filterGuilds } from './channel-filter.ts';
import styles from './channel-list.module.css';
import { ChannelRow, NoteRow } from './channel-row.tsx';

/** Servers with their channels: arrows move, Enter chooses. */
export function ChannelList({ query }: { readonly query: string }): ReactNode {
  const { guilds, chosenChannelId } = useSnapshot();
  const choose = useCommand('channel.choose');
  const openLink = useCommand('link.open');
  if (guilds.length === 0) {
    return (
      <EmptyState
        sentence={text('channels.no-servers')}
        action={text('channels.open-invite')}
        onAction={() => void openLink({ link: 'invite' })}
      />
    );
  }
  const found = filterGuilds(guilds, query);
  if (found.length === 0) return <EmptyState sentence={text('channels.no-match', { query })} />;
  return (
    <GridList
      aria-label={text('channels.list')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={chosenChannelId === null ? [] : [chosenChannelId]}
      onSelectionChange={(keys) => {
        const [channelId] = keys === 'all' ? [] : keys;
        if (typeof channelId === 'string') void choose({ channelId });
      }}
      className={styles['list'] ?? ''}
    >
      {found.map((guild) => (
        <GuildSection key={guild.id} guild={guild} />
      ))}
    </GridList>
  );
}

function GuildSection({ guild }: { readonly guild: GuildSnapshot }): ReactNode {
  const count = guild.channels.length;
  const note = noteOf(guild);
  return (
    <GridListSection id={`guild-${guild.id}`} aria-label={guild.name}>
      <GridListHeader className={styles['guild'] ?? ''}>
        <Picture name={guild.name} who="server" size={24} />
        <bdi className={styles['name']}>{guild.name}</bdi>
        <span className={styles['count']}>
          {guild.available && text('channels.count', { count })}
        </span>
      </GridListHeader>
      <Collection>
        {guild.channels.map((channel) => (
          <ChannelRow key={channel.id} channel={channel} />
        ))}
        {note !== null && <NoteRow key="note" id={`note-${guild.id}`} note={note} />}
      </Collection>
    </GridListSection>
  );
}

function noteOf({ available, channels, hiddenChannelCount }: GuildSnapshot): string | null {
  if (!available) return text('channels.waiting');
  if (hiddenChannelCount > 0) return text('channels.hidden', { count: hiddenChannelCount });
  return channels.length === 0 ? text('channels.none') : null;
}
