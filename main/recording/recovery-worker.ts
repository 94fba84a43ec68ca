import { parentPort, workerData } from 'node:worker_threads';
import { recoverLibrary } from './library.ts';
import type { NotRecovered } from './recover-in-worker.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- only recover-in-worker.ts starts this file
const libraryFolder = workerData as string;
await recoverLibrary(libraryFolder, (folder, { message }) => {
  const failure: NotRecovered = { folder, message };
  parentPort?.postMessage(failure);
});
