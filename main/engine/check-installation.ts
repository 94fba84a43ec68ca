import { toError } from '../base/errors.ts';
import { DaveError } from '../dave/dave-error.ts';
import type { Check, CheckFacts } from './check.ts';
import { toProblem } from './error-code.ts';
import { decoderWorks, encryptsEndToEnd, failingTransportMode } from './self-test.ts';

/**
 * The ciphers against known packets, and a call of two in memory; `agreed` is what a voice server and we have in common
 * (`mode`, `daveVersion`, `code` in a group), null when none was asked.
 */
export function encryptionCheck(agreed: CheckFacts | null): Check {
  const failing = failingTransportMode();
  if (failing !== null) return broken('encryption', `${failing} does not open a known packet`);
  try {
    if (!encryptsEndToEnd()) return broken('encryption', 'one member does not hear the other');
  } catch (error) {
    if (!(error instanceof DaveError)) throw error;
    return { name: 'encryption', result: 'bad', problem: toProblem(error) };
  }
  return { name: 'encryption', result: 'good', facts: agreed ?? {} };
}

/** Opus against a known packet. */
export function decoderCheck(): Check {
  try {
    if (decoderWorks()) return { name: 'decoder', result: 'good', facts: {} };
    return broken('decoder', 'the decoder does not decode a known packet');
  } catch (error) {
    return broken('decoder', toError(error).message);
  }
}

function broken(name: 'encryption' | 'decoder', message: string): Check {
  return { name, result: 'bad', problem: { code: 'fault', details: { message } } };
}
