import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { commands, type CommandName } from '../../preload/contract/commands.ts';
import type { CommandHandlers } from './commands.ts';

/** A command as it came: whose it is was looked at, what it asks for was not. */
export interface AskedCommand {
  readonly from: 'our-page' | 'a-stranger';
  readonly name: CommandName;
  readonly input: unknown;
}

/**
 * Parses the input by the command's own schema and hands it on. Throws `bad-request` before any work is done, or
 * `fault`; what a handler throws never crosses the border.
 */
export async function answerCommand(
  { from, name, input }: AskedCommand,
  to: { readonly handlers: CommandHandlers; readonly log: Log },
): Promise<unknown> {
  const parsed = commands[name].input.safeParse(input);
  if (from !== 'our-page' || !parsed.success) {
    to.log.warn('command refused', { name });
    throw new Error('bad-request');
  }
  try {
    // One handler for each name; TypeScript cannot see that name and input belong together.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- parsed by this name's own schema
    const handle = to.handlers[name] as (given: unknown) => unknown;
    return commands[name].output.parse(await handle(parsed.data));
  } catch (error) {
    to.log.error('command failed', { name, error: toError(error).stack });
    throw new Error('fault', { cause: error });
  }
}
