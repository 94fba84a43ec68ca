import {
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { MarkerSnapshot } from '../../preload/contract/snapshot.ts';
import { useCommand } from '../bridge/use-bridge.ts';
import { AnnouncerContext } from '../ui/announcer.tsx';
import { clock } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';
import { cleanNote, NOTE_LENGTH } from './marker-note.ts';
import styles from './note-field.module.css';

interface NoteFieldProps {
  readonly marker: MarkerSnapshot;
  readonly onClose: () => void;
}

/** A field above the strip for the note of a marker: Enter or leaving it keeps what is typed, Escape drops it. */
export function NoteField({ marker, onClose }: NoteFieldProps): ReactNode {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const announcer = useContext(AnnouncerContext);
  const noteMarker = useCommand('session.note-marker');
  const isOver = useRef(false);
  const returnFocus = useFocusWhileOpen(input);

  const close = (note: string) => {
    if (isOver.current) return;
    isOver.current = true;
    if (note !== '') {
      void noteMarker({ marker: marker.number, note }).then(({ ok }) => {
        if (ok) announcer.polite(text('say.noted'));
      });
    }
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // during composition Enter and Escape belong to the input method
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close(event.key === 'Enter' ? cleanNote(typed) : '');
    returnFocus();
  };
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={styles['label']}>
        {text('note.label', { time: clock(marker.samples) })}
      </label>
      <input
        ref={input}
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        maxLength={NOTE_LENGTH}
        aria-describedby={`${id}-hint`}
        className={styles['input']}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          // The field stays open when another window gets the focus.
          if (document.hasFocus()) close(cleanNote(typed));
        }}
      />
      <p id={`${id}-hint`} className={styles['hint']}>
        {text('note.hint')}
      </p>
    </div>
  );
}

/**
 * Focuses the input; the answer returns the focus to the element before or, when that is gone, to the screen's heading.
 */
function useFocusWhileOpen(input: { readonly current: HTMLElement | null }): () => void {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (document.activeElement !== input.current) before.current = document.activeElement;
    input.current?.focus();
  }, [input]);
  return () => {
    const last = before.current;
    const isThere = last instanceof HTMLElement && last.isConnected && last !== document.body;
    const target = isThere ? last : document.querySelector('h1');
    target?.focus({ preventScroll: true });
  };
}
