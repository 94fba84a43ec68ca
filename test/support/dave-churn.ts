import { DaveCrowd, SAID } from './dave-crowd.ts';
import type { DaveClient } from './dave-crowd.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';

export interface ChurnOptions {
  readonly seed: number;
  /** Number of joins, leaves, reconnects, faults and new groups together. */
  readonly changes: number;
  readonly membersAtMost?: number;
}

export interface ChurnReport {
  readonly seed: number;
  readonly joins: number;
  readonly commits: number;
  readonly transitions: number;
  /** Commits and welcomes that were corrupted, or made up. */
  readonly faults: number;
  /** Op 31 messages sent. */
  readonly recoveries: number;
  /** Different privacy codes at the end; 1 when all are in one group. */
  readonly codes: number;
  readonly membersAtEnd: number;
  readonly doAllHearEachOther: boolean;
  /** Frames delivered to somebody who had their key at any time until the end. */
  readonly openable: number;
  /** Those of the openable frames that were not opened. */
  readonly missed: number;
}

/** A frame that was sent to one listener. */
interface SentFrame {
  readonly speaker: DaveClient;
  /** Privacy code of the epoch whose key sealed the frame; null when it was sent unencrypted. */
  readonly code: string | null;
  readonly frame: Uint8Array;
}

/** The frames that one client gets. */
interface Listener {
  readonly coming: SentFrame[];
  readonly waiting: SentFrame[];
  opened: number;
  /** Every privacy code that this client's group has had. */
  readonly codes: Set<string>;
}

/** Chances of what happens in one step; otherwise a message is delivered. */
const CHANCE = { change: 0.012, say: 0.1, hear: 0.3 } as const;

/**
 * A call in which people join, leave, reconnect and get wrong messages. Messages and frames cross in any order, but
 * those of one direction keep theirs; at the end all are delivered. The clock stands still, so the demo server's time
 * limits never pass.
 */
export function runDaveChurn({ seed, changes, membersAtMost = 7 }: ChurnOptions): ChurnReport {
  using churn = new Churn(new SeededRandom(seed), membersAtMost);
  while (churn.changes < changes) churn.step();
  return { seed, ...churn.finish() };
}

class Churn implements Disposable {
  readonly #random: SeededRandom;
  readonly #membersAtMost: number;
  readonly #crowd = new DaveCrowd();
  readonly #listeners = new Map<DaveClient, Listener>();
  changes = 0;
  #joins = 0;
  #faults = 0;
  #recoveriesOfThoseGone = 0;
  #transitionsOfThoseGone = 0;
  #openable = 0;
  #missed = 0;

  constructor(random: SeededRandom, membersAtMost: number) {
    this.#random = random;
    this.#membersAtMost = membersAtMost;
  }

