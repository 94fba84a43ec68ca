import { useCallback, useSyncExternalStore } from 'react';

/** Wall clock in milliseconds, cut to whole steps of `stepMs`; renders once a step. */
export function useNow(stepMs: number): number {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const timer = window.setInterval(onChange, stepMs);
      return () => {
        window.clearInterval(timer);
      };
    },
    [stepMs],
  );
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / stepMs) * stepMs);
}
