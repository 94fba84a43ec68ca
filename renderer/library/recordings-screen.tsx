import { FolderOpen } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { GridList } from 'react-aria-components';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import { useCommand, useLibrary } from '../bridge/use-bridge.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { size } from '../ui/figures.ts';
import { Key } from '../ui/key.tsx';
import { ScreenTitle } from '../ui/screen-title.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { text } from '../ui/text.tsx';
import { useNow } from '../ui/use-now.ts';
import { RecordingRow } from './recording-row.tsx';
import styles from './recordings-screen.module.css';

interface RecordingsScreenProps {
  readonly onSave: (recordingId: string) => void;
  readonly onChooseChannel: () => void;
}

/** Past recordings, newest first. */
export function RecordingsScreen({ onSave, onChooseChannel }: RecordingsScreenProps): ReactNode {
  const recordings = useLibrary();
  const showFolder = useCommand('library.show-folder');
  const [query, setQuery] = useState('');
  const nowMs = useNow(60_000);
  const found = recordings.filter((recording) => matches(recording, query));
  const bytes = recordings.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <main className={styles['screen']}>
      <header className={styles['title']}>
        <ScreenTitle>{text('library.title')}</ScreenTitle>
        <p className={styles['summary']}>
          {recordings.length > 0 &&
            text('library.summary', { count: recordings.length, size: size(bytes) })}
        </p>
        {recordings.length > 0 && (
          <SearchField
            label={text('library.find')}
            clearLabel={text('channels.find.clear')}
            value={query}
            onChange={setQuery}
          />
        )}
        <Key onPress={() => void showFolder({})}>
          <FolderOpen size={18} strokeWidth={1.75} aria-hidden="true" />
          {text('library.show-folder')}
        </Key>
      </header>
      {recordings.length === 0 && (
        <EmptyState
          sentence={text('library.empty')}
          action={text('library.empty.key')}
          onAction={onChooseChannel}
        />
      )}
      {recordings.length > 0 && found.length === 0 && (
        <EmptyState sentence={text('library.no-match', { query })} />
      )}
      {found.length > 0 && (
        <>
          <Columns />
          <GridList
            aria-label={text('library.list')}
            className={styles['list'] ?? ''}
            onAction={(id) => {
              onSave(String(id));
            }}
          >
            {found.map((recording) => (
              <RecordingRow
                key={recording.id}
                recording={recording}
                nowMs={nowMs}
                onSave={onSave}
              />
            ))}
          </GridList>
        </>
      )}
    </main>
  );
}

function Columns(): ReactNode {
  return (
    <div className={styles['columns']} aria-hidden="true">
      <span>{text('library.column.map')}</span>
      <span>{text('library.column.name')}</span>
      <b>{text('library.column.date')}</b>
      <span className={styles['end']}>{text('library.column.length')}</span>
      <span className={styles['wide']}>{text('library.column.people')}</span>
      <span className={styles['wideEnd']}>{text('library.column.size')}</span>
      <span>{text('library.column.state')}</span>
    </div>
  );
}

function matches({ channelName, guildName, tracks }: RecordingSnapshot, query: string): boolean {
  const wanted = query.trim().toLocaleLowerCase();
  const names = [channelName, guildName, ...tracks.map(({ name }) => name)];
  return names.some((name) => name.toLocaleLowerCase().includes(wanted));
}
