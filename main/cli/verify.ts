import { text } from '../../preload/contract/messages/text.ts';
import { verifyRecording } from '../recording/verify.ts';
import type { CommandOf } from './command.ts';
import { type Context, typedPath } from './context.ts';
import { EXIT_ANSWER_IS_NO, EXIT_DONE } from './exit-code.ts';
import { readTyped } from './typed-recording.ts';

/** `verify RECORDING`: every byte read back. Throws StorageError for a folder that is none. */
export async function verify(command: CommandOf<'verify'>, context: Context): Promise<number> {
  const { output } = context;
  const folder = typedPath(context, command.recording);
  const { ok, files, findings } = await readTyped(folder, verifyRecording);
  for (const { file, offset, message } of findings) {
    output.event({ event: 'finding', file, offset, message });
    output.say(
      offset === null
        ? text('cli.verify.finding', { file, message })
        : text('cli.verify.finding.at', { file, offset, message }),
    );
  }
  output.event({ event: 'verified', ok, files });
  output.say(
    ok
      ? text('cli.verify.good', { count: files })
      : text('cli.verify.bad', { count: findings.length }),
  );
  return ok ? EXIT_DONE : EXIT_ANSWER_IS_NO;
}
