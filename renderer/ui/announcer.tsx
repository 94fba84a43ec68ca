import { createContext, useEffect, useState, type ReactNode } from 'react';
import styles from './announcer.module.css';

/** Two messages of one region are at least this far apart. */
const APART_MS = 2000;

/** Announcements for screen readers: alerts are never dropped, of polite messages only the newest is kept. */
export class Announcer {
  readonly #listeners = new Set<() => void>();
  #polite: string | null = null;
  #alerts: readonly string[] = [];

  polite(message: string): void {
    this.#polite = message;
    this.#tell();
  }

  alert(message: string): void {
    this.#alerts = [...this.#alerts, message];
    this.#tell();
  }

  /** The next message of that region, which then counts as said; null when there is none. */
  take(region: 'polite' | 'alert'): string | null {
    if (region === 'polite') {
      const message = this.#polite;
      this.#polite = null;
      return message;
    }
    const message = this.#alerts[0] ?? null;
    this.#alerts = this.#alerts.slice(1);
    return message;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The announcer of the page. */
export const AnnouncerContext = createContext(new Announcer());

/** Both live regions, which must be in the page from the start. */
export function LiveRegions({ announcer }: { readonly announcer: Announcer }): ReactNode {
  return (
    // The attribute keeps React Aria from silencing the regions while a dialog or popover is open.
    <div data-live-announcer="true" className={styles['regions']}>
      <div role="status">{useRegion(announcer, 'polite')}</div>
      <div role="alert">{useRegion(announcer, 'alert')}</div>
    </div>
  );
}

function useRegion(announcer: Announcer, region: 'polite' | 'alert'): string {
  const [message, setMessage] = useState('');
  useEffect(() => {
    let timer: number | null = null;
    const next = () => {
      timer = null;
      const taken = announcer.take(region);
      if (taken === null) return;
      setMessage(taken);
      timer = window.setTimeout(next, APART_MS);
    };
    timer = window.setTimeout(next, 0); // messages from before this region was in the page
    const stop = announcer.subscribe(() => {
      if (timer === null) timer = window.setTimeout(next, 0);
    });
    return () => {
      stop();
      if (timer !== null) window.clearTimeout(timer);
    };
  }, [announcer, region]);
  return message;
}
