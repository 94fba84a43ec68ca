import { DaveCrowd } from './dave-crowd.ts';
import type { DaveClient, ServerMessage } from './dave-crowd.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly state: FuzzState;
  readonly kind: FuzzKind;
  /** How many wrong messages the session gets. */
  readonly messages: number;
}

/**
 * `binary`: wrong messages of ops 25, 27, 29 and 30, from which the session has to recover by the messages that the
 * server sends anyway. `any`: also ops 21, 22 and 24, which may change the session's version; then a new group follows.
 */
export type FuzzKind = 'binary' | 'any';

export interface FuzzReport {
  /** Op 31 messages sent while the wrong messages came. */
  readonly recoveries: number;
  /** How often frames were given up until everybody could open everybody's frames again. */
  readonly healings: number;
  readonly doAllHearEachOther: boolean;
}

type Reach = (crowd: DaveCrowd, client: DaveClient) => void;

const reachCommitted: Reach = (crowd, client) => {
  crowd.deliverAll();
  crowd.join();
  crowd.deliverUntil(client, 29);
};

const reachPlain: Reach = (crowd) => {
  crowd.deliverAll();
  crowd.room.downgrade();
  crowd.deliverAll();
};

/** How one of three clients gets into each state; messages to the others may stay undelivered. */
const STATES = {
  waiting: () => undefined,
  joining: (crowd, client) => {
    for (let count = 0; count < 3; count += 1) crowd.deliverTo(client); // ops 4, 11 and 25
  },
  active: (crowd) => crowd.deliverAll(),
  alone: (crowd, client) => {
    crowd.deliverAll();
    for (const other of [...crowd.clients.values()]) if (other !== client) crowd.leave(other);
    crowd.deliverAll();
  },
  'with a commit out': reachCommitted,
  'in a transition': (crowd, client) => {
    reachCommitted(crowd, client);
    crowd.deliverTo(client);
  },
  'with a first commit out': (crowd, client) => {
    crowd.deliverAll();
    crowd.room.newGroup();
    for (const one of crowd.clients.values()) {
      while (one.inbox[0]?.op !== 27 && crowd.deliverTo(one));
      while (crowd.deliverFrom(one));
    }
    while (client.inbox[0]?.op === 27) crowd.deliverTo(client);
  },
  recovering: (crowd, client) => {
    reachCommitted(crowd, client);
    client.inbox[0] = { op: 29, body: Buffer.of(0, 1, 2, 3) };
    crowd.deliverTo(client);
  },
  downgrading: (crowd, client) => {
    crowd.deliverAll();
    crowd.room.downgrade();
    crowd.deliverTo(client);
  },
  plain: reachPlain,
  upgrading: (crowd, client) => {
    reachPlain(crowd, client);
    crowd.room.newGroup();
    crowd.deliverTo(client);
  },
} satisfies Record<string, Reach>;

export type FuzzState = keyof typeof STATES;

export const FUZZ_STATES = Object.keys(STATES).filter((name): name is FuzzState => name in STATES);

/** Longer than the 10 s that a session waits between two attempts to begin a new group. */
const HEAL_AFTER_MS = 11_000;
/** More than the 36 given-up frames in a row at which a session begins a new group. */
const GIVEN_UP = 40;
const HEALINGS_AT_MOST = 4;

/** Puts one session into `state`, gives it wrong messages, then delivers what the server would have sent anyway. */
export function runDaveFuzz({ seed, state, kind, messages }: FuzzOptions): FuzzReport {
  const random = new SeededRandom(seed);
  using crowd = new DaveCrowd();
  crowd.join();
  crowd.join();
  crowd.deliverAll();
  const client = crowd.join();
  const [sender] = client.inbox.filter(({ op }) => op === 25);
  STATES[state](crowd, client);
  const before = client.recoveries;
  for (let count = 0; count < messages; count += 1)
    client.receive(wrongMessage(crowd, random, kind));
  const recoveries = client.recoveries - before;
  crowd.deliverAll();
  if (sender !== undefined) client.receive(sender);
  crowd.join();
  if (kind === 'any' || crowd.room.version === 0) crowd.room.newGroup();
  crowd.deliverAll();
  const healings = heal(crowd);
  return { recoveries, healings, doAllHearEachOther: crowd.doAllHearEachOther() };
}

/**
 * Gives up frames in every session that is in no group, until everybody can open everybody's frames; 4 times at most.
 */
function heal(crowd: DaveCrowd): number {
  let healings = 0;
  while (healings < HEALINGS_AT_MOST && !crowd.doAllHearEachOther()) {
    healings += 1;
    crowd.clock.nowMs += HEAL_AFTER_MS;
    for (const { session } of crowd.clients.values()) {
      const deafTo = session.state.epoch === null ? session.members.slice(0, 1) : [];
      for (const userId of deafTo) {
        for (let count = 0; count < GIVEN_UP; count += 1) session.gaveUp(userId);
      }
    }
    crowd.deliverAll();
  }
  return healings;
}

const BINARY = [25, 27, 29, 30];
const JSON_OPS = [21, 22, 24];

/** A recent message with changed bytes, as it was, or with the body of another one; or a made-up message. */
function wrongMessage(crowd: DaveCrowd, random: SeededRandom, kind: FuzzKind): ServerMessage {
  if (kind === 'any' && random.next() < 0.3) return madeUp(random);
  const bodies = crowd.recent.flatMap(({ op, body }) =>
    Buffer.isBuffer(body) ? [{ op, body }] : [],
  );
  const message = bodies[random.integer(bodies.length)];
  const other = bodies[random.integer(bodies.length)];
  if (message === undefined || other === undefined) throw new Error('the call has said nothing');
  const dice = random.next();
  if (dice < 0.1) return message; // a second time, or to a client that it was not for
  if (dice < 0.2) return { op: message.op, body: other.body };
  if (dice < 0.25) {
    const op = BINARY[random.integer(BINARY.length)] ?? 29;
    return { op, body: Buffer.from(random.bytes(random.integer(600))) };
  }
  return { op: message.op, body: changed(message.body, random) };
}

/** `body`, cut, lengthened, with flipped bits, or with one byte of its first 40 replaced. */
function changed(body: Buffer, random: SeededRandom): Buffer {
  const dice = random.next();
  if (dice < 0.3) return body.subarray(0, random.integer(body.byteLength));
  if (dice < 0.4) return Buffer.concat([body, random.bytes(1 + random.integer(40))]);
  const other = Buffer.from(body);
  if (dice < 0.7) {
    for (let flips = random.integer(3); flips >= 0; flips -= 1) {
      const at = random.integer(other.byteLength);
      other.writeUInt8(other.readUInt8(at) ^ (1 << random.integer(8)), at);
    }
    return other;
  }
  const at = random.integer(Math.min(other.byteLength, 40)); // the length fields are in the first 40 bytes
  other.writeUInt8([0, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xff][random.integer(8)] ?? 0, at);
  return other;
}

/** A made-up JSON message that the gateway's parser accepts. */
function madeUp(random: SeededRandom): ServerMessage {
  const op = JSON_OPS[random.integer(JSON_OPS.length)] ?? 21;
  const number = (): number => [0, 1, 2, 5, 65_535][random.integer(5)] ?? 0;
  const body = { transition_id: number(), protocol_version: number(), epoch: number() };
  return { op, body };
}
