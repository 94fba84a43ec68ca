import type { Snowflake } from '../../base/snowflake.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import { plainFrame } from '../voice/spoken-packet.ts';
import type { SealedFrame } from '../voice/spoken-packet.ts';
import { SpeakerMember } from './speaker-member.ts';
import { LaneScheduler } from './lane-scheduler.ts';

/** So many speakers of a channel make commits: enough for a race. The work of all would grow with their number's square. */
const COMMITTERS = 2;

/** The speakers' part of end-to-end encryption: a member for each who is in a channel that has it. */
export class SpeakerMembers {
  readonly #rooms: DaveRooms;
  readonly #scheduler = new LaneScheduler();
  /** Those of a channel stand in the order in which they came. */
  readonly #seats = new Map<Snowflake, { channelId: Snowflake; member: SpeakerMember }>();
  /** The first of each channel. */
  readonly #committers = new Map<Snowflake, readonly SpeakerMember[]>();

  constructor(rooms: DaveRooms) {
    this.#rooms = rooms;
  }

  /** True while somebody has messages to act on. */
  get isBusy(): boolean {
    return !this.#scheduler.isIdle;
  }

  /** Runs `work` when everyone has acted on what has been sent so far. */
  afterAll(work: () => void): void {
    this.#scheduler.afterAll(work);
  }

  /** Comes in, after op 11 has told the others. Throws DaveError when davey does not load. */
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

  /** Goes, after op 13 has told the others. */
  leave(userId: Snowflake): void {
    const seat = this.#seats.get(userId);
    if (seat === undefined) return;
    this.#seats.delete(userId);
    seat.member.close();
    this.#chooseCommitters(seat.channelId);
    this.#rooms.leave(seat.channelId, seat.member);
    for (const member of this.#committersIn(seat.channelId)) member.reconsider();
  }

  /** As that speaker's client sends it; null: it has no key. */
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
