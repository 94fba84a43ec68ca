import { useCallback, useSyncExternalStore } from 'react';

/** A window at 200 % text: style sheets fold at the same width. */
export const NARROW = '(width < 760px)';

/** Whether that media query holds; renders when it changes. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', onChange);
      return () => {
        media.removeEventListener('change', onChange);
      };
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
