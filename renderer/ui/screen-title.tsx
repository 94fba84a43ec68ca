import { createContext, use, useEffect, useRef, type ReactNode } from 'react';
import styles from './screen-title.module.css';

/** Number of screens opened so far; 0 before the first change. */
export const VisitContext = createContext(0);

/** The heading of a screen: it takes the focus whenever the screen is opened. */
export function ScreenTitle({ children }: { readonly children: ReactNode }): ReactNode {
  const visit = use(VisitContext);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (visit > 0) title.current?.focus({ preventScroll: true });
  }, [visit]);
  return (
    <h1 ref={title} tabIndex={-1} className={styles['title']}>
      {children}
    </h1>
  );
}
