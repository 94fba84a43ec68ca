import type { Problem } from '../../preload/contract/error-codes.ts';
import { abortable, sleep } from '../base/wait.ts';
import type { Engine } from '../engine/engine.ts';
import { refusalProblem } from '../engine/error-code.ts';
import { recoverLibrary } from '../recording/library.ts';
import type { Session } from '../session/session.ts';
import type { SessionEvent, StopReason } from '../session/session-event.ts';
import type { RecordCommand } from './command.ts';
import type { Context } from './context.ts';
import { EXIT_DONE, exitCodeOf, failureOf } from './exit-code.ts';
import { exportAfterRecording, warn } from './export-after-recording.ts';
import { messageFor } from './message.ts';
import { RecordStatus } from './record-status.ts';
import { reportFault } from './report.ts';
import { withEngine } from './sign-in.ts';

/** How long closing may take after a fault of ours. */
const FAULT_CLOSE_MS = 4_000;

/** Records until the duration, a signal or a final loss; then exports when asked to. Throws only before `joined`. */
export async function record(command: RecordCommand, context: Context): Promise<number> {
  const { output, interrupts } = context;
  const ended = await withEngine(command, context, (engine) =>
    recordWith(engine, command, context),
  );
  const { folder, reason, refusal } = ended;
  const exported =
    command.exportWav && canWriteAfter(reason)
      ? await exportAfterRecording({ folder, mixdown: command.mixdown }, context)
      : null;
  if (interrupts.fault.aborted) return reportFault(interrupts.fault.reason, context);
  const loss = failureOf(reason);
  if (loss !== null && exported !== null) warn(exported.code, messageFor(exported), context);
  const failure = loss === null ? exported : (refusal ?? { code: loss, details: {} });
  if (failure === null) return EXIT_DONE;
  output.fail(failure);
  return exitCodeOf(loss ?? failure.code); // the end of a recording has its own, whatever Discord refused
}

async function recordWith(
  engine: Engine,
  command: RecordCommand,
  { output, interrupts, log }: Context,
): Promise<{ folder: string; reason: StopReason; refusal: Problem | null }> {
  using status = new RecordStatus(output);
  const early = AbortSignal.any([interrupts.first, interrupts.fault]);
  const onEvent = (event: SessionEvent): void => {
    output.event({ ...event });
    status.show(event);
  };
  const { channelId, durationSeconds, noNotice, onMove, exclude } = command;
  const minutes = command.stopWhenEmptyMinutes;
  const request = {
    ...{ channelId, onMove, exclude, onEvent },
    notice: noNotice ? 'none' : 'chat',
    stopWhenEmptyMs: minutes === null ? null : minutes * 60_000,
  } as const;
  const session = await engine.record(request, early);
  // In the background, and cut short when the process ends first: the next one goes on with it.
  void recoverLibrary(engine.libraryFolder, (folder, error) =>
    log.warn('not recovered', { folder, error: error.message }),
  );
  status.follow(session);
  const { reason } = await untilStopped(session, { durationSeconds, interrupts });
  log.info('recording closed', { reason });
  return { folder: session.folder, reason, refusal: refusalOf(session, reason) };
}

/** Ends the recording when the time is up, a signal comes or something of ours breaks; whichever is first. */
async function untilStopped(
  session: Session,
  {
    durationSeconds,
    interrupts,
  }: Pick<RecordCommand, 'durationSeconds'> & Pick<Context, 'interrupts'>,
): Promise<SessionEvent<'stopped'>> {
  const over = new AbortController();
  const gaveUp = new AbortController();
  const stopFor = (reason: StopReason) => (): void => void session.stop(reason);
  whenAborted(interrupts.first, stopFor('user'));
  whenAborted(interrupts.fault, () => {
    stopFor('fault')();
    // What broke may be what closes; the folder is then closed by whoever opens the library next.
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

function refusalOf(session: Session, reason: StopReason): Problem | null {
  return reason === 'rejected' ? refusalProblem(session.view().refusal) : null;
}

function canWriteAfter(reason: StopReason): boolean {
  return reason !== 'disk-full' && reason !== 'disk-error';
}
