import { text } from '../../preload/contract/messages/text.ts';
import { diagnose } from '../engine/diagnose.ts';
import { systemClock } from '../base/clock.ts';
import type { CommandOf } from './command.ts';
import type { Context } from './context.ts';
import { checkDisk } from './disk-check.ts';
import { type CheckLine, lineFor } from './doctor-lines.ts';
import { writeReport } from './doctor-report.ts';
import { EXIT_ANSWER_IS_NO, EXIT_DONE } from './exit-code.ts';
import { apiUrlOf, tokenOf } from './sign-in.ts';

/**
 * `doctor`: one line for each check, a cure for each failure; the answer is no when any failed. Writes the report when
 * one is asked for, whatever the checks say.
 */
export async function examine(command: CommandOf<'doctor'>, context: Context): Promise<number> {
  const { report } = command;
  if (report === null) return runChecks(command, context);
  try {
    const answer = await runChecks(command, context);
    return Math.max(answer, await writeReport(report, context));
  } catch (error) {
    await writeReport(report, context);
    throw error;
  }
}

async function runChecks(command: CommandOf<'doctor'>, context: Context): Promise<number> {
  const { env, log, interrupts, folders, output } = context;
  const apiUrl = apiUrlOf(command, env);
  const token = await tokenOf(command, context);
  const { channelId } = command;
  const onListening = (seconds: number): void => {
    output.say(text('cli.doctor.listening', { seconds }));
  };
  const options = { apiUrl, token, channelId, log, clock: systemClock, onListening };
  const told: CheckLine[] = [];
  const tell = (line: CheckLine): void => {
    told.push(line);
    output.event({ event: 'check', name: line.name, ok: line.ok, message: line.message });
    output.say(`${markOf(line.ok)}  ${line.name}: ${line.message}`);
  };
  for await (const check of diagnose(options, interrupts.first)) {
    if (check.name === 'interactions') tell(await checkDisk(folders.library));
    tell(lineFor(check));
  }
  return told.some(({ ok }) => ok === false) ? EXIT_ANSWER_IS_NO : EXIT_DONE;
}

/** All marks are as wide as the widest. */
function markOf(ok: CheckLine['ok']): string {
  const good = text('cli.doctor.ok');
  const failed = text('cli.doctor.failed');
  const skipped = text('cli.doctor.skipped');
  const mark = ok === 'skipped' ? skipped : ok ? good : failed;
  return mark.padEnd(Math.max(good.length, failed.length, skipped.length));
}
