import { EventEmitter } from 'node:events';
import type { Snowflake } from '../../base/snowflake.ts';
import { parseCommitWelcome } from '../../dave/mls-wire.ts';
import { DaveFaults } from './dave-faults.ts';
import { DaveJudge } from './dave-judge.ts';
import { DAVE_OPS, daveTransition } from './dave-payloads.ts';
import { DaveRoom } from './dave-room.ts';
import type { RoomAnswer } from './dave-room.ts';
import type { DaveNews, SentLog } from '../sent-log.ts';
import type { World } from '../world/world.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';

/** One message about end-to-end encryption from the server to one client. */
export interface DaveMessage {
  readonly op: number;
  /** A Buffer is the body of a binary op, an object the `d` of a JSON op. */
  readonly body: Buffer | object;
  /** The room's group when the message was sent, counted from 1. */
  readonly group: number;
}

/** A client in a channel: a voice session, or one of the demo's own speakers. */
export interface DaveSeat {
  readonly userId: Snowflake;
  receive(message: DaveMessage): void;
  /** Closes the client's socket; absent for the demo's own speakers, which have none. */
  refuse?(code: number): void;
}

export interface DaveRoomsOptions {
  readonly world: World;
  readonly transitionLimitMs: number;
  readonly log: SentLog;
}

interface DaveRoomsEvents {
  /** One more client can open frames, as soon as the speakers have acted on the messages that they were sent. */
  keys: [];
}

interface Call {
  readonly room: DaveRoom;
  readonly seats: Map<Snowflake, DaveSeat>;
  /** Everyone who is or was in the call: a member may still be sent proposals about somebody who has left. */
  readonly everSeated: Set<Snowflake>;
  /** Clients that have been sent keys of the present group. */
  readonly sentKeys: Set<Snowflake>;
  /** Clients whose keys are in effect, at once or by op 22: they can open what the speakers send. */
  readonly usesKeys: Set<Snowflake>;
}

type Noted = Omit<DaveMessage, 'group'> & { readonly call: Call };

/** Joins and leaves within this time become one commit, as when everybody joins at the start. */
const OFFER_AFTER_MS = 20;
const CLOSE_CODES: Readonly<Record<RoomAnswer, number | null>> = {
  taken: null,
  malformed: 4002,
  forbidden: 4020,
};

/** End-to-end encryption in all channels: one room for each normal voice channel, none for stages. */
export class DaveRooms extends EventEmitter<DaveRoomsEvents> {
  readonly faults = new DaveFaults();
  /** `strict`: closes clients with 4006 for what `DaveJudge` says. */
  manner: 'patient' | 'strict' = 'patient';
  readonly #options: DaveRoomsOptions;
  readonly #calls = new Map<Snowflake, Call>();
  readonly #judge = new DaveJudge({ onVoid: (userId, why) => this.#refuse(userId, why) });

  constructor(options: DaveRoomsOptions) {
    super();
    this.#options = options;
  }

  /** Null for a channel whose calls are not end-to-end encrypted. */
  roomOf(channelId: Snowflake): DaveRoom | null {
    return this.#callIn(channelId)?.room ?? null;
  }

