import type { ErrorCode, Problem } from '../../preload/contract/error-codes.ts';

/** How a command ended that tells nothing else. */
export type Outcome = { readonly ok: true } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly problem: Problem;
}

export const DONE: Outcome = { ok: true };

export function refusal(code: ErrorCode, details: Problem['details'] = {}): Refusal {
  return { ok: false, problem: { code, details } };
}
