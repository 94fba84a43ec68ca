import { describe, expect, test } from 'vitest';
import { appendProposals, parseCommitWelcome } from '../../../main/dave/mls-wire.ts';
import { SAID } from '../../support/dave-crowd.ts';
import type { DaveClient, ServerMessage } from '../../support/dave-crowd.ts';
import { davePair } from '../../support/dave-pair.ts';
import type { DavePair } from '../../support/dave-pair.ts';

const FAULT = ['invalid-commit-welcome', 'key-package'];

/** The same message with its last bytes changed. */
function corrupted({ op, body }: ServerMessage): ServerMessage {
  if (!Buffer.isBuffer(body)) throw new Error(`op ${String(op)} is not binary`);
  const other = Buffer.from(body);
  other.fill(0xff, other.byteLength - 8);
  return { op, body: other };
}

function nextOf(client: DaveClient, op: number): ServerMessage {
  const message = client.inbox[0];
  if (message?.op !== op)
    throw new Error(`op ${String(message?.op)} in the place of ${String(op)}`);
  return message;
}

/** Ann's next message is the commit that adds a third member. */
function pairBeforeCommit(): DavePair & {
  readonly cat: DaveClient;
  readonly commit: ServerMessage;
} {
  const pair = davePair();
  const cat = pair.crowd.join();
  pair.crowd.deliverUntil(pair.ann, 29);
  return { ...pair, cat, commit: nextOf(pair.ann, 29) };
}

