import type { Log } from '../base/log.ts';
import { type Folders, typedInFolder } from '../settings/folders.ts';
import type { Interrupts } from './interrupts.ts';
import type { Output } from './output.ts';
import path from 'node:path';

/** What every command works with, beside its own options. */
export interface Context {
  readonly output: Output;
  readonly interrupts: Pick<Interrupts, 'first' | 'again' | 'fault'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folders: Folders;
  readonly log: Log;
  /** Resolves when the flight record of this run so far is on the disk. */
  readonly finishFlight: () => Promise<void>;
  readonly appVersion: string;
}

/** An absolute path; a relative one is taken from the folder the command was typed in. */
export function typedPath({ env }: Pick<Context, 'env'>, typed: string): string {
  return path.resolve(typedInFolder(env), typed);
}

/** The folder that holds recordings' folders: `--out`, else the usual one. */
export function libraryFolder(
  context: Pick<Context, 'env' | 'folders'>,
  out: string | null,
): string {
  return out === null ? context.folders.library : typedPath(context, out);
}
