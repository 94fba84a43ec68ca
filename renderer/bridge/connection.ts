import type { Bridge } from '../../preload/contract/bridge.ts';
import type { RecordingSessionSnapshot, Snapshot } from '../../preload/contract/snapshot.ts';
import { LevelStore } from './level-store.ts';
import { LibraryStore } from './library-store.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { continueStory, EMPTY_STORY, type Story } from './story.ts';

/** The border with what the page remembers of it. */
export interface Connection {
  readonly invoke: Bridge['invoke'];
  readonly snapshots: SnapshotStore;
  readonly library: LibraryStore;
  readonly levels: LevelStore;
  readonly story: () => Story;
  readonly close: () => void;
}

/** Listens to the border and asks for everything that it tells. */
export function connect(bridge: Bridge, now: () => number = Date.now): Connection {
  const snapshots = new SnapshotStore();
  const library = new LibraryStore();
  const levels = new LevelStore();
  let story = EMPTY_STORY;

  const receive = (snapshot: Snapshot) => {
    const before = recordingOf(snapshots.get());
    const after = recordingOf(snapshot);
    if (snapshot.session.kind === 'joining') levels.clear();
    if (after !== null) {
      story = continueStory(story, { before, after, samples: levels.samples, nowMs: now() });
    }
    snapshots.set(snapshot);
  };
  const stops = [
    bridge.on('snapshot', receive),
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
    story: () => story,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}

function recordingOf(snapshot: Snapshot | null): RecordingSessionSnapshot | null {
  const session = snapshot?.session;
  return session?.kind === 'recording' || session?.kind === 'stopping' ? session : null;
}
