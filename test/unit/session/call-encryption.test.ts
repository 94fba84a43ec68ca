import { expect, test } from 'vitest';
import { CallEncryption } from '../../../main/session/call-encryption.ts';

const CODE = '012345678901234567890123456789';
const OTHER_CODE = '987654321098765432109876543210';

test('each code is kept once, with its time; update says whether it changed anything', () => {
  const call = new CallEncryption();
  expect(call.state).toMatchObject({ version: 0, epoch: null, privacyCode: null });
  const pending = { version: 1, epoch: null, privacyCode: null, transitions: 0 };
  expect(call.update(pending, 10)).toBe(true);
  expect(call.update(pending, 20)).toBe(false);
  const first = { version: 1, epoch: 1, privacyCode: CODE, transitions: 0 };
  expect(call.update(first, 30)).toBe(true);
  expect(call.update({ ...first, transitions: 1 }, 40)).toBe(false); // the count of transitions is not shown
  expect(call.update({ ...first, epoch: 2, privacyCode: OTHER_CODE }, 50)).toBe(true);
  expect(call.history).toEqual([
    { privacyCode: CODE, atWallMs: 30 },
    { privacyCode: OTHER_CODE, atWallMs: 50 },
  ]);
});

test('transitions are counted over all voice sessions', () => {
  const call = new CallEncryption();
  const state = { version: 1, epoch: 3, privacyCode: CODE };
  call.update({ ...state, transitions: 3 }, 0);
  call.beginVoiceSession();
  expect(call.summary).toEqual({ version: 1, transitions: 3 });
  call.update({ ...state, transitions: 2 }, 0);
  expect(call.summary).toEqual({ version: 1, transitions: 5 });
});
