// Fixed values that Discord publishes with its own implementation: discord/libdave,
// js/__tests__/DisplayableCode-test.ts, KeyFingerprint-test.ts and PairwiseFingerprint-test.ts (commit 52cd56d). davey
// gives the same codes.
import {
  generateDisplayableCode,
  generateKeyFingerprint,
  generatePairwiseFingerprint,
} from '@snazzah/davey';
import { describe, expect, test } from 'vitest';
import { ExternalSender } from '../../main/dave/external-sender.ts';
import { u16 } from '../../main/dave/mls-bytes.ts';
import { appendProposals, parseCommitWelcome } from '../../main/dave/mls-wire.ts';
import { CHANNEL, DaveClient, StoppedClock } from '../support/dave-crowd.ts';
import { DaveyMember } from '../support/davey-member.ts';

const LONG = Buffer.from('aabbccddeebbccddeeffccddeeffaaddeeffaabbeeffaabbccffaabbccdd', 'hex');
const PAIR = [
  ...[133, 129, 241, 44, 36, 135, 79, 195, 27, 28, 151, 69, 124, 197, 189, 41, 192, 7, 16, 45, 79],
  ...[247, 138, 58, 126, 161, 178, 136, 12, 109, 96, 164, 169, 92, 2, 232, 136, 174, 74, 156, 173],
  ...[144, 191, 184, 34, 45, 242, 136, 41, 133, 14, 158, 119, 79, 204, 48, 6, 220, 121, 6, 242, 11],
  ...[164, 60],
];

/** "Displayable codes" of the DAVE protocol document, implemented from its text. */
function displayableCode(bytes: Uint8Array, digits: number, groupDigits: number): string {
  let code = '';
  for (let at = 0; at < digits; at += groupDigits) {
    const group = BigInt(`0x${Buffer.from(bytes.subarray(at, at + groupDigits)).toString('hex')}`);
    code += String(group % 10n ** BigInt(groupDigits)).padStart(groupDigits, '0');
  }
  return code;
}

describe('displayable code', () => {
  test.each([
    [LONG.subarray(0, 5), 5, '05870'],
    [LONG, 30, '058708105556138052119572494877'],
  ])('of %o is the published one', (bytes, digits, code) => {
    expect(generateDisplayableCode(bytes, digits, 5)).toBe(code);
    expect(displayableCode(bytes, digits, 5)).toBe(code);
  });

  test('of a call is that of another member’s epoch authenticator', () => {
    const server = new ExternalSender(CHANNEL);
    const ours = new DaveClient('158049329150427136', new StoppedClock());
    const other = new DaveyMember('158533742254751744', CHANNEL);
    other.session.setExternalSender(server.packageBody());
    ours.session.begin(1);
    ours.session.clientsConnect([other.userId]);
    ours.receive({ op: 25, body: server.packageBody() });
    ours.receive({ op: 27, body: appendProposals([server.add(0, other.keyPackage)]) });
    const answer = ours.outbox.find(({ kind }) => kind === 'commit-welcome');
    const parts = parseCommitWelcome(answer !== undefined && 'body' in answer ? answer.body : LONG);
    other.session.processWelcome(parts?.welcome ?? LONG);
    ours.receive({ op: 29, body: Buffer.concat([u16(0), parts?.commit ?? LONG]) });
    const authenticator = other.session.getEpochAuthenticator() ?? LONG;
    expect(authenticator.byteLength).toBe(32);
    expect(ours.session.state).toMatchObject({
      version: 1,
      epoch: 1,
      privacyCode: displayableCode(authenticator, 30, 5),
    });
  });
});

describe('fingerprint', () => {
  test.each([
    [33, '1234', '04d2'],
    [65, '12345678', 'bc614e'],
  ])('of a key of %i zero bytes is the published one', (byteLength, userId, end) => {
    const bytes = generateKeyFingerprint(0, Buffer.alloc(byteLength), userId);
    expect(bytes.toString('hex')).toBe(end.padStart((2 + byteLength + 8) * 2, '0'));
  });

  test('of a pair is the published one', async () => {
    const pair = generatePairwiseFingerprint(0, Buffer.alloc(33), '1234', Buffer.alloc(65), '5678');
    expect([...(await pair)]).toEqual(PAIR);
  });
});
