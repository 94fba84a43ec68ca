import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { DaveCommand, DaveMessage } from './dave-messages.ts';

/** What stands on screen and in the manifest about a call's end-to-end encryption. */
export interface E2eeState {
  /** 0: the call has none. */
  readonly version: number;
  /** Of the group we are in; null while we are in none. */
  readonly epoch: number | null;
  /** 30 digits, the same for everyone in the group (DAVE protocol, "displayable codes"); null while we are in none. */
  readonly privacyCode: string | null;
  /** Transitions executed since the connection began. */
  readonly transitions: number;
}

export interface DaveSessionOptions {
  readonly userId: Snowflake;
  readonly channelId: Snowflake;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (command: DaveCommand) => void;
  /** Version, epoch or code changed. */
  readonly onState: (state: E2eeState) => void;
  /** Frames that could not be opened may open now. */
  readonly onKeys: () => void;
}

/** A recorder's half of end-to-end encryption (DAVE protocol 1.1): one for each voice connection. */
export class DaveSession {
  readonly #options: DaveSessionOptions;
  readonly #recognised = new Set<Snowflake>();
  #version = 0;

  constructor(options: DaveSessionOptions) {
    this.#options = options;
  }

  get state(): E2eeState {
    return { version: this.#version, epoch: null, privacyCode: null, transitions: 0 };
  }

  /** Who is connected as far as ops 11 and 13 said, ourselves left out. */
  get members(): readonly Snowflake[] {
    return [...this.#recognised].filter((userId) => userId !== this.#options.userId);
  }

  /** Op 4. What came before is handled in this call, in order. */
  begin(version: number): void {
    this.#version = version;
    this.#options.onState(this.state);
  }

  /** Op 11. */
  clientsConnect(userIds: readonly Snowflake[]): void {
    for (const userId of userIds) this.#recognised.add(userId);
  }

  /** Op 13. */
  clientDisconnect(userId: Snowflake): void {
    this.#recognised.delete(userId);
  }

  /** Never throws, whatever the bytes. */
  handle(message: DaveMessage): void {
    this.#options.log.debug('end-to-end encryption message', { kind: message.kind });
  }

  /**
   * The Opus packet as it was sent. Null: it cannot be opened now; keep it and try again after `onKeys`. A frame opens
   * once, so duplicates are to be dropped before.
   */
  open(_userId: Snowflake, frame: Uint8Array): Uint8Array | null {
    return this.#version === 0 ? frame : null;
  }

  /** A frame of theirs waited for its key in vain. */
  gaveUp(userId: Snowflake): void {
    this.#options.log.debug('frame given up', { userId });
  }

  /** Nothing is sent or announced after the call. */
  close(): void {
    this.#recognised.clear();
  }
}
