import { useSyncExternalStore, type ReactNode } from 'react';
import { Dialog, Popover } from 'react-aria-components';
import styles from './popover-panel.module.css';

interface PopoverPanelProps {
  /** Names it where its contents have no title of their own. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A panel that a key or badge opens below itself; Escape or a press elsewhere closes it and returns the focus. */
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

/** The screen within which the panel stays, so that it never covers the strip's keys; null before it is in the page. */
function useScreen(): Element | null {
  return useSyncExternalStore(neverChanges, () => document.querySelector('main'));
}

function neverChanges(): () => void {
  return () => undefined;
}
