import { text } from '../../preload/contract/messages/text.ts';
import { formatClock } from '../base/format-time.ts';
import { verifyRecording } from '../recording/verify.ts';
import type { CommandOf } from './command.ts';
import { type Context, typedPath } from './context.ts';
import { EXIT_ANSWER_IS_NO, EXIT_DONE } from './exit-code.ts';
import { readTyped } from './typed-recording.ts';

/** What is said of a seal, by whose key it is signed. */
const SEALED = {
  'this-installation': 'cli.verify.sealed.own',
  'another-installation': 'cli.verify.sealed.other',
  nobody: 'cli.verify.sealed.unsigned',
} as const;

/** `verify RECORDING`: every byte read back. Throws StorageError for a folder that is none. */
export async function verify(command: CommandOf<'verify'>, context: Context): Promise<number> {
  const { output } = context;
  const folder = typedPath(context, command.recording);
  const { ok, files, findings, sealedUntil, signedBy } = await readTyped(folder, (typed) =>
    verifyRecording(typed, context.folders.settings),
  );
  for (const { file, offset, message } of findings) {
    output.event({ event: 'finding', file, offset, message });
    output.say(
      offset === null
        ? text('cli.verify.finding', { file, message })
        : text('cli.verify.finding.at', { file, offset, message }),
    );
  }
  const signed = signedBy !== null;
  output.event({ event: 'verified', ok, files, sealedUntil, signed, signedBy });
  output.say(
    ok
      ? text('cli.verify.good', { count: files })
      : text('cli.verify.bad', { count: findings.length }),
  );
  if (sealedUntil === null) output.say(text('cli.verify.no-seal'));
  else output.say(text(SEALED[signedBy ?? 'nobody'], { until: formatClock(sealedUntil) }));
  return ok ? EXIT_DONE : EXIT_ANSWER_IS_NO;
}
