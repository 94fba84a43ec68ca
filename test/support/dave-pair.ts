import { onTestFinished } from 'vitest';
import { DaveCrowd } from './dave-crowd.ts';
import type { DaveClient } from './dave-crowd.ts';

export interface DavePair {
  readonly crowd: DaveCrowd;
  readonly ann: DaveClient;
  readonly ben: DaveClient;
}

/** Two sessions in one group; closed when the test ends. */
export function davePair(): DavePair {
  const crowd = new DaveCrowd();
  onTestFinished(() => crowd[Symbol.dispose]());
  const [ann, ben] = [crowd.join(), crowd.join()];
  crowd.deliverAll();
  return { crowd, ann, ben };
}
