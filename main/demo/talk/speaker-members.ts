import type { Snowflake } from '../../base/snowflake.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import { plainFrame } from '../voice/spoken-packet.ts';
import type { SealedFrame } from '../voice/spoken-packet.ts';
import { SpeakerMember } from './speaker-member.ts';
import { LaneScheduler } from './lane-scheduler.ts';

/** How many speakers of a channel make commits: two race for one. With all of them the work grows by their square. */
const COMMITTERS = 2;

/** The speakers' end-to-end encryption: a member for each speaker in a channel that is encrypted. */
export class SpeakerMembers {
  readonly #rooms: DaveRooms;
  readonly #scheduler = new LaneScheduler();
  /** By user id, in the order in which they joined. */
  readonly #seats = new Map<Snowflake, { channelId: Snowflake; member: SpeakerMember }>();
  /** By channel id: the members who make commits, the first ones who joined. */
  readonly #committers = new Map<Snowflake, readonly SpeakerMember[]>();

  constructor(rooms: DaveRooms) {
    this.#rooms = rooms;
  }

  /** True while a member has messages to act on. */
  get isBusy(): boolean {
    return !this.#scheduler.isIdle;
  }

  /** Runs `work` when all members have acted on the messages that they have been sent so far. */
  afterAll(work: () => void): void {
    this.#scheduler.afterAll(work);
  }

  /** A speaker joins; to be called after op 11 has gone out to the others. Throws DaveError when davey does not load. */
  enter(userId: Snowflake, channelId: Snowflake): void {
    const room = this.#rooms.roomOf(channelId);
    if (room === null) return;
    const member: SpeakerMember = new SpeakerMember({
      userId,
      channelId,
      scheduler: this.#scheduler,
      version: room.version,
      say: (said) => this.#rooms.handle(channelId, userId, said),
      knownUserIds: () => this.#rooms.knownIn(channelId),
      commits: () => this.#committersIn(channelId).includes(member),
      signRemoval: (epoch, leaf) => room.signRemoval(epoch, leaf),
    });
    this.#seats.set(userId, { channelId, member });
    this.#chooseCommitters(channelId);
    this.#rooms.enter(channelId, member);
  }

  /** A speaker leaves; to be called after op 13 has gone out to the others. */
  leave(userId: Snowflake): void {
    const seat = this.#seats.get(userId);
    if (seat === undefined) return;
    this.#seats.delete(userId);
    seat.member.close();
    this.#chooseCommitters(seat.channelId);
    this.#rooms.leave(seat.channelId, seat.member);
    for (const member of this.#committersIn(seat.channelId)) member.reconsider();
  }

  /** Encrypts a packet as that speaker's client does; plain in a channel without encryption. Null: there is no key. */
  seal(userId: Snowflake, opus: Uint8Array): SealedFrame | null {
    const seat = this.#seats.get(userId);
    return seat === undefined ? plainFrame(opus) : seat.member.seal(opus);
  }

  close(): void {
    this.#scheduler.close();
    this.#seats.clear();
  }

  #committersIn(channelId: Snowflake): readonly SpeakerMember[] {
    return this.#committers.get(channelId) ?? [];
  }

  #chooseCommitters(channelId: Snowflake): void {
    const seats = [...this.#seats.values()].filter((seat) => seat.channelId === channelId);
    const members = seats.slice(0, COMMITTERS).map(({ member }) => member);
    this.#committers.set(channelId, members);
  }
}
