import { describe, expect, test } from 'vitest';
import { toEncryption } from '../../../main/ipc/to-encryption.ts';

const code = (digit: number) => String(digit % 10).repeat(30);
const none = { version: 0, epoch: null, privacyCode: null, transitions: 0, history: [] };

/** A call that has had `count` codes, one a second. */
function call(codeCount: number) {
  const history = Array.from({ length: codeCount }, (_, index) => ({
    privacyCode: code(index),
    atWallMs: 1000 * index,
  }));
  const privacyCode = history.at(-1)?.privacyCode ?? null;
  return { version: 1, epoch: codeCount, privacyCode, transitions: codeCount, history };
}

describe('encryption in the snapshot', () => {
  test('a call without encryption is a stage, or an unencrypted voice channel', () => {
    expect(toEncryption('voice', none)).toEqual({ kind: 'none' });
    expect(toEncryption('stage', none)).toEqual({ kind: 'stage' });
  });

  test('an encrypted stage counts as encrypted', () => {
    expect(toEncryption('stage', call(1)).kind).toBe('on');
  });

  test('before the first code encryption is being set up', () => {
    expect(toEncryption('voice', call(0))).toEqual({
      kind: 'setting-up',
      codes: [],
      hasOlderCodes: false,
    });
  });

  test('a call without a code at present keeps the earlier ones', () => {
    const again = toEncryption('voice', { ...call(1), privacyCode: null });
    expect(again).toEqual({
      kind: 'setting-up',
      codes: [{ code: code(0), sinceMs: 0 }],
      hasOlderCodes: false,
    });
  });

  test('only the newest codes are in the snapshot, the present one last', () => {
    const snapshot = toEncryption('voice', call(57));
    expect(snapshot).toMatchObject({ kind: 'on', hasOlderCodes: true });
    const codes = 'codes' in snapshot ? snapshot.codes : [];
    expect(codes).toHaveLength(20);
    expect(codes.at(-1)).toEqual({ code: code(56), sinceMs: 56_000 });
  });
});
