import { randomBytes } from 'node:crypto';
import type { Snowflake } from '../../base/snowflake.ts';
import { u16 } from '../../dave/mls-bytes.ts';
import { corruptEnd } from '../dave/dave-faults.ts';
import { DAVE_OPS } from '../dave/dave-payloads.ts';
import type { DaveRoom } from '../dave/dave-room.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { DemoPeople } from '../talk/demo-people.ts';
import type { SentLog } from '../sent-log.ts';
import type { World } from '../world/world.ts';

export interface DaveControlOptions {
  readonly world: World;
  readonly dave: DaveRooms;
  readonly people: DemoPeople;
  readonly log: SentLog;
  /** The bot that methods act on when no user is named. */
  readonly botId: Snowflake;
}

/** Of random bytes in place of a commit or welcome; a real commit without an update path is shorter. */
const BOGUS_BYTES = 300;

/**
 * What tests do to the end-to-end encryption of the call that the user is in; each call of a method writes a line into
 * the sent log. Methods throw when the user is in no call, or in one without encryption.
 */
export class DaveControl {
  readonly #options: DaveControlOptions;

  constructor(options: DaveControlOptions) {
    this.#options = options;
  }

  /** Announces a commit of random bytes to that client alone, which has to answer with ops 31 and 26. */
  announceBogusCommit(userId = this.#options.botId): void {
    this.#sendBogus('bogus commit', DAVE_OPS.announceCommit, userId);
  }

  /** Sends a welcome of random bytes to that client alone, which has to answer with ops 31 and 26. */
  sendBogusWelcome(userId = this.#options.botId): void {
    this.#sendBogus('bogus welcome', DAVE_OPS.welcome, userId);
  }

  /** The next commit announced to that client is corrupted on its way: the client misses that change of keys. */
  corruptNextCommit(userId = this.#options.botId): void {
    this.#note('corrupt next commit', { userId });
    this.#options.dave.faults.arm(userId, DAVE_OPS.announceCommit, corruptEnd);
  }

  corruptNextWelcome(userId = this.#options.botId): void {
    this.#note('corrupt next welcome', { userId });
    this.#options.dave.faults.arm(userId, DAVE_OPS.welcome, corruptEnd);
  }

  /** The next op 22 to that client is lost. */
  loseNextExecute(userId = this.#options.botId): void {
    this.#note('lose next op 22', { userId });
    this.#options.dave.faults.arm(userId, DAVE_OPS.executeTransition, () => null);
  }

  /** `at the limit`: op 22 comes 2 s after the commit even when everyone has sent op 23. */
  setExecutes(how: DaveRoom['transitions']['executes'], userId = this.#options.botId): void {
    this.#note('op 22', { how });
    this.#roomOf(userId).transitions.executes = how;
  }

  /** How many proposals one op 27 carries at most; Infinity: all. */
  setProposalsPerMessage(count: number, userId = this.#options.botId): void {
    this.#note('proposals per op 27', { count });
    this.#roomOf(userId).proposalsPerMessage = count;
  }

  /** `twice`: every proposal is sent, revoked and sent again under another signature. */
  setOffers(how: DaveRoom['offers'], userId = this.#options.botId): void {
    this.#note('proposals are offered', { how });
    this.#roomOf(userId).offers = how;
  }

  /** Op 21 with version 0, then op 22: from that on everyone sends plain frames. */
  downgrade(userId = this.#options.botId): void {
    this.#note('downgrade');
    this.#roomOf(userId).downgrade();
  }

  /** Ops 24 and 21: everyone forms a new group; also ends a downgrade. */
  beginNewGroup(userId = this.#options.botId): void {
    this.#note('new group');
    this.#roomOf(userId).newGroup();
  }

  /**
   * Announces a commit of that client's after it has prepared another one: two people join, the second leaves again.
   * The client can open no more frames, and no message tells it so. Gives the user id of the first person.
   */
  announceStaleCommit(userId = this.#options.botId): Snowflake {
    this.#note('stale commit', { userId });
    const { world, dave, people } = this.#options;
    const channel = world.channel(dave.channelOf(userId) ?? '');
    if (channel === undefined) throw new Error(`${userId} is in no encrypted call`);
    let second: Snowflake | null = null;
    this.#roomOf(userId).announceStale({
      userId,
      onHeld: () => {
        second = people.add(channel);
      },
      onAnnounced: () => {
        if (second !== null) people.leave(second);
        this.#note('stale commit announced', { userId });
      },
    });
    return people.add(channel);
  }

  #sendBogus(what: string, op: number, userId: Snowflake): void {
    const transitionId = this.#roomOf(userId).transitions.newId();
    this.#note(what, { userId, transitionId });
    const body = Buffer.concat([u16(transitionId), randomBytes(BOGUS_BYTES)]);
    this.#options.dave.send(this.#options.dave.channelOf(userId) ?? '', userId, { op, body });
  }

  #roomOf(userId: Snowflake): DaveRoom {
    const { dave } = this.#options;
    const room = dave.roomOf(dave.channelOf(userId) ?? '');
    if (room === null) throw new Error(`${userId} is in no encrypted call`);
    return room;
  }

  #note(message: string, fields: Record<string, unknown> = {}): void {
    this.#options.log.write({ event: 'control', message, ...fields });
  }
}
