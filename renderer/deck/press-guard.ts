import { useEffect, useRef } from 'react';

/** A click this soon after the window got the focus was meant to focus it. */
const ACTIVATION_MS = 300;

/** How long a key ignores presses after its meaning changed, so that a double click does not press it twice. */
export const DEAF_MS = { cancel: 600, stop: 1500, pause: 600 } as const;

/** Tells whether a press counts, when it comes. */
export interface PressGuard {
  /** `byPointer` is false for a press by keyboard or assistive technology. */
  readonly counts: (byPointer: boolean) => boolean;
}

/** Guards a key that ignores presses for `deafMs` after `meaning` changed; with 0 every press counts. */
export function usePressGuard(meaning: string, deafMs: number): PressGuard {
  const since = useRef({ meaning: '', atMs: -Infinity });
  const activatedAt = useRef(-Infinity);
  useEffect(() => {
    since.current = { meaning, atMs: performance.now() };
  }, [meaning]);
  useEffect(() => {
    const onFocus = () => {
      activatedAt.current = performance.now();
    };
    window.addEventListener('focus', onFocus);
    return () => {
      window.removeEventListener('focus', onFocus);
    };
  }, []);
  return {
    counts: (byPointer) => {
      const now = performance.now();
      if (deafMs > 0 && byPointer && now - activatedAt.current < ACTIVATION_MS) return false;
      return now - since.current.atMs >= deafMs;
    },
  };
}
