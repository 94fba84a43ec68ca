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
export interface DaveLetter {
  readonly op: number;
  /** A Buffer is the body of a binary op, an object the `d` of a JSON op. */
  readonly body: Buffer | object;
  /** Number of the room's group when it was sent. */
  readonly group: number;
}

/** A client in a channel: a voice session, or one of the demo's own speakers. */
export interface DaveSeat {
  readonly userId: Snowflake;
  receive(letter: DaveLetter): void;
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

interface Place {
  readonly room: DaveRoom;
  readonly seats: Map<Snowflake, DaveSeat>;
  /** Who has ever been there: a member may still read proposals about somebody who has left. */
  readonly known: Set<Snowflake>;
  /** Who has been sent keys of the group of the moment. */
  readonly given: Set<Snowflake>;
  /** In whose case they are in use: the others encrypt so that they can open it. */
  readonly keyed: Set<Snowflake>;
}

type Noted = Omit<DaveLetter, 'group'> & { readonly place: Place };

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
  readonly #places = new Map<Snowflake, Place>();

  constructor(options: DaveRoomsOptions) {
    super();
    this.#options = options;
  }

  /** Null where calls are not end-to-end encrypted. */
  roomOf(channelId: Snowflake): DaveRoom | null {
    return this.#placeOf(channelId)?.room ?? null;
  }

  /** The encrypted call that user is in; null: none. */
  channelOf(userId: Snowflake): Snowflake | null {
    const found = [...this.#places].find(([, { seats }]) => seats.has(userId));
    return found?.[0] ?? null;
  }

  /** For op 4: 0 or 1. */
  versionIn(channelId: Snowflake): number {
    return this.roomOf(channelId)?.version ?? 0;
  }

  /** Everyone who is or was there. */
  knownIn(channelId: Snowflake): readonly Snowflake[] {
    return [...(this.#placeOf(channelId)?.known ?? [])];
  }

  /** Whether that client can open what the others send, or there is nothing to open. */
  hasKeys(channelId: Snowflake, userId: Snowflake): boolean {
    const place = this.#placeOf(channelId);
    return place === null || place.room.version === 0 || place.keyed.has(userId);
  }

  get isChanging(): boolean {
    return [...this.#places.values()].some(({ room }) => room.isChanging);
  }

  /** After op 11 has told the others; an older seat of the same user is over. */
  enter(channelId: Snowflake, seat: DaveSeat): void {
    const place = this.#placeOf(channelId);
    if (place === null || place.seats.get(seat.userId) === seat) return;
    if (place.seats.has(seat.userId)) place.room.leave(seat.userId);
    place.seats.set(seat.userId, seat);
    place.known.add(seat.userId);
    place.room.connect(seat.userId);
  }

  /** After op 13 has told the others. */
  leave(channelId: Snowflake, seat: DaveSeat): void {
    const place = this.#placeOf(channelId);
    if (place?.seats.get(seat.userId) !== seat) return;
    place.seats.delete(seat.userId);
    place.given.delete(seat.userId);
    place.keyed.delete(seat.userId);
    place.room.leave(seat.userId);
  }

  /** What a client says about end-to-end encryption. A number is the close code it deserves. */
  handle(
    channelId: Snowflake,
    userId: Snowflake,
    said: { op: number; body: unknown },
  ): number | null {
    const { op, body } = said;
    const room = this.#placeOf(channelId)?.room;
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
  send(channelId: Snowflake, userId: Snowflake, letter: Omit<DaveLetter, 'group'>): void {
    const place = this.#placeOf(channelId);
    place?.seats.get(userId)?.receive({ ...letter, group: place.room.group });
  }

  close(): void {
    for (const { room } of this.#places.values()) room.close();
    this.#places.clear();
  }

  #placeOf(channelId: Snowflake): Place | null {
    const known = this.#places.get(channelId);
    if (known !== undefined) return known;
    if (this.#options.world.channel(channelId)?.type !== CHANNEL_TYPES.voice) return null;
    const room = new DaveRoom({
      ...{ channelId, offerAfterMs: OFFER_AFTER_MS },
      transitionLimitMs: this.#options.transitionLimitMs,
      send: (userId, op, body) => this.#deliver(channelId, userId, { op, body }),
      onCommit: (commit) => this.#log(channelId, { message: 'commit', ...commit }),
    });
    const place: Place = {
      ...{ room, seats: new Map(), known: new Set() },
      ...{ given: new Set(), keyed: new Set() },
    };
    this.#places.set(channelId, place);
    return place;
  }

  #deliver(channelId: Snowflake, userId: Snowflake, letter: Omit<DaveLetter, 'group'>): void {
    const place = this.#placeOf(channelId);
    const passed = this.faults.pass(userId, letter.op, letter.body);
    if (place === null || passed === null) return;
    this.send(channelId, userId, { op: letter.op, body: passed.body });
    if (!passed.isSpoilt) this.#note(channelId, userId, { place, ...letter });
  }

  /** Writes down what a message means to its receiver. */
  #note(channelId: Snowflake, userId: Snowflake, { place, op, body }: Noted): void {
    if (op === DAVE_OPS.prepareEpoch) {
      place.given.delete(userId);
      place.keyed.delete(userId);
      this.#log(channelId, { message: 'new group', userId });
    }
    if (Buffer.isBuffer(body)) {
      const isKeys = op === DAVE_OPS.announceCommit || op === DAVE_OPS.welcome;
      if (!isKeys || place.room.isAstray(userId)) return;
      const by = op === DAVE_OPS.welcome ? 'welcome' : 'commit';
      const transitionId = body.readUInt16BE();
      this.#log(channelId, { message: 'keys', userId, by, transitionId });
      place.given.add(userId);
      if (transitionId === 0) this.#use(place, userId);
      return;
    }
    const { transition_id: transitionId = 0, protocol_version: version = 0 } =
      daveTransition.safeParse(body).data ?? {};
    if (op === DAVE_OPS.executeTransition) {
      this.#log(channelId, { message: 'executes', userId, transitionId });
      this.#use(place, userId);
    }
    if (op === DAVE_OPS.prepareTransition) {
      this.#log(channelId, { message: 'version', userId, transitionId, version });
    }
  }

  #use(place: Place, userId: Snowflake): void {
    if (!place.given.has(userId) || place.keyed.has(userId)) return;
    place.keyed.add(userId);
    this.emit('keys');
  }

  #log(channelId: Snowflake, news: DaveNews): void {
    const { group = 0, epoch = 0 } = this.roomOf(channelId) ?? {};
    this.#options.log.write({ event: 'dave', channelId, group, epoch, ...news });
  }
}
