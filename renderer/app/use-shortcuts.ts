import { useContext, useEffect } from 'react';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { useConnection } from '../bridge/use-bridge.ts';
import { spokenState } from '../deck/spoken-state.ts';
import { transportOf } from '../deck/transport-key.tsx';
import { AnnouncerContext } from '../ui/announcer.tsx';
import type { Screen } from './screens.ts';
import { letterActionOf, shortcutOf, type ShortcutAction } from './shortcuts.ts';

interface ShortcutTargets {
  readonly screen: Screen;
  readonly open: (screen: Screen) => void;
  readonly save: (recordingId: string) => void;
  readonly startRecording: (channelId: string) => void;
  readonly openNote: (marker: number) => void;
}

/** Runs the actions of shortcuts anywhere in the window. */
export function useShortcuts(targets: ShortcutTargets): void {
  const { screen, open, save, startRecording, openNote } = targets;
  const { snapshots, library, levels, invoke } = useConnection();
  const announcer = useContext(AnnouncerContext);
  useEffect(() => {
    const act = (action: ShortcutAction, snapshot: Snapshot) => {
      const { session } = snapshot;
      const transport = transportOf(snapshot);
      const [newest] = library.get();
      switch (action.kind) {
        case 'open':
          open(action.screen);
          break;
        case 'record':
          if (transport.kind === 'record') startRecording(transport.channelId);
          break;
        case 'stop':
          if (transport.kind !== 'stop') break;
          leaveTextField(); // a note that is being typed is kept for this recording
          void invoke('session.stop', {});
          break;
        case 'pause':
          if (session.kind !== 'recording') break;
          void invoke(session.pausedAtSamples === null ? 'session.pause' : 'session.resume', {});
          break;
        case 'mark':
          void invoke('session.mark', {});
          break;
        case 'mark-with-note':
          void invoke('session.mark', {}).then((marked) => {
            // A dialog keeps the focus; the status line offers the note instead.
            const isFree = document.querySelector('[role="dialog"]') === null;
            if (marked.ok && isFree) openNote(marked.marker);
          });
          break;
        case 'find':
          document.querySelector<HTMLInputElement>('[data-find]')?.focus();
          break;
        case 'save':
          if (screen === 'recordings' && newest?.state !== 'recording' && newest !== undefined) {
            save(newest.id);
          }
          break;
        case 'say-state':
          announcer.polite(spokenState(snapshot, levels));
          break;
      }
    };
    const letterAction = (event: KeyboardEvent, { session }: Snapshot) =>
      session.kind === 'recording' && !isTextField(event.target) ? letterActionOf(event) : null;
    const onKeyDown = (event: KeyboardEvent) => {
      const snapshot = snapshots.get();
      if (snapshot === null) return;
      const isMac = navigator.platform.startsWith('Mac');
      const action = shortcutOf(event, isMac) ?? letterAction(event, snapshot);
      if (action === null) return;
      event.preventDefault();
      act(action, snapshot);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [screen, open, save, startRecording, openNote, snapshots, library, levels, invoke, announcer]);
}

/** Types of inputs that take no text. */
const WITHOUT_TEXT = new Set(['button', 'checkbox', 'color', 'file', 'radio', 'range', 'submit']);

function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !WITHOUT_TEXT.has(target.type);
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}

function leaveTextField(): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && isTextField(activeElement)) activeElement.blur();
}
