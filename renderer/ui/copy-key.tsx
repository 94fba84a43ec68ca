import { Check, Copy } from 'lucide-react';
import { use, useEffect, useState, type ReactNode } from 'react';
import { AnnouncerContext } from './announcer.tsx';
import styles from './copy-key.module.css';
import { Key } from './key.tsx';

/** How long the key says that it has copied. */
const COPIED_MS = 3000;

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface CopyKeyProps {
  readonly label: string;
  /** What it says in its place for a moment, and aloud. */
  readonly copied: string;
  readonly onCopy: () => Promise<{ readonly ok: boolean }>;
}

/** A key that has main copy something, and says so. */
export function CopyKey({ label, copied, onCopy }: CopyKeyProps): ReactNode {
  const announcer = use(AnnouncerContext);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = window.setTimeout(() => {
      setCopied(false);
    }, COPIED_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [isCopied]);
  const onPress = async () => {
    const { ok } = await onCopy();
    if (!ok) return;
    setCopied(true);
    announcer.polite(copied);
  };
  return (
    <Key size="small" onPress={() => void onPress()}>
      <span className={styles['face']}>
        {isCopied ? <Check {...ICON} /> : <Copy {...ICON} />}
        {isCopied ? copied : label}
      </span>
    </Key>
  );
}
