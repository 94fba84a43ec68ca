import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { DaveGroup } from './dave-group.ts';
import type { DaveCommand, DaveMessage } from './dave-messages.ts';

/** What stands on screen and in the manifest about a call's end-to-end encryption. */
export interface E2eeState {
  /** 0: the call has none. */
  readonly version: number;
  /** Epoch of our group; null while we are in none. */
  readonly epoch: number | null;
  /** 30 digits, the same for everyone in the group (DAVE protocol, "displayable codes"); null while we are in none. */
  readonly privacyCode: string | null;
  /** Transitions executed since the connection began. */
  readonly transitions: number;
}

/** What a session needs of its voice connection. */
export interface DaveSessionOptions {
  /** Ours. */
  readonly userId: Snowflake;
  /** The channel's id is the group's. */
  readonly channelId: Snowflake;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (command: DaveCommand) => void;
  /** Some field of the state changed. */
  readonly onState: (state: E2eeState) => void;
  /** Frames that could not be opened may open now. */
  readonly onKeys: () => void;
  /** Who is in that channel, as others than the voice server tell. */
  readonly peopleIn: (channelId: Snowflake) => readonly Snowflake[];
}

/**
 * `waiting`: op 4 has not come; `plain`: version 0; `pending`: our key package is out, and nobody has taken us in yet;
 * `active`: in a group; `unable`: the library is missing or does not know the version.
 */
export type DaveState =
  | { readonly kind: 'waiting'; readonly early: DaveMessage[] }
  | { readonly kind: 'plain' | 'unable' | 'closed' }
  | { readonly kind: 'pending'; readonly group: DaveGroup; readonly sinceMs: number }
  | { readonly kind: 'active'; readonly group: DaveGroup };
