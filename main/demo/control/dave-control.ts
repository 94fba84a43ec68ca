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
  /** Whom it concerns when no user is named. */
  readonly botId: Snowflake;
}

/** Longer than any real commit without an update path. */
const BOGUS_BYTES = 300;

/**
 * What tests do to a call's end-to-end encryption; each thing done stands in the sent log. The call is the one that
 * the user is in, our bot when nobody is named. Throws when that is in none, or in one without encryption.
 */
export class DaveControl {
  readonly #options: DaveControlOptions;

  constructor(options: DaveControlOptions) {
    this.#options = options;
  }

  /** Announces a commit of random bytes to that client alone, which is to answer with ops 31 and 26. */
  announceBogusCommit(userId = this.#options.botId): void {
    this.#sendBogus('bogus commit', DAVE_OPS.announceCommit, userId);
  }

  /** The same with a welcome. */
  sendBogusWelcome(userId = this.#options.botId): void {
    this.#sendBogus('bogus welcome', DAVE_OPS.welcome, userId);
  }

  /** The next commit announced to that client comes corrupted: it misses that change of keys. */
  corruptNextCommit(userId = this.#options.botId): void {
    this.#note('corrupt next commit', { userId });
    this.#options.dave.faults.arm(userId, DAVE_OPS.announceCommit, corruptEnd);
  }

  corruptNextWelcome(userId = this.#options.botId): void {
    this.#note('corrupt next welcome', { userId });
    this.#options.dave.faults.arm(userId, DAVE_OPS.welcome, corruptEnd);
  }

  /** The next op 22 never reaches that client. */
  loseNextExecute(userId = this.#options.botId): void {
    this.#note('lose next op 22', { userId });
    this.#options.dave.faults.arm(userId, DAVE_OPS.executeTransition, () => null);
  }

  /** `at the limit`: op 22 comes 2 s after the commit, whoever is ready. */
  setExecutes(how: DaveRoom['transitions']['executes'], userId = this.#options.botId): void {
    this.#note('op 22', { how });
    this.#roomOf(userId).transitions.executes = how;
  }

  /** How many proposals come in one op 27; Infinity: all. */
  setProposalsPerMessage(count: number, userId = this.#options.botId): void {
    this.#note('proposals per op 27', { count });
    this.#roomOf(userId).proposalsPerMessage = count;
  }

  /** `twice`: every proposal is offered, revoked and offered again under another signature. */
  setOffers(how: DaveRoom['offers'], userId = this.#options.botId): void {
    this.#note('proposals are offered', { how });
    this.#roomOf(userId).offers = how;
  }

  /** Op 21 to version 0, and op 22: from there on everyone sends plain frames. */
  downgrade(userId = this.#options.botId): void {
    this.#note('downgrade');
    this.#roomOf(userId).downgrade();
  }

  /** Ops 24 and 21: everyone forms a new group, after a downgrade or out of an old one. */
  beginNewGroup(userId = this.#options.botId): void {
    this.#note('new group');
    this.#roomOf(userId).newGroup();
  }

  /**
   * Announces a commit of that client's when it has prepared another one: two people come, the second of whom goes
   * again. The client hears nothing more that it can open, and no message tells it why. Gives the first one's user id.
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
