import { expect, test } from 'vitest';
import { isDiskFull } from '../../../main/base/errors.ts';

test.each([
  ['ENOSPC', true],
  ['EDQUOT', true],
  ['EROFS', false],
])('after %s the disk is full: %s', (code, full) => {
  expect(isDiskFull(Object.assign(new Error('system'), { code }))).toBe(full);
});

test('other errors do not mean a full disk', () => {
  expect(isDiskFull(new Error('ENOSPC'))).toBe(false);
  expect(isDiskFull({ code: 'ENOSPC' })).toBe(false);
});
