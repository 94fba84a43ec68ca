import { CircleCheck } from 'lucide-react';
import { useContext, useEffect, useState, type ReactNode } from 'react';
import type { ExportSnapshot } from '../../preload/contract/snapshot.ts';
import { useCommand } from '../bridge/use-bridge.ts';
import { AnnouncerContext } from '../ui/announcer.tsx';
import { Key } from '../ui/key.tsx';
import { text } from '../ui/text.tsx';
import styles from './saved-toast.module.css';

const STAYS_MS = 6000;

/** Says that files are there when the dialog that made them is closed; stays while hovered or focused. */
export function SavedToast({ saved }: { readonly saved: ExportSnapshot }): ReactNode {
  const dismiss = useCommand('export.dismiss');
  const show = useCommand('export.show-in-folder');
  const announcer = useContext(AnnouncerContext);
  const [held, setHeld] = useState(false);
  const exportId = saved.id;
  const sentence = text('save.done', { count: saved.fileCount });

  useEffect(() => {
    announcer.polite(sentence);
  }, [announcer, sentence]);
  useEffect(() => {
    if (held) return;
    const timer = window.setTimeout(() => void dismiss({ exportId }), STAYS_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [held, dismiss, exportId]);

  const hold = () => {
    setHeld(true);
  };
  const release = () => {
    setHeld(false);
  };
  return (
    <div
      className={styles['toast']}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      <CircleCheck size={18} strokeWidth={1.75} aria-hidden="true" className={styles['tick']} />
      <p className={styles['sentence']}>{sentence}</p>
      <Key size="small" onPress={() => void show({ exportId })}>
        {text('save.show')}
      </Key>
    </div>
  );
}
