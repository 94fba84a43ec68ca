import { Undo2 } from 'lucide-react';
import { useContext, type ReactNode } from 'react';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { classNames } from '../ui/class-names.ts';
import { Key } from '../ui/key.tsx';
import { text } from '../ui/text.tsx';
import { Glass } from './glass.tsx';
import { NoteField } from './note-field.tsx';
import { OpenNoteContext } from './open-note.ts';
import { Readouts } from './readouts.tsx';
import { RecordingKeys, usePauseGuard } from './recording-keys.tsx';
import styles from './strip.module.css';
import { TransportKey } from './transport-key.tsx';

interface StripProps {
  readonly screen: 'channels' | 'deck' | 'recordings' | 'settings';
  readonly onRecord: (channelId: string) => void;
  readonly onBackToDeck: () => void;
}

/** The recorder at the bottom of every screen: lamp, time, and the one Record and Stop key. */
export function Strip({ screen, onRecord, onBackToDeck }: StripProps): ReactNode {
  const { session } = useSnapshot();
  const pauseGuard = usePauseGuard(session);
  const openNote = useContext(OpenNoteContext);
  const marker =
    session.kind === 'recording'
      ? session.markers.find(({ number }) => number === openNote.marker)
      : undefined;
  const slim = screen === 'recordings' || screen === 'settings';
  return (
    <section
      aria-label={text('strip.label')}
      className={classNames(styles['strip'], slim && styles['slim'])}
    >
      <Glass slim={slim} />
      <div
        className={classNames(
          styles['readouts'],
          screen === 'deck' && session.kind !== 'idle' && styles['inStatusLine'],
        )}
      >
        <Readouts slim={slim} />
      </div>
      {marker !== undefined && (
        <NoteField key={marker.number} marker={marker} onClose={openNote.close} />
      )}
      {screen === 'deck' && (session.kind === 'recording' || session.kind === 'stopping') && (
        <RecordingKeys session={session} pauseGuard={pauseGuard} />
      )}
      {session.kind !== 'idle' && screen !== 'deck' && (
        <Key onPress={onBackToDeck}>
          <Undo2 size={16} strokeWidth={1.75} aria-hidden="true" />
          <span className={styles['back']}>{text('key.back-to-deck')}</span>
        </Key>
      )}
      <div className={styles['moat']} />
      <TransportKey slim={slim} red={screen === 'channels'} onRecord={onRecord} />
    </section>
  );
}
