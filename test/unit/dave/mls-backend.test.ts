import { describe, expect, test } from 'vitest';
import { DaveError } from '../../../main/dave/dave-error.ts';
import { ExternalSender } from '../../../main/dave/external-sender.ts';
import { daveVersionSpoken, loadBackend, MlsMember } from '../../../main/dave/mls-backend.ts';
import { appendProposals } from '../../../main/dave/mls-wire.ts';
import { CHANNEL, SAID } from '../../support/dave-crowd.ts';

const [ANN, BEN] = ['158049329150427136', '158533742254751744'];
const notThere = (): never => {
  throw new Error("Cannot find module '@snazzah/davey'");
};

function member(userId: string): MlsMember {
  return new MlsMember({ version: 1, userId, channelId: CHANNEL });
}

/** The same bytes in the middle of a larger buffer, as they come from a socket. */
function inPool(bytes: Uint8Array): Uint8Array {
  const pool = new Uint8Array(bytes.byteLength + 20).fill(0x5a);
  pool.set(bytes, 7);
  return pool.subarray(7, 7 + bytes.byteLength);
}

describe('library', () => {
  test('speaks version 1', () => {
    expect(daveVersionSpoken()).toBe(1);
  });

  test('that is not installed gives version 0, and an error with the loader’s text', () => {
    expect(daveVersionSpoken(notThere)).toBe(0);
    expect(() => loadBackend(notThere)).toThrow(
      expect.objectContaining({
        name: 'DaveError',
        reason: 'library-missing',
        message: "davey does not load: Cannot find module '@snazzah/davey'",
      }),
    );
  });

  test.each([null, 1, {}, { DAVE_PROTOCOL_VERSION: 1 }])(
    'is as good as missing when its module is %j',
    (other) => {
      expect(daveVersionSpoken(() => other)).toBe(0);
      expect(() => loadBackend(() => other)).toThrow(DaveError);
    },
  );
});

describe('member', () => {
  test('of an unknown version is refused with a reason', () => {
    expect(() => new MlsMember({ version: 2, userId: ANN, channelId: CHANNEL })).toThrow(
      expect.objectContaining({ name: 'DaveError', reason: 'version-unknown' }),
    );
  });

  test('is pending at epoch 0 without a code, and in no epoch before the external sender is known', () => {
    const ann = member(ANN);
    expect([ann.epoch, ann.ownLeaf, ann.privacyCode, ann.userIds]).toEqual([null, null, null, []]);
    ann.setExternalSender(new ExternalSender(CHANNEL).packageBody());
    expect([ann.epoch, ann.ownLeaf, ann.privacyCode, ann.userIds]).toEqual([0, 0, null, [ANN]]);
  });

  test('reads bytes within a larger buffer, and does not change them', () => {
    const server = new ExternalSender(CHANNEL);
    const [ann, ben] = [member(ANN), member(BEN)];
    ann.setExternalSender(inPool(server.packageBody()));
    ben.setExternalSender(inPool(server.packageBody()));
    const add = server.add(0, ben.makeKeyPackage());
    const list = appendProposals([add]).subarray(1);
    const answer = ann.append(inPool(list), [BEN]);
    expect(answer?.welcome).not.toBeNull();
    ann.processCommit(inPool(answer?.commit ?? SAID));
    ben.processWelcome(inPool(answer?.welcome ?? SAID));
    expect([ann.epoch, ben.epoch]).toEqual([1, 1]);
    expect(ann.privacyCode).toMatch(/^[0-9]{30}$/);
    expect(ben.privacyCode).toBe(ann.privacyCode);
    expect([ann.ownLeaf, ben.ownLeaf]).toEqual([0, 1]);
    const frame = inPool(ann.seal(inPool(SAID)));
    const before = Uint8Array.from(frame);
    expect(Uint8Array.from(ben.open(ANN, frame) ?? [])).toEqual(SAID);
    expect(frame).toEqual(before);
    expect(ben.open(ANN, frame)).toBeNull(); // a frame opens only once
    expect(ben.open('1', frame)).toBeNull();
    expect(ben.open('nobody', frame)).toBeNull();
  });

  test('throws only DaveError, whatever it is given', () => {
    const ann = member(ANN);
    const requests = [
      () => ann.append(SAID, []),
      () => ann.revoke(SAID),
      () => {
        ann.setExternalSender(SAID);
      },
      () => {
        ann.processCommit(SAID);
      },
      () => {
        ann.processWelcome(SAID);
      },
      () => ann.seal(SAID),
    ];
    for (const request of requests)
      expect(request).toThrow(expect.objectContaining({ name: 'DaveError', reason: 'refused' }));
  });
});
