import { EventEmitter } from 'node:events';
import type { Snowflake } from '../../base/snowflake.ts';
import { DaveFaults } from './dave-faults.ts';
import { DAVE_OPS, daveTransition } from './dave-payloads.ts';
import { DaveRoom } from './dave-room.ts';
import type { RoomAnswer } from './dave-room.ts';
import type { DaveNews, SentLog } from '../sent-log.ts';
import type { World } from '../world/world.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';

/** One message of end-to-end encryption to one client. */
export interface DaveMessage {
  readonly op: number;
  /** A Buffer is the body of a binary op, an object the `d` of a JSON op. */
  readonly body: Buffer | object;
  /** Number of the room's group when it was sent. */
  readonly group: number;
}

/** A client in a channel: a voice session, or one of the demo's own speakers. */
export interface DaveSeat {
  readonly userId: Snowflake;
  receive(message: DaveMessage): void;
}

export interface DaveRoomsOptions {
  readonly world: World;
  readonly transitionLimitMs: number;
  readonly log: SentLog;
}

interface DaveRoomsEvents {
  /** Somebody can open frames from here on, as soon as the speakers have acted on what they were sent. */
  keys: [];
}

interface Call {
  readonly room: DaveRoom;
  readonly seats: Map<Snowflake, DaveSeat>;
  /** Who has ever been there: a member may still read proposals about somebody who has left. */
  readonly everSeated: Set<Snowflake>;
  /** Who has been sent keys of the group of the moment. */
  readonly sentKeys: Set<Snowflake>;
  /** In whose case they are in use: the others encrypt so that they can open it. */
  readonly usesKeys: Set<Snowflake>;
}

type Noted = Omit<DaveMessage, 'group'> & { readonly call: Call };

/** Changes that come within so long are one commit, as when everybody comes at once. */
const OFFER_AFTER_MS = 20;
const CLOSE_CODES: Readonly<Record<RoomAnswer, number | null>> = {
  taken: null,
  malformed: 4002,
  forbidden: 4020,
};

/** End-to-end encryption in all channels: one room for each normal voice channel, none for stages. */
export class DaveRooms extends EventEmitter<DaveRoomsEvents> {
  readonly faults = new DaveFaults();
  readonly #options: DaveRoomsOptions;
  readonly #calls = new Map<Snowflake, Call>();

  constructor(options: DaveRoomsOptions) {
    super();
    this.#options = options;
  }

  /** Null where calls are not end-to-end encrypted. */
  roomOf(channelId: Snowflake): DaveRoom | null {
    return this.#callIn(channelId)?.room ?? null;
  }

  /** The encrypted call that user is in; null: none. */
  channelOf(userId: Snowflake): Snowflake | null {
    const found = [...this.#calls].find(([, { seats }]) => seats.has(userId));
    return found?.[0] ?? null;
  }

  /** For op 4: 0 or 1. */
  versionIn(channelId: Snowflake): number {
    return this.roomOf(channelId)?.version ?? 0;
  }

  /** Everyone who is or was there. */
  knownIn(channelId: Snowflake): readonly Snowflake[] {
    return [...(this.#callIn(channelId)?.everSeated ?? [])];
  }

  /** Whether that client can open what the others send, or there is nothing to open. */
  hasKeys(channelId: Snowflake, userId: Snowflake): boolean {
    const call = this.#callIn(channelId);
    return call === null || call.room.version === 0 || call.usesKeys.has(userId);
  }

  get isChanging(): boolean {
    return [...this.#calls.values()].some(({ room }) => room.isChanging);
  }

  /** After op 11 has told the others; an older seat of the same user is over. */
  enter(channelId: Snowflake, seat: DaveSeat): void {
    const call = this.#callIn(channelId);
    if (call === null || call.seats.get(seat.userId) === seat) return;
    if (call.seats.has(seat.userId)) call.room.leave(seat.userId);
    call.seats.set(seat.userId, seat);
    call.everSeated.add(seat.userId);
    call.room.connect(seat.userId);
  }

  /** After op 13 has told the others. */
  leave(channelId: Snowflake, seat: DaveSeat): void {
    const call = this.#callIn(channelId);
    if (call?.seats.get(seat.userId) !== seat) return;
    call.seats.delete(seat.userId);
    call.sentKeys.delete(seat.userId);
    call.usesKeys.delete(seat.userId);
    call.room.leave(seat.userId);
  }

  /** What a client says about end-to-end encryption. A number is the close code it deserves. */
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
      else this.#log(channelId, { message: 'recovery', userId, transitionId });
      return null;
    }
    if (room === undefined || !Buffer.isBuffer(body)) return null;
    const isPackage = op === DAVE_OPS.keyPackage;
    return CLOSE_CODES[
      isPackage ? room.keyPackage(userId, body) : room.commitWelcome(userId, body)
    ];
  }

  /** Sends one client something of our own making, true or not. */
  send(channelId: Snowflake, userId: Snowflake, message: Omit<DaveMessage, 'group'>): void {
    const call = this.#callIn(channelId);
    call?.seats.get(userId)?.receive({ ...message, group: call.room.group });
  }

  close(): void {
    for (const { room } of this.#calls.values()) room.close();
    this.#calls.clear();
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
      onCommit: (commit) => this.#log(channelId, { message: 'commit', ...commit }),
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
    const passed = this.faults.pass(userId, message.op, message.body);
    if (call === null || passed === null) return;
    this.send(channelId, userId, { op: message.op, body: passed.body });
    if (!passed.isAltered) this.#note(channelId, userId, { call, ...message });
  }

  /** Writes down what a message means to its receiver. */
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
