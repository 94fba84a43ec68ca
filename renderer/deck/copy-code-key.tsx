import { Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCommand } from '../bridge/use-bridge.ts';
import { DoneKey } from '../ui/done-key.tsx';
import { text } from '../ui/text.tsx';

/** Puts the call's whole code on the clipboard, and says so. */
export function CopyCodeKey(): ReactNode {
  const copy = useCommand('session.copy-code');
  return (
    <DoneKey
      icon={Copy}
      label={text('code.copy')}
      done={text('code.copied')}
      act={async () => (await copy({})).ok}
    />
  );
}
