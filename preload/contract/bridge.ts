import type { CommandInput, CommandName, CommandOutput } from './commands.ts';
import type { EventName, Events } from './events.ts';

/** All that the page has of main: `window.tapedeck`. */
export interface Bridge {
  /** Resolves with the command's answer; rejects only when the input does not fit the contract. */
  readonly invoke: <Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
  ) => Promise<CommandOutput<Name>>;
  /** Calls `listener` for every such event; the result ends that. */
  readonly on: <Name extends EventName>(
    name: Name,
    listener: (payload: Events[Name]) => void,
  ) => () => void;
}
