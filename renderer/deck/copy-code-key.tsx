import type { ReactNode } from 'react';
import { useCommand } from '../bridge/use-bridge.ts';
import { CopyKey } from '../ui/copy-key.tsx';
import { text } from '../ui/text.tsx';

/** Puts the call's whole code on the clipboard, and says so. */
export function CopyCodeKey(): ReactNode {
  const copy = useCommand('session.copy-code');
  return <CopyKey label={text('code.copy')} copied={text('code.copied')} onCopy={() => copy({})} />;
}
