import { useCallback, useMemo, useState, type ReactNode } from 'react';
import type { SessionSnapshot } from '../../preload/contract/snapshot.ts';
import { useCommand, useLibrary, useSnapshot } from '../bridge/use-bridge.ts';
import { RecordingsScreen } from '../library/recordings-screen.tsx';
import { SaveDialog } from '../save/save-dialog.tsx';
import { SavedToast } from '../save/saved-toast.tsx';
import { ChannelsScreen } from '../channels/channels-screen.tsx';
import { OpenNoteContext } from '../deck/open-note.ts';
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
  const record = useCommand('session.record');
  const dismissOutcome = useCommand('session.dismiss-outcome');
  const savedId = savedRecording(snapshot.session);
  const [view, setView] = useState<View>(() => ({
    screen: firstScreen(snapshot.session),
    visit: 0,
    savingId: savedId,
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
  const [offeredId, setOfferedId] = useState(savedId);
  if (savedId !== offeredId) {
    setOfferedId(savedId);
    if (savedId !== null) setView({ screen: 'recordings', visit: visit + 1, savingId: savedId });
  }
  const [notedMarker, setNotedMarker] = useState<number | null>(null);
  if (notedMarker !== null && snapshot.session.kind !== 'recording') setNotedMarker(null);
  const openNote = useMemo(
    () => ({
      marker: notedMarker,
      open: setNotedMarker,
      close: () => {
        setNotedMarker(null);
      },
    }),
    [notedMarker],
  );
  useShortcuts({ screen, open, save, startRecording, openNote: setNotedMarker });

  const { exports } = snapshot;
  const recordings = useLibrary();
  const failed = exports.find(({ state }) => state === 'failed');
  const shownId = savingId ?? failed?.recordingId ?? null;
  // A recording under way has no tracks in the library yet, so none could be chosen.
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
      <OpenNoteContext value={openNote}>
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
                if (savedId !== null) void dismissOutcome({});
              }}
            />
          )}
          {saved !== undefined && <SavedToast key={saved.id} saved={saved} />}
        </div>
      </OpenNoteContext>
    </VisitContext>
  );
}

/** The last recording, if the person stopped it and has neither saved nor declined to save it; else null. */
function savedRecording(session: SessionSnapshot): string | null {
  if (session.kind !== 'idle' || session.problem !== null) return null;
  return session.ended?.recordingId ?? null;
}

function firstScreen(session: SessionSnapshot): Screen {
  if (session.kind !== 'idle') return 'deck';
  return savedRecording(session) === null ? 'channels' : 'recordings';
}
