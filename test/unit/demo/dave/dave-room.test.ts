import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DaveRoom } from '../../../../main/demo/dave/dave-room.ts';
import { DaveyMember, SAID } from '../../../support/davey-member.ts';
import { SeededRandom } from '../../../../main/base/seeded-random.ts';

const CHANNEL = '927310423890473011';

interface Message {
  readonly op: number;
  readonly body: Buffer | object;
}

/** A client that follows the DAVE protocol's message flow; tests deliver the messages of its inbox and outbox. */
class Client {
  readonly inbox: Message[] = [];
  readonly outbox: Message[] = [];
  readonly member: DaveyMember;
  /** After op 31 and until it is in the group again: what still comes belongs to the old one. */
  #isRecovering = false;
  recoveries = 0;
  /** Of every op 22. */
  readonly executed: unknown[] = [];

  constructor(userId: string) {
    this.member = new DaveyMember(userId, CHANNEL);
    this.outbox.push({ op: 26, body: this.member.keyPackage });
  }

  receive({ op, body }: Message): void {
    if (!Buffer.isBuffer(body)) {
      if (op === 24) this.#startOver();
      if (op === 22 && 'transition_id' in body) this.executed.push(body.transition_id);
      return;
    }
    if (op === 25) return this.member.session.setExternalSender(body);
    if (op === 27) return this.#onProposals(body);
    const { session } = this.member;
    const transitionId = body.readUInt16BE();
    try {
      if (op === 29) session.processCommit(body.subarray(2));
      if (op === 30) session.processWelcome(body.subarray(2));
    } catch {
      if (this.#isRecovering) return;
      this.outbox.push({ op: 31, body: { transition_id: transitionId } });
      this.#startOver();
      this.#isRecovering = true;
      this.recoveries += 1;
      return;
    }
    this.#isRecovering = false;
    if (transitionId > 0) this.outbox.push({ op: 23, body: { transition_id: transitionId } });
  }

  #onProposals(body: Buffer): void {
    try {
      const answer = this.member.proposals(body);
      if (answer !== null) this.outbox.push({ op: 28, body: answer });
    } catch {
      // Proposals of a group that this client is not in.
    }
  }

  #startOver(): void {
    this.member.startOver();
    this.outbox.push({ op: 26, body: this.member.keyPackage });
    this.#isRecovering = false;
  }
}

/** A room and its clients. Messages are delivered when the test says so, in order in each direction. */
class Crowd {
  readonly clients = new Map<string, Client>();
  readonly room: DaveRoom;
  faults = 0;
  #recoveriesOfThoseGone = 0;
  #nextId = 158_049_329_150_427_136n;

  constructor() {
    this.room = new DaveRoom({
      channelId: CHANNEL,
      send: (userId, op, body) => this.clients.get(userId)?.inbox.push({ op, body }),
    });
    onTestFinished(() => this.room.close());
  }

