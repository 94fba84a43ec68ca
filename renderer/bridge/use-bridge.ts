import { createContext, use, useCallback, useSyncExternalStore } from 'react';
import type { CommandInput, CommandName, CommandOutput } from '../../preload/contract/commands.ts';
import type { RecordingSnapshot } from '../../preload/contract/library.ts';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import type { Connection } from './connection.ts';
import type { LevelStore } from './level-store.ts';

export const ConnectionContext = createContext<Connection | null>(null);

export function useConnection(): Connection {
  const connection = use(ConnectionContext);
  if (connection === null) throw new Error('there is no connection around this component');
  return connection;
}

/** The latest snapshot; null until the first has come. */
export function useFirstSnapshot(): Snapshot | null {
  const { snapshots } = useConnection();
  return useSyncExternalStore(snapshots.subscribe, snapshots.get);
}

/** The latest snapshot, for components that are rendered only when there is one. */
export function useSnapshot(): Snapshot {
  const snapshot = useFirstSnapshot();
  if (snapshot === null) throw new Error('no snapshot has come yet');
  return snapshot;
}

/** The recordings of the library, newest first; renders only when one of them has changed. */
export function useLibrary(): readonly RecordingSnapshot[] {
  const { library } = useConnection();
  return useSyncExternalStore(library.subscribe, library.get);
}

/** A value of the levels that renders only when it changes: `read` must return a primitive. */
export function useLevel<Value extends string | number | boolean | null>(
  read: (levels: LevelStore) => Value,
): Value {
  const { levels } = useConnection();
  return useSyncExternalStore(levels.subscribe, () => read(levels));
}

/** Sends that command and resolves with its answer. */
export function useCommand<Name extends CommandName>(
  name: Name,
): (input: CommandInput<Name>) => Promise<CommandOutput<Name>> {
  const { invoke } = useConnection();
  return useCallback((input: CommandInput<Name>) => invoke(name, input), [invoke, name]);
}
