import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { commands } from '../../preload/contract/commands.ts';
import type { CommandName } from '../../preload/contract/commands.ts';
import type { CommandHandlers } from './commands.ts';

export interface ServeOptions {
  readonly handlers: CommandHandlers;
  /** The only origin whose commands count, such as `app://tapedeck`. */
  readonly origin: string;
  readonly window: () => WebContents | null;
  readonly log: Log;
}

/**
 * Answers every command of the contract. What does not come from our own window's top frame, or does not fit the
 * contract's schema, is refused with `bad-request` before any work is done; what a handler throws never crosses the
 * border. The result ends it.
 */
export function serveCommands(options: ServeOptions): () => void {
  const names = Object.keys(commands).filter(isCommandName);
  for (const name of names) {
    ipcMain.handle(name, (event, input: unknown) => answer(name, { event, input }, options));
  }
  return () => {
    for (const name of names) ipcMain.removeHandler(name);
  };
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

async function answer(
  name: CommandName,
  { event, input }: { readonly event: IpcMainInvokeEvent; readonly input: unknown },
  options: ServeOptions,
): Promise<unknown> {
  const parsed = commands[name].input.safeParse(input);
  if (!isOurs(event, options) || !parsed.success) {
    options.log.warn('command refused', { name });
    throw new Error('bad-request');
  }
  try {
    // One handler for each name; TypeScript cannot see that name and input belong together.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- parsed by this name's own schema
    const handle = options.handlers[name] as (given: unknown) => unknown;
    return commands[name].output.parse(await handle(parsed.data));
  } catch (error) {
    options.log.error('command failed', { name, error: toError(error).stack });
    throw new Error('fault', { cause: error });
  }
}

function isOurs({ sender, senderFrame }: IpcMainInvokeEvent, options: ServeOptions): boolean {
  const window = options.window();
  return (
    window !== null &&
    sender === window &&
    senderFrame !== null &&
    senderFrame === window.mainFrame &&
    senderFrame.origin === options.origin
  );
}
