import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { useCommand, useConnection, useLibrary, useSnapshot } from '../bridge/use-bridge.ts';
import { RecordingsScreen } from '../library/recordings-screen.tsx';
import { SaveDialog } from '../save/save-dialog.tsx';
import { SavedToast } from '../save/saved-toast.tsx';
import { ChannelsScreen } from '../channels/channels-screen.tsx';
import { NotingContext } from '../deck/noting.ts';
import { Strip } from '../deck/strip.tsx';
import { SettingsScreen } from '../settings/settings-screen.tsx';
import { classNames } from '../ui/class-names.ts';
import { VisitContext } from '../ui/screen-title.tsx';
import { AppBar } from './app-bar.tsx';
import { DeckScreen } from './deck-screen.tsx';
import styles from './main-window.module.css';
import type { Screen } from './screens.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** What the window shows: one of the four screens, and perhaps the Save dialog above it. */
interface View {
  readonly screen: Screen;
  /** Counts openings, so that the heading of a screen opened again takes the focus too. */
  readonly visit: number;
  readonly savingId: string | null;
}

/** App bar, screen and strip, once a bot is signed in. */
export function MainWindow(): ReactNode {
  const snapshot = useSnapshot();
  const { snapshots } = useConnection();
  const record = useCommand('session.record');
  const [view, setView] = useState<View>(() => ({
    screen: snapshot.session.kind === 'idle' ? 'channels' : 'deck',
    visit: 0,
    savingId: null,
  }));
  const { screen, visit, savingId } = view;
  const open = useCallback((next: Screen) => {
    setView((now) => ({ ...now, screen: next, visit: now.visit + 1 }));
  }, []);
  const save = useCallback((recordingId: string | null) => {
    setView((now) => ({ ...now, savingId: recordingId }));
  }, []);
  const startRecording = useCallback(
    (channelId: string) => {
      void record({ channelId });
      open('deck');
    },
    [record, open],
  );
  useEffect(() => {
    let before = snapshots.get();
    return snapshots.subscribe(() => {
      const after = snapshots.get();
      const recordingId = justSaved(before, after);
      if (recordingId !== null) {
        setView(({ visit: now }) => ({
          screen: 'recordings',
          visit: now + 1,
          savingId: recordingId,
        }));
      }
      before = after;
    });
  }, [snapshots]);
  const [notingMarker, setNotingMarker] = useState<number | null>(null);
  if (notingMarker !== null && snapshot.session.kind !== 'recording') setNotingMarker(null);
  const noting = useMemo(
    () => ({
      marker: notingMarker,
      open: setNotingMarker,
      close: () => {
        setNotingMarker(null);
      },
    }),
    [notingMarker],
  );
  useShortcuts({ screen, open, save, startRecording, openNote: setNotingMarker });

  const { exports } = snapshot;
  const recordings = useLibrary();
  const failed = exports.find(({ state }) => state === 'failed');
  const shownId = savingId ?? failed?.recordingId ?? null;
  // What is still being written says nothing of its tracks yet, so nothing could be chosen of them.
  const saving = recordings.find(({ id, state }) => id === shownId && state !== 'recording');
  const saved = exports.find(
    ({ state, recordingId }) => state === 'done' && recordingId !== shownId,
  );
  const slim = screen === 'recordings' || screen === 'settings';
  const toChannels = () => {
    open('channels');
  };
  return (
    <VisitContext value={visit}>
      <NotingContext value={noting}>
        <div className={classNames(styles['window'], slim && styles['slim'])}>
          <AppBar screen={screen} onOpen={open} />
          {screen === 'channels' && <ChannelsScreen />}
          {screen === 'deck' && <DeckScreen onChooseChannel={toChannels} />}
          {screen === 'recordings' && (
            <RecordingsScreen onSave={save} onChooseChannel={toChannels} />
          )}
          {screen === 'settings' && <SettingsScreen />}
          <Strip
            screen={screen}
            onRecord={startRecording}
            onBackToDeck={() => {
              open('deck');
            }}
          />
          {saving !== undefined && (
            <SaveDialog
              recording={saving}
              onClose={() => {
                save(null);
              }}
            />
          )}
          {saved !== undefined && <SavedToast key={saved.id} saved={saved} />}
        </div>
      </NotingContext>
    </VisitContext>
  );
}

/** The recording whose tracks have just been closed at the person's wish; null otherwise. */
function justSaved(before: Snapshot | null, after: Snapshot | null): string | null {
  if (before === null || after === null) return null;
  const { session } = before;
  if (session.kind !== 'recording' && session.kind !== 'stopping') return null;
  if (after.session.kind !== 'idle' || after.session.problem !== null) return null;
  return session.recordingId;
}
