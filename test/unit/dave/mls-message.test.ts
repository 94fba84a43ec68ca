import { describe, expect, test } from 'vitest';
import { ExternalSender } from '../../../main/dave/external-sender.ts';
import { u16, u8, vec } from '../../../main/dave/mls-bytes.ts';
import {
  keyPackageRef,
  parseCommitHeader,
  parseProposals,
  parseRevokedRefs,
  parseWelcomeRefs,
} from '../../../main/dave/mls-message.ts';
import {
  appendProposals,
  isExternalSender,
  parseCommitWelcome,
  revokeProposals,
} from '../../../main/dave/mls-wire.ts';
import { CHANNEL } from '../../support/dave-crowd.ts';
import { DaveyMember } from '../../support/davey-member.ts';

// The expected values are openmls's own: its commit names the proposals, its welcome the key packages.
const server = new ExternalSender(CHANNEL);
const [ann, ben, cat] = ['1', '2', '3'].map((userId) => new DaveyMember(userId, CHANNEL));
if (ann === undefined || ben === undefined || cat === undefined) throw new Error('unreachable');
ann.session.setExternalSender(server.packageBody());
const adds = [server.add(0, ben.keyPackage), server.add(0, cat.keyPackage)];
const append = appendProposals(adds);
const parts = parseCommitWelcome(ann.proposals(append) ?? Buffer.alloc(0));
if (parts?.welcome == null) throw new Error('openmls did not commit');
const { commit, welcome, refs } = parts;
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('proposals', () => {
  const list = append.subarray(1);

  test('are named as openmls names them in its commit', () => {
    const proposals = parseProposals(list);
    expect(proposals?.map(({ ref }) => ref).sort()).toEqual(refs.map(hexOf).sort());
    expect(proposals?.map(({ isAdd }) => isAdd)).toEqual([true, true]);
    expect(proposals?.map(({ message }) => Buffer.from(message))).toEqual(
      adds.map(({ message }) => message),
    );
  });

  test('to remove somebody are told from those to add', () => {
    const mixed = appendProposals([server.remove(1, 7), server.add(1, ben.keyPackage)]);
    expect(parseProposals(mixed.subarray(1))?.map(({ isAdd }) => isAdd)).toEqual([false, true]);
  });

  test('can be empty', () => {
    expect(parseProposals(Buffer.of(0))).toEqual([]);
    expect(parseRevokedRefs(Buffer.of(0))).toEqual([]);
  });

  test('that are revoked are named by their references', () => {
    expect(parseRevokedRefs(revokeProposals(adds).subarray(1))).toEqual(
      adds.map(({ ref }) => hexOf(ref)),
    );
  });

  test('with references that are no SHA-256 are refused', () => {
    for (const refBytes of [0, 31, 33])
      expect(parseRevokedRefs(vec(vec(Buffer.alloc(refBytes))))).toBeNull();
  });

  test.each([
    ['a commit', vec(commit)],
    ['bytes behind the list', Buffer.concat([list, u8(0)])],
    [
      'half a proposal more',
      vec(Buffer.concat([adds[0]?.message ?? commit, commit.subarray(0, 9)])),
    ],
  ])('with %s are refused', (_, bytes) => {
    expect(parseProposals(bytes)).toBeNull();
  });

  test('truncated anywhere are refused', () => {
    for (let end = 0; end < list.byteLength; end += 1)
      expect(parseProposals(list.subarray(0, end))).toBeNull();
    const revoked = revokeProposals(adds).subarray(1);
    for (let end = 0; end < revoked.byteLength; end += 1)
      expect(parseRevokedRefs(revoked.subarray(0, end))).toBeNull();
  });
});

describe('commit header', () => {
  test('has the epoch and the sender that openmls wrote', () => {
    expect(parseCommitHeader(commit)).toEqual({ epoch: 0, senderLeaf: 0 });
  });

  test('is null for a proposal, and for a truncated commit', () => {
    expect(parseCommitHeader(adds[0]?.message ?? commit)).toBeNull();
    const headerBytes = 4 + 9 + 8 + 5 + 1 + 1;
    for (let end = 0; end < headerBytes; end += 1)
      expect(parseCommitHeader(commit.subarray(0, end))).toBeNull();
    expect(parseCommitHeader(commit.subarray(0, headerBytes))).not.toBeNull();
  });
});

describe('welcome', () => {
  test('made by openmls names the key packages it is for', () => {
    const expected = [keyPackageRef(ben.keyPackage), keyPackageRef(cat.keyPackage)];
    expect([...(parseWelcomeRefs(welcome) ?? [])].sort()).toEqual(expected.sort());
  });

  test('with references that are no SHA-256 is refused, however many there are', () => {
    const secret = (refBytes: number): Buffer =>
      Buffer.concat([vec(Buffer.alloc(refBytes)), u8(0), u8(0)]);
    const welcomeTo = (secrets: Buffer): Buffer => Buffer.concat([u16(2), vec(secrets), u8(0)]);
    expect(parseWelcomeRefs(welcomeTo(secret(32)))).toEqual(['00'.repeat(32)]);
    for (const refBytes of [0, 31, 33])
      expect(parseWelcomeRefs(welcomeTo(secret(refBytes)))).toBeNull();
    expect(parseWelcomeRefs(welcomeTo(Buffer.alloc(2_000_000)))).toBeNull();
  });

  test('truncated anywhere is refused', () => {
    for (let end = 0; end < welcome.byteLength; end += 1)
      expect(parseWelcomeRefs(welcome.subarray(0, end))).toBeNull();
    expect(parseWelcomeRefs(Buffer.concat([welcome, u8(0)]))).toBeNull();
  });
});

describe('external sender', () => {
  const body = server.packageBody();

  test('is a point of the curve and a basic credential', () => {
    expect(isExternalSender(body)).toBe(true);
    for (let end = 0; end < body.byteLength; end += 1)
      expect(isExternalSender(body.subarray(0, end))).toBe(false);
  });

  test.each([1, 2, 40, 66, 67])('with byte %i changed is refused', (at) => {
    const other = Buffer.from(body);
    other.writeUInt8(other.readUInt8(at) ^ 1, at);
    expect(isExternalSender(other)).toBe(false);
  });
});