  join(): Client {
    const userId = String((this.#nextId += 1n));
    const client = new Client(userId);
    this.clients.set(userId, client);
    this.room.connect(userId);
    return client;
  }

  leave(client: Client): void {
    this.clients.delete(client.member.userId);
    this.#recoveriesOfThoseGone += client.recoveries;
    this.room.leave(client.member.userId);
  }

  get recoveries(): number {
    const here = [...this.clients.values()].map((client) => client.recoveries);
    return here.reduce((sum, one) => sum + one, this.#recoveriesOfThoseGone);
  }

  /** Everything until nobody has anything to say. */
  deliverAll(): void {
    for (;;) {
      const busy = [...this.clients.values()].flatMap((client) => {
        if (client.inbox.length > 0) return [() => this.deliverTo(client)];
        return client.outbox.length > 0 ? [() => this.deliverFrom(client)] : [];
      });
      if (busy.length === 0) return;
      for (const deliver of busy) deliver();
    }
  }

  deliverTo(client: Client): void {
    const message = client.inbox.shift();
    if (message !== undefined) client.receive(message);
  }

  deliverFrom(client: Client): void {
    const message = client.outbox.shift();
    if (message === undefined) return;
    const { op, body } = message;
    const { userId } = client.member;
    if (op === 26 && Buffer.isBuffer(body)) this.room.keyPackage(userId, body);
    if (op === 28 && Buffer.isBuffer(body)) this.room.commitWelcome(userId, body);
    if (op === 23 && 'transition_id' in body)
      this.room.transitionReady(userId, Number(body.transition_id));
  }

  /** Corrupts the next commit or welcome that waits for somebody. */
  corrupt(): void {
    for (const { inbox } of this.clients.values()) {
      const at = inbox.findIndex(({ op }) => op === 29 || op === 30);
      const message = inbox[at];
      if (message === undefined || !Buffer.isBuffer(message.body)) continue;
      const body = Buffer.from(message.body);
      body.fill(0xff, body.byteLength - 8);
      inbox[at] = { op: message.op, body };
      this.faults += 1;
      return;
    }
  }

  /** Everyone shows the same code and opens everyone else's frames. */
  expectOneGroup(): void {
    const members = [...this.clients.values()].map(({ member }) => member);
    expect(new Set(members.map(({ session }) => session.voicePrivacyCode)).size).toBe(1);
    for (const one of members) {
      for (const other of members) if (one !== other) expect(one.hears(other)).toEqual(SAID);
    }
    expect([...this.room.members].sort()).toEqual([...this.clients.keys()].sort());
  }
}

describe('dave room', () => {
  test('twelve clients that join at once are in one group after one commit', () => {
    const crowd = new Crowd();
    for (let count = 0; count < 12; count += 1) crowd.join();
    crowd.deliverAll();
    expect(crowd.room.epoch).toBe(1);
    crowd.expectOneGroup();
  }, 20_000);

  test('a new member opens the others’ frames, and frames of one who left do not open', () => {
    const crowd = new Crowd();
    const [ann, ben] = [crowd.join(), crowd.join()];
    crowd.deliverAll();
    const cat = crowd.join();
    crowd.deliverAll();
    crowd.expectOneGroup();
    crowd.leave(ben);
    crowd.deliverAll();
    crowd.expectOneGroup();
    expect(() => ann.member.hears(ben.member)).toThrow();
    expect(cat.member.hears(ann.member)).toEqual(SAID);
    expect(crowd.room.epoch).toBe(3);
  });

  test('the last member gets a new group, which the next one joins', () => {
    const crowd = new Crowd();
    const [ann, ben] = [crowd.join(), crowd.join()];
    crowd.deliverAll();
    crowd.leave(ben);
    expect(ann.inbox.map(({ op }) => op)).toEqual([24, 21]);
    expect(crowd.room.epoch).toBe(0);
    crowd.deliverAll();
    crowd.join();
    crowd.deliverAll();
    crowd.expectOneGroup();
  });

  test('a corrupted commit costs one recovery', () => {
    const crowd = new Crowd();
    for (let count = 0; count < 3; count += 1) crowd.join();
    crowd.deliverAll();
    const dan = crowd.join();
    while (![...crowd.clients.values()].some(({ inbox }) => inbox.some(({ op }) => op === 29))) {
      for (const client of crowd.clients.values()) {
        crowd.deliverTo(client);
        crowd.deliverFrom(client);
      }
    }
    crowd.corrupt();
    crowd.deliverAll();
    expect([crowd.faults, crowd.recoveries]).toEqual([1, 1]);
    expect(crowd.room.members).toContain(dan.member.userId);
    crowd.expectOneGroup();
  });

  test('messages that a client may not send are told from messages that cannot be parsed', () => {
    const crowd = new Crowd();
    const [ann, ben] = [crowd.join(), crowd.join()];
    const { room } = crowd;
    const [annId, benId] = [ann.member.userId, ben.member.userId];
    expect(room.keyPackage(annId, Buffer.of(1, 2, 3))).toBe('malformed');
    expect(room.keyPackage(annId, ben.member.keyPackage)).toBe('forbidden');
    const forged = Buffer.from(ben.member.keyPackage);
    forged.fill(1, forged.byteLength - 4);
    expect(room.keyPackage(benId, forged)).toBe('forbidden');
    expect(room.keyPackage(benId, ben.member.keyPackage)).toBe('taken');
    expect(room.commitWelcome(annId, Buffer.alloc(300))).toBe('malformed');
  });

  /** Everything but the op 23 that this client has to say. */
  function deliverAllBut(crowd: Crowd, silent: Client): void {
    for (let round = 0; round < 30; round += 1) {
      for (const client of crowd.clients.values()) {
        crowd.deliverTo(client);
        if (client !== silent || client.outbox[0]?.op !== 23) crowd.deliverFrom(client);
      }
    }
  }

  test('op 22 follows the last op 23', () => {
    const crowd = new Crowd();
    const [ann, ben] = [crowd.join(), crowd.join()];
    crowd.deliverAll();
    crowd.join();
    deliverAllBut(crowd, ben);
    expect(ann.executed).toEqual([]);
    crowd.deliverAll();
    expect([ann.executed, ben.executed]).toEqual([[1], [1]]);
  });

  test('op 22 comes after the limit when an op 23 is missing', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const crowd = new Crowd();
    const [ann, ben] = [crowd.join(), crowd.join()];
    crowd.deliverAll();
    crowd.join();
    deliverAllBut(crowd, ben);
    vi.advanceTimersByTime(1999);
    deliverAllBut(crowd, ben);
    expect(ann.executed).toEqual([]);
    vi.advanceTimersByTime(1);
    deliverAllBut(crowd, ben);
    expect([ann.executed, ben.executed]).toEqual([[1], [1]]);
  });

  test.each([1, 2, 3, 5, 6, 8])(
    'clients join, leave and fail while messages cross in any order, and end in one group (seed %i)',
    (seed) => {
      const random = new SeededRandom(seed);
      const crowd = new Crowd();
      crowd.room.offers = seed % 2 === 0 ? 'twice' : 'once';
      if (seed % 3 === 0) crowd.room.proposalsPerMessage = 1;
      const any = (): Client | undefined =>
        [...crowd.clients.values()][random.integer(crowd.clients.size)];
      for (let step = 0; step < 500; step += 1) {
        const client = any();
        const chance = random.next();
        if (crowd.clients.size < 2 || (chance < 0.025 && crowd.clients.size < 7)) crowd.join();
        else if (chance < 0.04 && client !== undefined) crowd.leave(client);
        else if (chance < 0.045) crowd.corrupt();
        else if (client !== undefined && random.next() < 0.5) crowd.deliverTo(client);
        else if (client !== undefined) crowd.deliverFrom(client);
      }
      while (crowd.clients.size < 2) crowd.join();
      crowd.deliverAll();
      crowd.expectOneGroup();
      expect(crowd.recoveries).toBeLessThanOrEqual(crowd.faults);
    },
    20_000,
  );
});
