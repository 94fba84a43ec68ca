import { toError } from '../base/errors.ts';
import { DaveError } from '../dave/dave-error.ts';
import { DiscordError } from '../discord/discord-error.ts';
import { ExportError, type ExportErrorReason } from '../export/export-error.ts';
import { ForgetError } from '../recording/forget/forget.ts';
import { StorageError, type StorageErrorReason } from '../recording/storage-error.ts';
import { VoiceError } from '../voice/voice-error.ts';
import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';
import { discordProblem, voiceProblem } from './connection-problem.ts';
import { EngineError } from '../session/engine-error.ts';
import type { StopReason } from '../session/session-event.ts';

/** Anything thrown, as the failure a person is told about. What nobody expected is `fault`, with its message for the log. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof EngineError) return { code: thrown.reason, details: thrown.details };
  if (thrown instanceof DiscordError) return discordProblem(thrown);
  if (thrown instanceof VoiceError) return voiceProblem(thrown);
  if (thrown instanceof DaveError) return daveProblem(thrown);
  if (thrown instanceof StorageError)
    return { code: storageCode(thrown.reason), details: { ...thrown.refused } };
  if (thrown instanceof ForgetError)
    return { code: thrown.reason, details: { userId: thrown.userId } };
  if (thrown instanceof ExportError)
    return { code: exportCode(thrown.reason), details: thrown.details };
  return { code: 'fault', details: { message: toError(thrown).message } };
}

/** What a person is told when a recording ends for such a reason; null when somebody wanted the end. */
export function failureOf(reason: StopReason): ErrorCode | null {
  switch (reason) {
    case 'user':
    case 'asked':
    case 'duration':
    case 'everyone-left':
    case 'moved':
      return null;
    case 'rejected':
      return 'session-rejected';
    case 'kicked':
    case 'channel-deleted':
    case 'call-ended':
    case 'disk-full':
    case 'disk-error':
    case 'fault':
      return reason;
  }
}

/**
 * What a person is told of a recording that ended for `reason`, by what Discord or the disk said; null when somebody
 * wanted the end. Its code may be another than `failureOf` gives, which the exit code goes by.
 */
export function endProblem(
  reason: StopReason,
  said: { readonly refusal: Error | null; readonly diskError: StorageError | null },
): Problem | null {
  const code = failureOf(reason);
  if (code === null) return null;
  if (reason === 'rejected') return refusalProblem(said.refusal) ?? problem(code);
  const isDisk = reason === 'disk-full' || reason === 'disk-error';
  return { code, details: isDisk ? { ...said.diskError?.refused } : {} };
}

/** The error with which Discord ended a recording under way, as a problem: a token that was taken before is a session refused. */
export function refusalProblem(refusal: Error | null): Problem | null {
  if (refusal === null) return null;
  const said = toProblem(refusal);
  return said.code === 'token-rejected' ? problem('session-rejected') : said;
}

function daveProblem({ reason, message }: DaveError): Problem {
  switch (reason) {
    case 'library-missing':
    case 'version-unknown':
      return problem('e2ee-unavailable');
    case 'refused':
      return { code: 'fault', details: { message } };
  }
}

function problem(code: ErrorCode): Problem {
  return { code, details: {} };
}

function storageCode(reason: StorageErrorReason): ErrorCode {
  return reason;
}

function exportCode(reason: ExportErrorReason): ErrorCode {
  return reason === 'cancelled' ? 'fault' : reason;
}
