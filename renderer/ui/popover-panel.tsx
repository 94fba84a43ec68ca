import { useSyncExternalStore, type ReactNode } from 'react';
import { Dialog, Popover } from 'react-aria-components';
import styles from './popover-panel.module.css';

interface PopoverPanelProps {
  /** Names it where its contents have no title of their own. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** What a key or badge opens below itself: Escape or a press elsewhere closes it, and the focus goes back. */
export function PopoverPanel({ label, children }: PopoverPanelProps): ReactNode {
  const screen = useScreen();
  return (
    <Popover
      placement="bottom end"
      offset={6}
      className={styles['popover'] ?? ''}
      {...(screen === null ? {} : { boundaryElement: screen })}
    >
      <Dialog
        className={styles['dialog'] ?? ''}
        {...(label === undefined ? {} : { 'aria-label': label })}
      >
        {children}
      </Dialog>
    </Popover>
  );
}

/** The screen it stays within, so that it never covers the keys of the strip below; null before it is in the page. */
function useScreen(): Element | null {
  return useSyncExternalStore(neverChanges, () => document.querySelector('main'));
}

function neverChanges(): () => void {
  return () => undefined;
}
