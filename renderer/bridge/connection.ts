import type { Bridge } from '../../preload/contract/bridge.ts';
import { LevelStore } from './level-store.ts';
import { LibraryStore } from './library-store.ts';
import { SnapshotStore } from './snapshot-store.ts';

/** The bridge and the stores of what main sent last. */
export interface Connection {
  readonly invoke: Bridge['invoke'];
  readonly snapshots: SnapshotStore;
  readonly library: LibraryStore;
  readonly levels: LevelStore;
  readonly close: () => void;
}

/** Listens to the bridge's events and sends `window.ready`, which main answers with everything. */
export function connect(bridge: Bridge): Connection {
  const snapshots = new SnapshotStore();
  const library = new LibraryStore();
  const levels = new LevelStore();
  const stops = [
    bridge.on('snapshot', (snapshot) => {
      if (snapshot.session.kind === 'joining') levels.clear();
      snapshots.set(snapshot);
    }),
    bridge.on('library', (change) => {
      library.accept(change);
    }),
    bridge.on('levels', (batch) => {
      levels.accept(batch);
    }),
  ];
  void bridge.invoke('window.ready', {});
  return {
    invoke: bridge.invoke,
    snapshots,
    library,
    levels,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
