import { Check, Copy } from 'lucide-react';
import { use, useEffect, useState, type ReactNode } from 'react';
import { useCommand } from '../bridge/use-bridge.ts';
import { AnnouncerContext } from '../ui/announcer.tsx';
import { Key } from '../ui/key.tsx';
import { text } from '../ui/text.tsx';
import styles from './copy-code-key.module.css';

/** How long the key says that it has copied. */
const COPIED_MS = 3000;

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Puts the call's whole code on the clipboard, and says so. */
export function CopyCodeKey(): ReactNode {
  const copy = useCommand('session.copy-code');
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
    const { ok } = await copy({});
    if (!ok) return;
    setCopied(true);
    announcer.polite(text('code.copied'));
  };
  return (
    <Key size="small" onPress={() => void onPress()}>
      <span className={styles['face']}>
        {isCopied ? <Check {...ICON} /> : <Copy {...ICON} />}
        {text(isCopied ? 'code.copied' : 'code.copy')}
      </span>
    </Key>
  );
}
