import { describe, expect, test } from 'vitest';
import { DaveClient, StoppedClock } from '../../support/dave-crowd.ts';
import { davePair } from '../../support/dave-pair.ts';
import type { DavePair } from '../../support/dave-pair.ts';

const PLAIN = Uint8Array.of(0x78, 1, 2, 3);

/** Two members of a call that was downgraded to version 0 (op 21, and op 22 after both answered). */
function plainPair(): DavePair {
  const pair = davePair();
  pair.crowd.room.downgrade();
  pair.crowd.deliverAll();
  return pair;
}

describe('downgrade', () => {
  test('lets plain frames pass once announced, and seals our frames until it is executed', () => {
    const { crowd, ann, ben } = davePair();
    crowd.room.downgrade();
    let keys = 0;
    ann.onKeys = () => {
      keys += 1;
    };
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual(['transition-ready']);
    expect(keys).toBe(1);
    expect(ann.session.open(ben.userId, PLAIN)).toBe(PLAIN);
    expect(ann.hears(ben.userId, ben.say())).toBe(true);
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1 });
    expect(ann.session.seal(PLAIN)).not.toEqual(PLAIN);
    crowd.deliverAll();
    expect(ann.session.state).toEqual({
      version: 0,
      epoch: null,
      privacyCode: null,
      transitions: 2,
    });
    expect(ann.states.map(({ version, epoch }) => [version, epoch])).toEqual([
      [1, null],
      [1, 1],
      [0, null],
    ]);
    expect(ann.session.seal(PLAIN)).toBe(PLAIN);
  });

  test('opens encrypted frames for 10 s more, and then lets pass what looks like one', () => {
    const { crowd, ann, ben } = davePair();
    const late = [ben.say(), ben.say()] as const;
    const strange = davePair().ben.say(); // a frame of a group of which Ann has no key
    crowd.room.downgrade();
    crowd.deliverAll();
    expect(ann.session.state.version).toBe(0);
    crowd.clock.nowMs += 9_999;
    expect(ann.hears(ben.userId, late[0])).toBe(true);
    expect(ann.session.open(ben.userId, strange)).toBeNull();
    crowd.clock.nowMs += 1;
    expect(ann.session.open(ben.userId, late[1])).toBe(late[1]);
  });

  test('refuses a frame that only looks encrypted for 10 s, and then lets it pass', () => {
    const { crowd, ann, ben } = plainPair();
    const lookalike = Uint8Array.of(0x78, ...new Array<number>(30).fill(7), 0, 12, 0xfa, 0xfa);
    expect(ann.session.open(ben.userId, lookalike)).toBeNull();
    crowd.clock.nowMs += 10_000;
    expect(ann.session.open(ben.userId, lookalike)).toBe(lookalike);
  });

  test('with transition id 0 is executed at once and not answered', () => {
    const { ann, ben } = davePair();
    const down = { op: 21, body: { transition_id: 0, protocol_version: 0 } };
    expect(ann.during(() => ann.receive(down))).toEqual([]);
    expect(ann.session.state.version).toBe(0);
    expect(ann.session.open(ben.userId, PLAIN)).toBe(PLAIN);
  });

  test('by a new group of version 0 is executed at once', () => {
    const { ann, ben } = davePair();
    const down = { op: 24, body: { transition_id: 0, protocol_version: 0, epoch: 1 } };
    expect(ann.during(() => ann.receive(down))).toEqual([]);
    expect(ann.session.state.version).toBe(0);
    expect(ann.session.open(ben.userId, PLAIN)).toBe(PLAIN);
  });

  test('is ignored when op 22 comes without op 21', () => {
    const { ann } = davePair();
    ann.receive({ op: 22, body: { transition_id: 77 } });
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1, transitions: 1 });
  });
});

