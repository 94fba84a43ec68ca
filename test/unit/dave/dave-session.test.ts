import { describe, expect, test } from 'vitest';
import { ExternalSender } from '../../../main/dave/external-sender.ts';
import { appendProposals, parseCommitWelcome } from '../../../main/dave/mls-wire.ts';
import { CHANNEL, DaveClient, DaveCrowd, SAID, StoppedClock } from '../../support/dave-crowd.ts';
import { davePair } from '../../support/dave-pair.ts';
import { DaveyMember } from '../../support/davey-member.ts';

const ANN = '158049329150427136';
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const PLAIN = Uint8Array.of(0x78, 1, 2, 3);

describe('dave session before op 4', () => {
  test('keeps messages, opens nothing, and handles the messages in order at op 4', () => {
    const client = new DaveClient(ANN, new StoppedClock());
    client.receive({ op: 25, body: new ExternalSender(CHANNEL).packageBody() });
    expect(client.session.open('2', PLAIN)).toBeNull();
    expect(client.session.seal(PLAIN)).toBeNull();
    expect(client.outbox).toEqual([]);
    client.session.begin(1);
    expect(client.outbox.map(({ kind }) => kind)).toEqual(['key-package']);
    expect(client.states).toEqual([{ version: 1, epoch: null, privacyCode: null, transitions: 0 }]);
  });

  test('keeps 64 messages at most', () => {
    const client = new DaveClient(ANN, new StoppedClock());
    for (let id = 1; id <= 1000; id += 1)
      client.session.handle({
        kind: 'dave-prepare-transition',
        transitionId: id,
        protocolVersion: 1,
      });
    client.session.begin(1);
    expect(client.outbox.filter(({ kind }) => kind === 'transition-ready')).toHaveLength(64);
  });
});

describe('dave session in a call without encryption', () => {
  test('passes every frame as it is, also one that looks encrypted', () => {
    const client = new DaveClient(ANN, new StoppedClock());
    client.session.begin(0);
    const { ann } = davePair();
    for (const frame of [PLAIN, SILENCE, ann.say(), Uint8Array.of()])
      expect(client.session.open('2', frame)).toBe(frame);
    expect(client.session.seal(PLAIN)).toBe(PLAIN);
    expect(client.outbox).toEqual([]);
    expect(client.states).toEqual([]);
  });

  test('answers no message about a group', () => {
    const client = new DaveClient(ANN, new StoppedClock());
    client.session.begin(0);
    for (const kind of ['dave-proposals', 'dave-announce-commit', 'dave-welcome'] as const)
      client.session.handle({ kind, body: Uint8Array.of(0, 1, 2, 3) });
    for (let count = 0; count < 100; count += 1) client.session.gaveUp('2');
    expect(client.outbox).toEqual([]);
  });
});

