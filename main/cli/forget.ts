import { text } from '../../preload/contract/messages/text.ts';
import { outsideText } from '../../preload/contract/outside-text.ts';
import { forgetPerson } from '../recording/forget/forget.ts';
import type { Leaving } from '../recording/forget/leaving.ts';
import { askYes } from './ask-yes.ts';
import type { CommandOf } from './command.ts';
import { type Context, typedPath } from './context.ts';
import { EXIT_ANSWER_IS_NO, EXIT_DONE } from './exit-code.ts';
import { readTyped } from './typed-recording.ts';
import { BadUsage } from './usage-error.ts';

/** `forget RECORDING --user ID`. Throws UsageError, ForgetError and StorageError. */
export async function forget(command: CommandOf<'forget'>, context: Context): Promise<number> {
  const { output, interrupts } = context;
  const { userId, yes } = command;
  if (!yes && !process.stdin.isTTY)
    throw new BadUsage('usage.cannot-ask', { command: command.name, option: '--yes' });
  const folder = typedPath(context, command.recording);
  const confirm = async ({ names, tracks }: Leaving): Promise<boolean> => {
    if (yes) return true;
    const name = names.at(0) ?? userId;
    output.say(text('cli.forget.question', { name, folder, tracks: tracks.length }));
    return askYes(process.stdin, interrupts.first);
  };
  const settingsFolder = context.folders.settings;
  const forgotten = await readTyped(folder, (each) =>
    forgetPerson(each, { userId, settingsFolder }, confirm),
  );
  if (forgotten === null) {
    output.say(text('cli.forget.not-done'));
    return EXIT_ANSWER_IS_NO;
  }
  const { files, unsure, manifest } = forgotten;
  output.event({ event: 'forgotten', userId, files, unsure, samples: manifest.samples });
  const head = text(files.length === 0 ? 'cli.forget.done-before' : 'cli.forget.done');
  output.say([head, ...lines(files)].join('\n'));
  if (unsure.length > 0) output.say([text('cli.forget.unsure'), ...lines(unsure)].join('\n'));
  output.say(text('cli.forget.elsewhere'));
  return EXIT_DONE;
}

function lines(files: readonly string[]): string[] {
  return files.map((file) => `  ${outsideText(file)}`);
}
