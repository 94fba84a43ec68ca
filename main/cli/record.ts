import type { Problem } from '../../preload/contract/error-codes.ts';
import { abortable, sleep } from '../base/wait.ts';
import type { Engine } from '../engine/engine.ts';
import { endProblem, failureOf } from '../engine/error-code.ts';
import { recoverInWorker } from '../recording/recover-in-worker.ts';
import type { Session } from '../session/session.ts';
import type { SessionEvent, StopReason } from '../session/session-event.ts';
import type { CommandOf } from './command.ts';
import type { Context } from './context.ts';
import { EXIT_DONE, exitCodeOf } from './exit-code.ts';
import { exportAfterRecording, warn } from './export-after-recording.ts';
import { problemText, text } from '../../preload/contract/messages/text.ts';
import { RecordStatus } from './record-status.ts';
import { reportFault, tellFailure } from './report.ts';
import { withEngine } from './sign-in.ts';

/** After a fault closing gets 4 s, because the fault may be what keeps it from ending. */
const FAULT_CLOSE_MS = 4_000;

/** Records until the duration, a signal or a final loss; then exports when asked to. Throws only before `joined`. */
export async function record(command: CommandOf<'record'>, context: Context): Promise<number> {
  const { output, interrupts } = context;
  const ended = await withEngine(command, context, (engine) =>
    recordWith(engine, command, context),
  );
  const { folder, reason, loss } = ended;
  const exported =
    command.exportFormats.length > 0
      ? await exportAfterRecording({ folder, mixdown: command.mixdown }, context)
      : null;
  if (interrupts.fault.aborted) return reportFault(interrupts.fault.reason, context);
  if (loss !== null && exported !== null) warn(exported.code, problemText(exported), context);
  const failure = loss ?? exported;
  if (failure === null) return EXIT_DONE;
  tellFailure(failure, output);
  // A recording that ended has the exit code of its end, whatever sentence Discord's refusal gives.
  return exitCodeOf(failureOf(reason) ?? failure.code);
}

async function recordWith(
  engine: Engine,
  command: CommandOf<'record'>,
  { output, interrupts, log, folders }: Context,
): Promise<{ folder: string; reason: StopReason; loss: Problem | null }> {
  using status = new RecordStatus(output);
  const early = AbortSignal.any([interrupts.first, interrupts.fault]);
  const onEvent = (event: SessionEvent): void => {
    output.event({ ...event });
    status.show(event);
  };
  const { channelId, durationSeconds, noNotice, ask, onMove, exclude } = command;
  const minutes = command.stopWhenEmptyMinutes;
  const request = {
    channelId,
    onMove,
    exclude,
    onEvent,
    notice: noNotice ? 'none' : 'given',
    asksFirst: ask,
    stopWhenEmptyMs: minutes === null ? null : minutes * 60_000,
  } as const;
  const session = await engine.record(request, early);
  const { libraryFolder } = engine;
  const dead = { libraryFolder, settingsFolder: folders.settings };
  recoverInWorker(dead, ({ folder, message }) =>
    log.warn('not recovered', { folder, error: message }),
  );
  const names = session.view().leftOut.map(({ name }) => name);
  if (names.length > 0) output.complain(text('cli.record.left-out', { names: names.join(', ') }));
  status.follow(session);
  const { reason } = await untilStopped(session, { durationSeconds, interrupts });
  log.info('recording closed', { reason });
  return { folder: session.folder, reason, loss: endProblem(reason, session.view()) };
}

/** Ends the recording when the time is up, at the first signal, or at an exception that nobody caught. */
async function untilStopped(
  session: Session,
  {
    durationSeconds,
    interrupts,
  }: Pick<CommandOf<'record'>, 'durationSeconds'> & Pick<Context, 'interrupts'>,
): Promise<SessionEvent<'stopped'>> {
  const over = new AbortController();
  const gaveUp = new AbortController();
  const stopFor = (reason: StopReason) => (): void => void session.stop(reason);
  whenAborted(interrupts.first, stopFor('user'));
  whenAborted(interrupts.fault, () => {
    stopFor('fault')();
    // Closing may be what broke: the recording is then recovered when the library is next opened.
    void sleep(FAULT_CLOSE_MS, over.signal).then(
      () => gaveUp.abort(new Error('not closed after a fault')),
      () => undefined,
    );
  });
  if (durationSeconds !== null)
    void longSleep(durationSeconds * 1000, over.signal).then(stopFor('duration'), () => undefined);
  try {
    return await abortable(session.finished, gaveUp.signal);
  } finally {
    over.abort(new Error('recording over'));
  }
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

/** A timer holds at most 2³¹ − 1 ms, 24.8 days. */
async function longSleep(delayMs: number, signal: AbortSignal): Promise<void> {
  const step = 1_000_000_000;
  for (let leftMs = delayMs; leftMs > 0; leftMs -= step)
    await sleep(Math.min(leftMs, step), signal);
}