describe('commit that cannot be followed', () => {
  test('is reported with its transition, and a new key package goes out', () => {
    const { crowd, ann, commit } = pairBeforeCommit();
    ann.inbox[0] = corrupted(commit);
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual(FAULT);
    expect(ann.outbox).toContainEqual({ kind: 'invalid-commit-welcome', transitionId: 1 });
    expect(ann.session.state).toMatchObject({ version: 1, epoch: null, privacyCode: null });
    crowd.deliverAll();
    expect(ann.recoveries).toBe(1);
    expect(ann.session.state.epoch).toBe(3);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('leaves the old keys, so that frames of members who still use them open', () => {
    const { crowd, ann, ben, commit } = pairBeforeCommit();
    const frame = ben.say();
    ann.inbox[0] = corrupted(commit);
    crowd.deliverTo(ann);
    crowd.clock.nowMs += 30_000;
    expect(ann.hears(ben.userId, frame)).toBe(true);
  });

  test('makes later messages of the old group be ignored, not reported', () => {
    const { crowd, ann, ben, commit } = pairBeforeCommit();
    const proposals = ben.inbox.find(({ op }) => op === 27);
    ann.inbox[0] = corrupted(commit);
    crowd.deliverTo(ann);
    const late = [commit, corrupted(commit), ...(proposals === undefined ? [] : [proposals])];
    for (const message of late) expect(ann.during(() => ann.receive(message))).toEqual([]);
    crowd.deliverAll();
    expect(ann.recoveries).toBe(1);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('is ignored when its epoch is over', () => {
    const { crowd, ann, commit } = pairBeforeCommit();
    crowd.deliverAll();
    expect(ann.during(() => ann.receive(commit))).toEqual([]);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });
});

describe('welcome that cannot be followed', () => {
  test('is reported, and the next one is for the new key package', () => {
    const { crowd, cat } = pairBeforeCommit();
    crowd.deliverUntil(cat, 30);
    const welcome = nextOf(cat, 30);
    cat.inbox[0] = corrupted(welcome);
    expect(cat.during(() => crowd.deliverTo(cat))).toEqual(FAULT);
    expect(cat.during(() => cat.receive(welcome))).toEqual([]); // it is for the old key package
    crowd.deliverAll();
    expect(cat.recoveries).toBe(1);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('is ignored when it comes a second time', () => {
    const { crowd, cat } = pairBeforeCommit();
    crowd.deliverUntil(cat, 30);
    const welcome = nextOf(cat, 30);
    crowd.deliverAll();
    expect(cat.during(() => cat.receive(welcome))).toEqual([]);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('is reported by a member too: the server takes it for somebody in no group', () => {
    const { crowd, ann } = davePair();
    const nobodys = { op: 30, body: Buffer.alloc(90, 7) };
    expect(ann.during(() => ann.receive(nobodys))).toEqual(FAULT);
    crowd.deliverAll();
    expect(crowd.doAllHearEachOther()).toBe(true);
  });
});

describe('commit of our own', () => {
  /** Ann has committed twice to one epoch: to Cat alone, and to Cat and Dan. */
  function twoCommits(): DavePair & { readonly commits: readonly Buffer[] } {
    const pair = davePair();
    const commits: Buffer[] = [];
    for (let count = 0; count < 2; count += 1) {
      const newcomer = pair.crowd.join();
      while (pair.crowd.deliverTo(newcomer));
      while (pair.crowd.deliverFrom(newcomer));
      while (pair.crowd.deliverTo(pair.ann));
      const last = pair.ann.outbox.at(-1);
      const parts = last !== undefined && 'body' in last ? parseCommitWelcome(last.body) : null;
      if (parts !== null) commits.push(parts.commit);
    }
    pair.ann.outbox.splice(0);
    return { ...pair, commits };
  }

  const announced = (commit: Buffer | undefined): ServerMessage => ({
    op: 29,
    body: Buffer.concat([Buffer.of(0, 1), commit ?? Buffer.alloc(0)]),
  });

  test('is adopted when it is our latest one', () => {
    const { ann, commits } = twoCommits();
    expect(ann.during(() => ann.receive(announced(commits[1])))).toEqual(['transition-ready']);
    expect(ann.session.state.epoch).toBe(2);
  });

  test('is reported when it is an older one, as the library would adopt the latest in its place', () => {
    const { ann, commits } = twoCommits();
    expect(ann.during(() => ann.receive(announced(commits[0])))).toEqual(FAULT);
    expect(ann.session.state.epoch).toBeNull();
  });

  test('stays our latest one when its proposals are replayed', () => {
    const { crowd, ann } = davePair();
    crowd.join();
    crowd.deliverUntil(ann, 27);
    const proposals = nextOf(ann, 27);
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual(['commit-welcome']);
    expect(ann.during(() => ann.receive(proposals))).toEqual([]);
    crowd.deliverAll();
    expect(ann.recoveries).toBe(0);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('is reported when it was changed on its way', () => {
    const { ann, commits } = twoCommits();
    expect(ann.during(() => ann.receive(corrupted(announced(commits[1]))))).toEqual(FAULT);
  });

  test('is reported likewise when it is for the first group', () => {
    const { crowd, ann, ben } = davePair();
    crowd.room.newGroup();
    for (const client of [ann, ben]) {
      while (crowd.deliverTo(client));
      while (crowd.deliverFrom(client));
    }
    const proposals = nextOf(ann, 27);
    while (crowd.deliverTo(ann));
    const answer = ann.outbox.at(-1);
    const parts = answer !== undefined && 'body' in answer ? parseCommitWelcome(answer.body) : null;
    ann.outbox.splice(0);
    const first = announced(parts?.commit);
    expect(ann.during(() => ann.receive(corrupted(first)))).toEqual(FAULT);
    // After the report, messages sent before it still fit the group, which is pending again.
    expect(ann.during(() => ann.receive(first))).toEqual([]);
    expect(ann.during(() => ann.receive(proposals))).toEqual(['commit-welcome']);
    expect(ann.during(() => ann.receive(first))).toEqual([]);
  });

  test('includes the welcome that the library leaves out when a member is removed meanwhile', () => {
    const { crowd, ann, ben } = davePair();
    const cat = crowd.join();
    while (crowd.deliverTo(cat));
    while (crowd.deliverFrom(cat));
    while (crowd.deliverTo(ann));
    const add = ann.outbox.at(-1);
    ann.outbox.splice(0);
    // A server without a workaround for that sends the Remove alone.
    const removal = crowd.room.signRemoval(1, crowd.room.members.indexOf(ben.userId));
    ann.receive({ op: 27, body: appendProposals([removal]) });
    const both = ann.outbox.at(-1);
    const parts = both !== undefined && 'body' in both ? parseCommitWelcome(both.body) : null;
    expect(add?.kind).toBe('commit-welcome');
    expect(parts?.refs).toHaveLength(2);
    expect(parts?.welcome).not.toBeNull();
    cat.receive({ op: 30, body: Buffer.concat([Buffer.of(0, 9), parts?.welcome ?? SAID]) });
    ann.receive({ op: 29, body: Buffer.concat([Buffer.of(0, 9), parts?.commit ?? SAID]) });
    expect(cat.code).toBe(ann.code);
    expect(cat.hears(ann.userId, ann.say())).toBe(true);
    expect(ann.hears(ben.userId, ben.say())).toBe(false);
  });
});

describe('frames that do not open', () => {
  const giveUp = (client: DaveClient, userId: string, count: number): void => {
    for (let index = 0; index < count; index += 1) client.session.gaveUp(userId);
  };

  test('36 in a row of a member begin a new group, once in 10 s and five times at most', () => {
    const { crowd, ann, ben } = davePair();
    crowd.clock.nowMs += 3_000;
    expect(ann.during(() => giveUp(ann, ben.userId, 35))).toEqual([]);
    expect(ann.during(() => giveUp(ann, ben.userId, 1))).toEqual(FAULT);
    crowd.deliverAll();
    expect(crowd.doAllHearEachOther()).toBe(true);
    for (let heals = 0; heals < 7; heals += 1) {
      crowd.clock.nowMs += 10_000;
      giveUp(ann, ben.userId, 40);
      crowd.deliverAll();
      crowd.clock.nowMs += 4_000;
      giveUp(ann, ben.userId, 40);
    }
    expect(ann.recoveries).toBe(6);
  });

  test('do not count within 3 s of a change of keys, nor while a transition is under way', () => {
    const { crowd, ann, ben } = davePair();
    expect(ann.during(() => giveUp(ann, ben.userId, 100))).toEqual([]);
    crowd.clock.nowMs += 60_000;
    crowd.join();
    crowd.deliverUntil(ann, 29);
    crowd.deliverTo(ann);
    crowd.clock.nowMs += 9_000;
    expect(ann.during(() => giveUp(ann, ben.userId, 100))).toEqual([]);
    crowd.clock.nowMs += 1_000; // past its limit of 10 s the server no longer executes the transition
    expect(ann.during(() => giveUp(ann, ben.userId, 100))).toEqual(FAULT);
  });

  test('are counted anew after a frame that opens, and not counted for somebody not connected', () => {
    const { crowd, ann, ben } = davePair();
    crowd.clock.nowMs += 60_000;
    for (let round = 0; round < 10; round += 1) {
      giveUp(ann, ben.userId, 35);
      expect(ann.hears(ben.userId, ben.say())).toBe(true);
    }
    giveUp(ann, '5', 1_000);
    expect(ann.recoveries).toBe(0);
  });

  test('of one member begin a new group once, while frames of another open', () => {
    const { crowd, ann, ben } = davePair();
    const cat = crowd.join();
    crowd.deliverAll();
    for (let round = 0; round < 10; round += 1) {
      crowd.clock.nowMs += 12_000;
      giveUp(ann, cat.userId, 50);
      crowd.deliverAll();
      expect(ann.hears(ben.userId, ben.say())).toBe(true);
    }
    expect(ann.recoveries).toBe(1);
  });

  test('begin a new group five times at most while only frames of old groups open', () => {
    const { crowd, ann, ben } = davePair();
    for (let round = 0; round < 5; round += 1) {
      crowd.clock.nowMs += 12_000;
      const late = ben.say();
      giveUp(ann, ben.userId, 50);
      crowd.deliverAll();
      expect(ann.hears(ben.userId, late)).toBe(true);
    }
    crowd.clock.nowMs += 12_000;
    giveUp(ann, ben.userId, 50);
    expect(ann.recoveries).toBe(5);
  });

  test('begin a new group again when nobody has added us for 10 s', () => {
    const { crowd, ann, ben } = davePair();
    crowd.room.newGroup();
    while (crowd.deliverTo(ann));
    crowd.clock.nowMs += 9_999;
    expect(ann.during(() => giveUp(ann, ben.userId, 100))).toEqual([]);
    crowd.clock.nowMs += 1;
    expect(ann.during(() => giveUp(ann, ben.userId, 100))).toEqual(FAULT);
    crowd.deliverAll();
    expect(crowd.doAllHearEachOther()).toBe(true);
  });
});
