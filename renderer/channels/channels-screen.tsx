import { useState, type ReactNode } from 'react';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { ScreenTitle } from '../ui/screen-title.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { text } from '../ui/text.tsx';
import { ChannelList } from './channel-list.tsx';
import styles from './channels-screen.module.css';
import { ChannelSidePanel } from './channel-side-panel.tsx';

/** Every voice channel the bot can see, and who is in the chosen one. */
export function ChannelsScreen(): ReactNode {
  const { guilds } = useSnapshot();
  const [query, setQuery] = useState('');
  return (
    <div className={styles['screen']}>
      <main className={styles['main']}>
        <header className={styles['title']}>
          <ScreenTitle>{text('channels.title')}</ScreenTitle>
          {guilds.length > 0 && (
            <SearchField
              label={text('channels.find')}
              clearLabel={text('channels.find.clear')}
              value={query}
              onChange={setQuery}
            />
          )}
        </header>
        <ChannelList query={query} />
      </main>
      <ChannelSidePanel />
    </div>
  );
}
