import { openRecording } from '../recording/library.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { text } from '../../preload/contract/messages/text.ts';
import type { Context } from './context.ts';
import { problemOf } from './report.ts';
import { runExport } from './run-export.ts';

/**
 * `record --export wav`: exports the closed recording into its own folder, whatever ended it: also after a fault, and
 * after a disk error, where another file may still be written. A signal later than 2 s after the first cancels the
 * export, with a warning; nothing half-written stays. Never throws: the failure, or null when there is none.
 */
export async function exportAfterRecording(
  { folder, mixdown }: { readonly folder: string; readonly mixdown: boolean },
  context: Context,
): Promise<Problem | null> {
  const { interrupts, log } = context;
  try {
    const recording = await openRecording(folder, context.folders.settings);
    const whole = { tracks: null, from: 0, to: recording.manifest.samples, out: null };
    const { again, fault } = interrupts;
    const signal = fault.aborted ? again : AbortSignal.any([again, fault]);
    await runExport({ recording, mixdown, ...whole }, context, signal);
    return null;
  } catch (error) {
    const problem = problemOf(error);
    log.warn('export on stop failed', { code: problem.code, error: String(error) });
    if (!interrupts.again.aborted) return problem;
    warn('export-cancelled', text('warning.export-cancelled'), context);
    return null;
  }
}

/** Tells a warning in both forms: as an event, and as a line on stderr. */
export function warn(code: string, message: string, { output }: Pick<Context, 'output'>): void {
  output.event({ event: 'warning', code, message });
  output.complain(message);
}