describe('upgrade', () => {
  test('lets plain frames pass until 10 s after it is executed', () => {
    const { crowd, ann, ben } = plainPair();
    crowd.room.newGroup();
    crowd.deliverAll();
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1, privacyCode: ben.code });
    expect(crowd.doAllHearEachOther()).toBe(true);
    crowd.clock.nowMs += 9_999;
    expect(ann.session.open(ben.userId, PLAIN)).toBe(PLAIN);
    crowd.clock.nowMs += 1;
    expect(ann.session.open(ben.userId, PLAIN)).toBeNull();
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('by op 24 takes effect when its group does, not when the group is announced', () => {
    const { crowd, ann, ben } = davePair();
    const solo = new DaveClient(ann.userId, crowd.clock);
    solo.session.begin(0);
    solo.session.clientsConnect([ben.userId]);
    const [sender] = crowd.join().inbox.filter(({ op }) => op === 25);
    solo.receive(sender ?? { op: 25, body: {} });
    const up = { op: 24, body: { transition_id: 0, protocol_version: 1, epoch: 1 } };
    expect(solo.during(() => solo.receive(up))).toEqual(['key-package']);
    expect(solo.session.state.version).toBe(0);
    expect(solo.session.open(ben.userId, PLAIN)).toBe(PLAIN);
    expect(solo.session.open(ben.userId, ben.say())).toBeNull(); // a frame of the new group: it has to wait for its key
    crowd.clock.nowMs += 60_000;
    expect(solo.session.open(ben.userId, PLAIN)).toBe(PLAIN);
    expect(solo.session.seal(PLAIN)).toBe(PLAIN);
  });

  test('without op 24 before it begins a new group', () => {
    const { ann, ben } = plainPair();
    ann.receive({ op: 21, body: { transition_id: 9, protocol_version: 1 } });
    const execute = { op: 22, body: { transition_id: 9 } };
    expect(ann.during(() => ann.receive(execute))).toEqual(['key-package']);
    expect(ann.session.state.version).toBe(1);
    expect(ann.session.open(ben.userId, PLAIN)).toBe(PLAIN);
  });

  test('that overtakes a downgrade leaves the new group alone', () => {
    const { crowd, ann, ben } = davePair();
    crowd.room.downgrade();
    crowd.deliverTo(ann);
    const [down] = ann.outbox;
    crowd.room.newGroup();
    while (crowd.deliverTo(ann));
    expect(down).toMatchObject({ kind: 'transition-ready' });
    if (down?.kind === 'transition-ready')
      ann.receive({ op: 22, body: { transition_id: down.transitionId } });
    crowd.deliverAll();
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1, privacyCode: ben.code });
    expect(crowd.doAllHearEachOther()).toBe(true);
  });
});

describe('sole member', () => {
  test('can be downgraded to version 0, and is encrypted again with the next person', () => {
    const { crowd, ann, ben } = davePair();
    crowd.leave(ben);
    ann.inbox.splice(0);
    ann.receive({ op: 13, body: { user_id: ben.userId } });
    ann.receive({ op: 21, body: { transition_id: 0, protocol_version: 0 } });
    expect(ann.session.state).toMatchObject({ version: 0, epoch: null, privacyCode: null });
    crowd.room.newGroup();
    crowd.join();
    crowd.deliverAll();
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1 });
    expect(crowd.doAllHearEachOther()).toBe(true);
  });
});

describe('version that the library does not know', () => {
  test('opens nothing, until a version that it knows is announced', () => {
    const { crowd, ben } = davePair();
    const client = new DaveClient('3', new StoppedClock());
    client.session.begin(2);
    expect(client.outbox).toEqual([]);
    expect(client.session.state).toMatchObject({ version: 2, epoch: null });
    expect(client.session.open(ben.userId, ben.say())).toBeNull();
    expect(client.session.open(ben.userId, PLAIN)).toBeNull();
    expect(client.session.seal(PLAIN)).toBeNull();
    for (const { op, body } of crowd.join().inbox.filter((message) => message.op === 25))
      client.receive({ op, body });
    client.receive({ op: 24, body: { transition_id: 0, protocol_version: 1, epoch: 1 } });
    expect(client.outbox.map(({ kind }) => kind)).toEqual(['key-package']);
  });

  test('is ignored in an epoch other than 1', () => {
    const { ann } = davePair();
    const odd = { op: 24, body: { transition_id: 5, protocol_version: 1, epoch: 9 } };
    expect(ann.during(() => ann.receive(odd))).toEqual([]);
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1 });
  });
});
