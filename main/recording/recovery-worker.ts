import { parentPort, workerData } from 'node:worker_threads';
import { recoverLibrary } from './library.ts';
import type { DeadRecordings, NotRecovered } from './recover-in-worker.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- only recover-in-worker.ts starts this file
const { libraryFolder, settingsFolder } = workerData as DeadRecordings;
const onFailure = (folder: string, { message }: Error): void => {
  const failure: NotRecovered = { folder, message };
  parentPort?.postMessage(failure);
};
await recoverLibrary(libraryFolder, onFailure, settingsFolder);
