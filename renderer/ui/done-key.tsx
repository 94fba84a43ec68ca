import { Check, type LucideIcon } from 'lucide-react';
import { use, useEffect, useState, type ReactNode } from 'react';
import { AnnouncerContext } from './announcer.tsx';
import styles from './done-key.module.css';
import { Key } from './key.tsx';

/** How long the key says that it is done. */
const DONE_MS = 3000;

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface DoneKeyProps {
  readonly icon: LucideIcon;
  readonly label: string;
  /** What it says in its place for a moment, and aloud. */
  readonly done: string;
  /** Resolves with true when there is something to say. */
  readonly act: () => Promise<boolean>;
}

/** A key that has main do something that shows nowhere else, such as copying, and says so. */
export function DoneKey({ icon: Icon, label, done, act }: DoneKeyProps): ReactNode {
  const announcer = use(AnnouncerContext);
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = window.setTimeout(() => {
      setDone(false);
    }, DONE_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [isDone]);
  const onPress = async () => {
    if (!(await act())) return;
    setDone(true);
    announcer.polite(done);
  };
  return (
    <Key size="small" onPress={() => void onPress()}>
      <span className={styles['face']}>
        {isDone ? <Check {...ICON} /> : <Icon {...ICON} />}
        {isDone ? done : label}
      </span>
    </Key>
  );
}