describe('dave session', () => {
  test('forms the first group, which takes effect at once', () => {
    using crowd = new DaveCrowd();
    const clients = [crowd.join(), crowd.join()];
    crowd.deliverAll();
    const [ann, ben] = clients;
    expect(ann?.session.state).toMatchObject({ version: 1, epoch: 1, transitions: 1 });
    expect(ann?.code).toMatch(/^[0-9]{30}$/);
    expect(ben?.session.state).toEqual(ann?.session.state);
    expect(ann?.states.map(({ epoch }) => epoch)).toEqual([null, 1]);
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('knows who is connected, itself left out', () => {
    const { ann, ben } = davePair();
    expect(ann.session.members).toEqual([ben.userId]);
    ann.session.clientsConnect(['5', ann.userId]);
    ann.session.clientDisconnect(ben.userId);
    expect(ann.session.members).toEqual(['5']);
  });

  test('passes silence as it is and no other plain frame, and does not touch what it opens', () => {
    const { ann, ben } = davePair();
    expect(ann.session.open(ben.userId, SILENCE)).toBe(SILENCE);
    expect(ann.session.open(ben.userId, PLAIN)).toBeNull();
    expect(ann.session.seal(SILENCE)).toBe(SILENCE);
    const frame = ben.say();
    const before = Buffer.from(frame);
    expect(ann.hears(ben.userId, frame)).toBe(true);
    expect(before.equals(frame)).toBe(true);
    expect(ann.hears(ben.userId, frame)).toBe(false);
  });

  test('answers the commit that adds a member with op 23, and counts the transition at op 22', () => {
    const { crowd, ann } = davePair();
    const cat = crowd.join();
    crowd.deliverUntil(ann, 29);
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual(['transition-ready']);
    expect(ann.session.state).toMatchObject({ epoch: 2, transitions: 1 });
    crowd.deliverAll();
    expect(ann.session.state).toMatchObject({ epoch: 2, transitions: 2 });
    expect(ann.states.at(-1)).toEqual(ann.session.state); // op 22 changes only the count of transitions
    expect(cat.session.state).toMatchObject({ epoch: 2, transitions: 1, privacyCode: ann.code });
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('opens a frame sent before its key came, and one that comes after its key was replaced', () => {
    const { crowd, ann, ben } = davePair();
    crowd.join();
    const late = ben.say();
    crowd.deliverUntil(ann, 29);
    crowd.deliverUntil(ben, 29);
    crowd.deliverTo(ben);
    const early = ben.say();
    let opened = false;
    expect(ann.hears(ben.userId, early)).toBe(false);
    ann.onKeys = () => {
      opened ||= ann.hears(ben.userId, early);
    };
    crowd.deliverTo(ann);
    expect(opened).toBe(true);
    expect(ann.hears(ben.userId, late)).toBe(true);
    crowd.deliverAll();
  });

  test('commits again after a resume when its commit was lost with the socket, and only then', () => {
    const { crowd, ann, ben } = davePair();
    const cat = crowd.join();
    for (const member of [ann, ben]) {
      crowd.deliverUntil(member, 27);
      expect(member.during(() => crowd.deliverTo(member))).toEqual(['commit-welcome']);
      member.outbox.splice(0);
    }
    crowd.deliverAll();
    expect(cat.code).toBeNull();
    expect(ann.during(() => ann.session.resumed())).toEqual(['commit-welcome']);
    crowd.deliverAll();
    expect(cat.code).toBe(ann.code);
    expect(crowd.doAllHearEachOther()).toBe(true);
    expect(ann.during(() => ann.session.resumed())).toEqual([]);
  });

  test('adds nobody who is not connected', () => {
    const { crowd, ann } = davePair();
    const cat = crowd.join();
    ann.inbox.splice(0); // drops op 11 too
    crowd.deliverFrom(cat);
    crowd.deliverTo(cat);
    crowd.deliverFrom(cat);
    const op27 = ann.inbox.filter(({ op }) => op === 27);
    expect(op27).toHaveLength(1);
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual([]);
    ann.session.clientsConnect([cat.userId]);
    const again = op27[0];
    if (again !== undefined) ann.receive(again);
    expect(ann.outbox.map(({ kind }) => kind)).toEqual(['commit-welcome']);
  });

  test('commits to the proposals that are not revoked, and not at all when none is left', () => {
    const { crowd, ann, ben } = davePair();
    const [cat, dan] = [crowd.join(), crowd.join()];
    for (const one of [cat, dan]) while (crowd.deliverTo(one));
    for (const one of [cat, dan]) crowd.deliverFrom(one);
    while (crowd.deliverTo(ann));
    ann.outbox.splice(0);
    crowd.leave(cat);
    while (crowd.deliverTo(ann));
    const last = ann.outbox.at(-1);
    const parts = last !== undefined && 'body' in last ? parseCommitWelcome(last.body) : null;
    expect(parts?.refs).toHaveLength(1);
    expect(parts?.welcome).not.toBeNull();
    ann.outbox.splice(0);
    crowd.leave(dan);
    while (crowd.deliverTo(ann));
    expect(ann.outbox).toEqual([]);
    crowd.deliverAll();
    expect(crowd.room.epoch).toBe(1);
    expect(ann.hears(ben.userId, ben.say())).toBe(true);
  });

  test('sends and handles nothing after close', () => {
    const { crowd, ann, ben } = davePair();
    const frame = ben.say();
    const states = ann.states.length;
    crowd.join();
    crowd.deliverUntil(ann, 29);
    ann.session.close();
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual([]);
    expect(ann.session.open(ben.userId, frame)).toBeNull();
    ann.session.begin(1);
    ann.session.close();
    expect(ann.states).toHaveLength(states);
    expect(ann.outbox).toEqual([]);
  });
});

describe('new group', () => {
  test('for a member who is left alone keeps the call encrypted, and the next person joins that group', () => {
    const { crowd, ann, ben } = davePair();
    crowd.leave(ben);
    crowd.deliverAll();
    expect(ann.session.state).toMatchObject({ version: 1, epoch: null, privacyCode: null });
    expect(ann.session.open('3', PLAIN)).toBeNull();
    const cat = crowd.join();
    crowd.deliverAll();
    expect(ann.session.state).toMatchObject({ version: 1, epoch: 1, privacyCode: cat.code });
    expect(crowd.doAllHearEachOther()).toBe(true);
  });

  test('opens frames of the old one until 10 s after it takes effect, however long that takes', () => {
    const { crowd, ann, ben } = davePair();
    const late = Array.from({ length: 3 }, () => ben.say());
    crowd.room.newGroup();
    while (crowd.deliverTo(ann));
    expect(ann.session.state.epoch).toBeNull();
    crowd.clock.nowMs += 60_000;
    expect(ann.hears(ben.userId, late[0] ?? SAID)).toBe(true);
    crowd.deliverAll();
    expect(ann.session.state.epoch).toBe(1);
    expect(crowd.doAllHearEachOther()).toBe(true);
    crowd.clock.nowMs += 9_999;
    expect(ann.hears(ben.userId, late[1] ?? SAID)).toBe(true);
    crowd.clock.nowMs += 1;
    expect(ann.hears(ben.userId, late[2] ?? SAID)).toBe(false);
  });

  test('begins with a new key package when another external sender is named after our commit', () => {
    const [one, other] = [new ExternalSender(CHANNEL), new ExternalSender(CHANNEL)];
    const client = new DaveClient(ANN, new StoppedClock());
    client.session.begin(1);
    client.receive({ op: 25, body: one.packageBody() });
    client.session.clientsConnect(['2']);
    const add = one.add(0, new DaveyMember('2', CHANNEL).keyPackage);
    client.receive({ op: 27, body: appendProposals([add]) });
    expect(client.during(() => client.receive({ op: 25, body: one.packageBody() }))).toEqual([]);
    expect(client.during(() => client.receive({ op: 25, body: other.packageBody() }))).toEqual([
      'key-package',
    ]);
    expect(client.outbox.map(({ kind }) => kind)).toEqual([
      ...['key-package', 'commit-welcome', 'key-package'],
    ]);
  });
});

describe('a newcomer whom the voice server proposes before it names them', () => {
  const [CLIENTS_CONNECT, PROPOSALS] = [11, 27];

  /** Ann has the proposal to add a newcomer whom nobody has named to her; Ben has not. */
  function proposedTooSoon() {
    const { crowd, ann } = davePair();
    const cat = crowd.join();
    ann.inbox.splice(
      ann.inbox.findIndex(({ op }) => op === CLIENTS_CONNECT),
      1,
    );
    crowd.deliverUntil(ann, PROPOSALS);
    return { crowd, ann, cat };
  }

  test('is refused, and added as soon as the name comes', () => {
    const { crowd, ann, cat } = proposedTooSoon();
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual([]);
    expect(ann.during(() => ann.session.clientsConnect([ann.userId]))).toEqual([]);
    expect(ann.during(() => ann.session.clientsConnect([cat.userId]))).toEqual(['commit-welcome']);
    expect(ann.session.members).toContain(cat.userId);
  });

  test('is added at once when others than the voice server tell that they are there', () => {
    const { crowd, ann, cat } = proposedTooSoon();
    ann.peopleHere = [cat.userId];
    expect(ann.during(() => crowd.deliverTo(ann))).toEqual(['commit-welcome']);
  });

  test('is added when others tell it later', () => {
    const { crowd, ann, cat } = proposedTooSoon();
    crowd.deliverTo(ann);
    ann.peopleHere = [cat.userId];
    expect(ann.during(() => ann.session.peopleChanged())).toEqual(['commit-welcome']);
    crowd.deliverAll();
    expect(crowd.doAllHearEachOther()).toBe(true);
    expect(ann.recoveries).toBe(0);
  });
});

test('a session that was told the wrong channel leaves the group for the right one', () => {
  const { crowd, ann } = davePair();
  ann.session.movedTo(CHANNEL);
  expect(ann.recoveries).toBe(0);
  ann.session.movedTo('5');
  expect(ann.recoveries).toBe(1);
  ann.session.movedTo(CHANNEL); // the group that is pending was begun for the other one
  crowd.deliverAll();
  expect(crowd.doAllHearEachOther()).toBe(true);
});
