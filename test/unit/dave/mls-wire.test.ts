import { describe, expect, test } from 'vitest';
import { ExternalSender } from '../../../main/dave/external-sender.ts';
import {
  appendProposals,
  parseCommitWelcome,
  parseKeyPackage,
  revokeProposals,
  welcomeFor,
} from '../../../main/dave/mls-wire.ts';
import { DaveyMember, SAID } from '../../support/davey-member.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';

const CHANNEL = '927310423890473011';
const [ANN, BEN, CAT, DAN] = [
  '158049329150427136',
  '158533742254751744',
  '175533742254751745',
  '999',
];
function member(userId: string, server: ExternalSender): DaveyMember {
  const made = new DaveyMember(userId, CHANNEL);
  made.session.setExternalSender(server.packageBody());
  return made;
}

function parseOwn(body: Buffer | null) {
  const parsed = parseCommitWelcome(body ?? Buffer.alloc(0));
  if (parsed === null) throw new Error('davey made no commit that can be read');
  return { ...parsed, welcome: parsed.welcome ?? Buffer.alloc(0) };
}

/** Ann and Ben in epoch 1, and Ann's bodies of ops 26 and 28. */
function twoMembers() {
  const server = new ExternalSender(CHANNEL);
  const ann = member(ANN, server);
  const ben = member(BEN, server);
  const toBen = appendProposals([server.add(0, ann.keyPackage)]);
  const add = server.add(0, ben.keyPackage);
  const op28 = ann.proposals(appendProposals([add]), [BEN]);
  ben.proposals(toBen, [ANN]);
  return { server, ann, ben, add, op28: op28 ?? Buffer.alloc(0) };
}

describe('mls wire', () => {
  test('davey follows an initial group, a third member, a revoked proposal and a removed member', () => {
    const { server, ann, ben, add, op28 } = twoMembers();
    const first = parseOwn(op28);
    expect(first).toMatchObject({ epoch: 0, refs: [add.ref] });
    expect(parseKeyPackage(ann.keyPackage)).toMatchObject({ isValid: true, userId: ANN });
    ann.session.processCommit(first.commit);
    ben.session.processWelcome(first.welcome); // Ben's own commit came second
    expect(ann.session.voicePrivacyCode).toBe(ben.session.voicePrivacyCode);
    expect(ann.hears(ben)).toEqual(SAID);
    expect(ben.hears(ann)).toEqual(SAID);

    const cat = member(CAT, server);
    const addCat = appendProposals([server.add(1, cat.keyPackage)]);
    ann.proposals(addCat, [CAT]);
    const second = parseOwn(ben.proposals(addCat, [CAT]));
    expect(second).toMatchObject({ epoch: 1, senderLeaf: ben.session.ownLeafIndex });
    for (const { session } of [ann, ben]) session.processCommit(second.commit);
    const ref = parseKeyPackage(cat.keyPackage)?.ref ?? Buffer.alloc(0);
    const cut = welcomeFor(second.welcome, [ref]) ?? Buffer.alloc(0);
    cat.session.processWelcome(cut);
    expect([cat.hears(ann), ann.hears(cat), ben.hears(cat)]).toEqual([SAID, SAID, SAID]);

    const dan = member(DAN, server);
    const addDan = server.add(2, dan.keyPackage);
    for (const one of [ann, cat]) {
      one.proposals(appendProposals([addDan]), [DAN]);
      one.proposals(revokeProposals([addDan]), []);
    }
    const removal = appendProposals([server.remove(2, 1)]);
    cat.proposals(removal, []);
    const third = parseOwn(ann.proposals(removal, []));
    expect(third.welcome).toHaveLength(0);
    for (const { session } of [ann, cat]) session.processCommit(third.commit);
    expect(ann.session.getUserIds().sort()).toEqual([ANN, CAT].sort());
    expect([ann.hears(cat), cat.hears(ann)]).toEqual([SAID, SAID]);
    expect(() => ann.hears(ben)).toThrow();
  });

  test('a welcome without recipients opens for nobody', () => {
    const { ben, op28 } = twoMembers();
    const cut = welcomeFor(parseOwn(op28).welcome, []) ?? Buffer.alloc(0);
    expect(() => ben.session.processWelcome(cut)).toThrow('NoMatchingKeyPackage');
  });

  test('every truncation of a key package, a commit and a welcome is null', () => {
    const { ann, op28 } = twoMembers();
    const { commit, welcome } = parseOwn(op28);
    for (let end = 0; end < ann.keyPackage.byteLength; end += 1) {
      expect(parseKeyPackage(ann.keyPackage.subarray(0, end))).toBeNull();
    }
    for (let end = 0; end < op28.byteLength; end += 1) {
      // A commit without a welcome is valid too.
      if (end === commit.byteLength) continue;
      expect(parseCommitWelcome(op28.subarray(0, end))).toBeNull();
    }
    for (let end = 0; end < welcome.byteLength; end += 1) {
      expect(welcomeFor(welcome.subarray(0, end), [])).toBeNull();
    }
  });

  test('a key package with any bit flipped is malformed or invalid', () => {
    const { ann } = twoMembers();
    for (let at = 0; at < ann.keyPackage.byteLength; at += 1) {
      const flipped = Buffer.from(ann.keyPackage);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      expect(parseKeyPackage(flipped)?.isValid ?? false).toBe(false);
    }
  });

  test('random bytes and bytes that are too long never throw', () => {
    const random = new SeededRandom(7);
    const { ann, op28 } = twoMembers();
    expect(parseKeyPackage(Buffer.concat([ann.keyPackage, Buffer.of(0)]))).toBeNull();
    for (let round = 0; round < 2000; round += 1) {
      const noise = random.bytes(random.integer(300));
      const flipped = Buffer.from(op28);
      for (let times = 0; times < 4; times += 1) {
        flipped.writeUInt8(random.integer(256), random.integer(flipped.byteLength));
      }
      expect(parseKeyPackage(noise)).toBeNull();
      expect(parseCommitWelcome(noise)).toBeNull();
      expect(parseCommitWelcome(flipped)).toSatisfy(
        (one) => one === null || typeof one === 'object',
      );
      expect(welcomeFor(noise, [])).toSatisfy((one) => one === null || Buffer.isBuffer(one));
    }
  });
});
