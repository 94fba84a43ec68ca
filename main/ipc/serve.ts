import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import type { Log } from '../base/log.ts';
import { commands } from '../../preload/contract/commands.ts';
import type { CommandName } from '../../preload/contract/commands.ts';
import { answerCommand } from './answer.ts';
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
    ipcMain.handle(name, (event, input: unknown) => {
      const from = isOurs(event, options) ? 'our-page' : 'a-stranger';
      return answerCommand({ from, name, input }, options);
    });
  }
  return () => {
    for (const name of names) ipcMain.removeHandler(name);
  };
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
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
