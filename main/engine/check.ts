import type { Problem } from '../../preload/contract/error-codes.ts';
import type { HearingFault } from './hearing.ts';

/** What `diagnose` tries, in this order. */
export type CheckName =
  | 'token'
  | 'gateway'
  | 'permissions'
  | 'udp'
  | 'hearing'
  | 'encryption'
  | 'decoder'
  | 'interactions';

/** For the sentence about a check. */
export type CheckFacts = Readonly<Record<string, string | number>>;

/** What came of one check. */
export type Check = { readonly name: CheckName } & (Passed | Failed | Unheard | Skipped);

export interface Passed {
  readonly result: 'good';
  readonly facts: CheckFacts;
}

export interface Failed {
  readonly result: 'bad';
  readonly problem: Problem;
}

/** Joining works, and what comes then is not as it should be. */
export interface Unheard {
  readonly result: 'bad';
  /** `deaf`: a moderator has deafened the bot; `outside`: nobody lets us into the encrypted call. */
  readonly fault: HearingFault | 'deaf' | 'outside';
  readonly facts: CheckFacts;
}

export interface Skipped {
  readonly result: 'skipped';
  /**
   * `no-channel`: none was named to try it in; `not-reached`: an earlier check stands in the way; `elsewhere`: the bot
   * is in a voice channel of that server already, and joining would end what it records there; `nobody`: there is
   * nobody to be heard.
   */
  readonly because: 'no-channel' | 'not-reached' | 'elsewhere' | 'nobody';
}