  step(): void {
    const { clients } = this.#crowd;
    const client = [...clients.values()][this.#random.integer(clients.size)];
    if (client === undefined || clients.size < 2) return this.#join();
    const dice = this.#random.next();
    if (dice < CHANCE.change) this.#change(client);
    else if (dice < CHANCE.change + CHANCE.say) this.#say(client);
    else if (dice < CHANCE.change + CHANCE.say + CHANCE.hear) this.#hear(client);
    else if (this.#random.next() < 0.5) this.#crowd.deliverTo(client);
    else this.#crowd.deliverFrom(client);
  }

  finish(): Omit<ChurnReport, 'seed'> {
    const crowd = this.#crowd;
    while (crowd.clients.size < 2) this.#join();
    crowd.deliverAll();
    for (const [client, { coming }] of this.#listeners)
      while (coming.length > 0) this.#hear(client);
    for (const client of this.#listeners.keys()) this.#settle(client);
    const clients = [...crowd.clients.values()];
    const sum = (of: (client: DaveClient) => number): number =>
      clients.reduce((total, client) => total + of(client), 0);
    return {
      joins: this.#joins,
      commits: crowd.commits,
      transitions: this.#transitionsOfThoseGone + sum(({ session }) => session.state.transitions),
      faults: this.#faults,
      recoveries: this.#recoveriesOfThoseGone + sum(({ recoveries }) => recoveries),
      codes: new Set(clients.map(({ code }) => code)).size,
      membersAtEnd: clients.filter(({ code }) => code !== null).length,
      doAllHearEachOther: crowd.doAllHearEachOther(),
      openable: this.#openable,
      missed: this.#missed,
    };
  }

  [Symbol.dispose](): void {
    this.#crowd[Symbol.dispose]();
  }

  #change(client: DaveClient): void {
    const { clients, room } = this.#crowd;
    this.changes += 1;
    const dice = this.#random.next();
    if (dice < 0.4 && clients.size < this.#membersAtMost) this.#join();
    else if (dice < 0.65) this.#leave(client);
    else if (dice < 0.75) {
      this.#leave(client);
      this.#join(client.userId);
    } else if (dice < 0.87) this.#corrupt();
    else if (dice < 0.97) this.#makeUp(client);
    else room.newGroup();
  }

  #join(userId?: string): void {
    this.#crowd.tellsOf = this.#random.chance(0.5) ? 11 : 12;
    const client = this.#crowd.join(userId);
    const state: Listener = { coming: [], waiting: [], opened: 0, codes: new Set() };
    this.#listeners.set(client, state);
    this.#joins += 1;
    client.onKeys = () => {
      if (client.code !== null) state.codes.add(client.code);
      const again = state.waiting.splice(0);
      for (const sent of again) this.#open(client, state, sent);
    };
  }

  #leave(client: DaveClient): void {
    this.#recoveriesOfThoseGone += client.recoveries;
    this.#transitionsOfThoseGone += client.session.state.transitions;
    this.#settle(client);
    this.#listeners.delete(client);
    this.#crowd.leave(client);
    // davey drops the keys of a removed member at once: frames of that member that are not yet opened may be lost.
    for (const { coming, waiting } of this.#listeners.values()) {
      dropFrom(coming, client);
      dropFrom(waiting, client);
    }
  }

  #say(speaker: DaveClient): void {
    const { code, session } = speaker;
    const frame = session.seal(SAID);
    if (frame === null) return;
    for (const [listener, { coming }] of this.#listeners) {
      if (listener !== speaker) coming.push({ speaker, code, frame });
    }
  }

  #hear(client: DaveClient): void {
    const state = this.#listeners.get(client);
    const sent = state?.coming.shift();
    if (state !== undefined && sent !== undefined) this.#open(client, state, sent);
  }

  #open(client: DaveClient, state: Listener, sent: SentFrame): void {
    const opus = client.session.open(sent.speaker.userId, sent.frame);
    if (opus === null) state.waiting.push(sent);
    else if (Buffer.compare(opus, SAID) === 0) state.opened += 1;
  }

  /** Counts the frames that this client opened, and those it did not open although it had their key. */
  #settle(client: DaveClient): void {
    const state = this.#listeners.get(client);
    if (state === undefined) return;
    const missed = state.waiting.filter(({ code }) => code !== null && state.codes.has(code));
    this.#openable += state.opened + missed.length;
    this.#missed += missed.length;
  }

  /** Corrupts the last 8 bytes of the first commit or welcome that is not delivered yet. */
  #corrupt(): void {
    for (const { inbox } of this.#crowd.clients.values()) {
      const at = inbox.findIndex(({ op }) => op === 29 || op === 30);
      const message = inbox[at];
      if (message === undefined || !Buffer.isBuffer(message.body)) continue;
      const body = Buffer.from(message.body);
      body.fill(0xff, body.byteLength - 8);
      inbox[at] = { op: message.op, body };
      this.#faults += 1;
      return;
    }
  }

  /** Sends the client a commit or welcome of random bytes. */
  #makeUp(client: DaveClient): void {
    const op = this.#random.next() < 0.5 ? 29 : 30;
    const body = Buffer.from(this.#random.bytes(2 + this.#random.integer(300)));
    client.inbox.push({ op, body });
    this.#faults += 1;
  }
}

function dropFrom(all: SentFrame[], speaker: DaveClient): void {
  const rest = all.filter((sent) => sent.speaker !== speaker);
  all.splice(0, all.length, ...rest);
}
