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
    output.say(`${file}${offset === null ? '' : ` at byte ${String(offset)}`}: ${message}`);
  }
  output.event({ event: 'verified', ok, files });
  output.say(
    ok
      ? `All is well in ${String(files)} files.`
      : `Something is wrong: ${String(findings.length)} findings.`,
  );
  return ok ? EXIT_DONE : EXIT_ANSWER_IS_NO;
}