  /** The encrypted call that user is in; null: none. */
  channelOf(userId: Snowflake): Snowflake | null {
    const found = [...this.#calls].find(([, { seats }]) => seats.has(userId));
    return found?.[0] ?? null;
  }

  /** `dave_protocol_version` of op 4: 0 or 1. */
  versionIn(channelId: Snowflake): number {
    return this.roomOf(channelId)?.version ?? 0;
  }

  /** Everyone who is or was in that channel's call. */
  knownIn(channelId: Snowflake): readonly Snowflake[] {
    return [...(this.#callIn(channelId)?.everSeated ?? [])];
  }

  /** True when that client can open the speakers' frames, or when those are plain. */
  hasKeys(channelId: Snowflake, userId: Snowflake): boolean {
    const call = this.#callIn(channelId);
    return call === null || call.room.version === 0 || call.usesKeys.has(userId);
  }

  get isChanging(): boolean {
    return [...this.#calls.values()].some(({ room }) => room.isChanging);
  }

  /** To be called after op 11 has gone out to the others. Takes the place of an older seat of the same user. */
  enter(channelId: Snowflake, seat: DaveSeat): void {
    const call = this.#callIn(channelId);
    if (call === null || call.seats.get(seat.userId) === seat) return;
    if (call.seats.has(seat.userId)) call.room.leave(seat.userId);
    call.seats.set(seat.userId, seat);
    call.everSeated.add(seat.userId);
    call.room.connect(seat.userId);
  }

  /** To be called after op 13 has gone out to the others. */
  leave(channelId: Snowflake, seat: DaveSeat): void {
    const call = this.#callIn(channelId);
    if (call?.seats.get(seat.userId) !== seat) return;
    call.seats.delete(seat.userId);
    call.sentKeys.delete(seat.userId);
    call.usesKeys.delete(seat.userId);
    this.#judge.forget(seat.userId);
    call.room.leave(seat.userId);
  }

  /** A client's message about end-to-end encryption. Gives the close code for a wrong one, null otherwise. */
  handle(
    channelId: Snowflake,
    userId: Snowflake,
    said: { op: number; body: unknown },
  ): number | null {
    const { op, body } = said;
    const room = this.#callIn(channelId)?.room;
    if (op === DAVE_OPS.transitionReady || op === DAVE_OPS.invalidCommitWelcome) {
      const parsed = daveTransition.safeParse(body);
      if (!parsed.success) return CLOSE_CODES.malformed;
      const transitionId = parsed.data.transition_id;
      if (op === DAVE_OPS.transitionReady) room?.transitionReady(userId, transitionId);
      else {
        this.#log(channelId, { message: 'recovery', userId, transitionId });
        this.#judge.recovers(userId);
      }
      return null;
    }
    if (room === undefined || !Buffer.isBuffer(body)) return null;
    const isPackage = op === DAVE_OPS.keyPackage;
    const commit = isPackage ? null : parseCommitWelcome(body);
    if (commit !== null) this.#judge.commits(userId, commit.epoch, room.epoch);
    return CLOSE_CODES[
      isPackage ? room.keyPackage(userId, body) : room.commitWelcome(userId, body)
    ];
  }

  /** Sends one client a message past the faults and the log; it need not be a valid one. */
  send(channelId: Snowflake, userId: Snowflake, message: Omit<DaveMessage, 'group'>): void {
    const call = this.#callIn(channelId);
    call?.seats.get(userId)?.receive({ ...message, group: call.room.group });
  }

  close(): void {
    for (const { room } of this.#calls.values()) room.close();
    this.#calls.clear();
    this.#judge.close();
  }

  #callIn(channelId: Snowflake): Call | null {
    const known = this.#calls.get(channelId);
    if (known !== undefined) return known;
    if (this.#options.world.channel(channelId)?.type !== CHANNEL_TYPES.voice) return null;
    const room = new DaveRoom({
      channelId,
      offerAfterMs: OFFER_AFTER_MS,
      transitionLimitMs: this.#options.transitionLimitMs,
      send: (userId, op, body) => this.#deliver(channelId, userId, { op, body }),
      onCommit: (commit) => {
        this.#log(channelId, { message: 'commit', ...commit });
        for (const userId of call.seats.keys()) this.#judge.forgive(userId);
      },
    });
    const call: Call = {
      room,
      seats: new Map(),
      everSeated: new Set(),
      sentKeys: new Set(),
      usesKeys: new Set(),
    };
    this.#calls.set(channelId, call);
    return call;
  }

  #deliver(channelId: Snowflake, userId: Snowflake, message: Omit<DaveMessage, 'group'>): void {
    const call = this.#callIn(channelId);
    if (call === null) return;
    const { room } = call;
    if (message.op === DAVE_OPS.proposals) this.#judge.proposed(userId, () => room.isChanging);
    if (message.op === DAVE_OPS.prepareEpoch) this.#judge.beginsAnew(userId);
    const passed = this.faults.pass(userId, message.op, message.body);
    if (passed === null) return;
    this.send(channelId, userId, { op: message.op, body: passed.body });
    if (!passed.isAltered) this.#note(channelId, userId, { call, ...message });
  }

  /** Writes into the sent log what a message does for its receiver. */
  #note(channelId: Snowflake, userId: Snowflake, { call, op, body }: Noted): void {
    if (op === DAVE_OPS.prepareEpoch) {
      call.sentKeys.delete(userId);
      call.usesKeys.delete(userId);
      this.#log(channelId, { message: 'new group', userId });
    }
    if (Buffer.isBuffer(body)) {
      const isKeys = op === DAVE_OPS.announceCommit || op === DAVE_OPS.welcome;
      if (!isKeys || call.room.isAstray(userId)) return;
      const by = op === DAVE_OPS.welcome ? 'welcome' : 'commit';
      const transitionId = body.readUInt16BE();
      this.#log(channelId, { message: 'keys', userId, by, transitionId });
      call.sentKeys.add(userId);
      if (transitionId === 0) this.#use(call, userId);
      return;
    }
    const { transition_id: transitionId = 0, protocol_version: version = 0 } =
      daveTransition.safeParse(body).data ?? {};
    if (op === DAVE_OPS.executeTransition) {
      this.#log(channelId, { message: 'executes', userId, transitionId });
      this.#use(call, userId);
    }
    if (op === DAVE_OPS.prepareTransition) {
      this.#log(channelId, { message: 'version', userId, transitionId, version });
    }
  }

  #refuse(userId: Snowflake, why: string): void {
    const seat = this.#callIn(this.channelOf(userId) ?? '')?.seats.get(userId);
    if (this.manner === 'patient' || seat?.refuse === undefined) return;
    this.#options.log.write({ event: 'voice', userId, message: `void: ${why}` });
    seat.refuse(4006);
  }

  #use(call: Call, userId: Snowflake): void {
    if (!call.sentKeys.has(userId) || call.usesKeys.has(userId)) return;
    call.usesKeys.add(userId);
    this.emit('keys');
  }

  #log(channelId: Snowflake, news: DaveNews): void {
    const { group = 0, epoch = 0 } = this.roomOf(channelId) ?? {};
    this.#options.log.write({ event: 'dave', channelId, group, epoch, ...news });
  }
}
