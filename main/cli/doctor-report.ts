import os from 'node:os';
import { replaceFile } from '../base/replace-file.ts';
import { systemErrorCode } from '../base/errors.ts';
import { makeReport } from '../flight/report.ts';
import { text } from '../../preload/contract/messages/text.ts';
import { type Context, typedPath } from './context.ts';
import { EXIT_DONE, exitCodeOf } from './exit-code.ts';

/** `doctor --report`: writes the newest flight records, this run's included. Returns the exit code; says what it did. */
export async function writeReport(typed: string, context: Context): Promise<number> {
  const { folders, output, finishFlight } = context;
  const file = typedPath(context, typed);
  await finishFlight();
  const { logs, library: libraryFolder } = folders;
  try {
    const report = await makeReport({ logs, homeFolder: os.homedir(), libraryFolder });
    await replaceFile(file, report);
  } catch (error) {
    const code = systemErrorCode(error) ?? 'unknown';
    const message = text('cli.doctor.report.failed', { file, code });
    output.event({ event: 'error', code: 'disk-error', message });
    output.complain(message);
    return exitCodeOf('disk-error');
  }
  output.say(text('cli.doctor.report', { file }));
  return EXIT_DONE;
}
