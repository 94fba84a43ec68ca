import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | null = null;

/** Frees the memory of all that nothing refers to any more. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- what that flag puts into a new context
  collect ??= runInNewContext('gc') as () => void;
  collect();
}
