import { expect, test } from 'vitest';
import { isDiskFull } from '../../../main/base/errors.ts';

test.each([
  ['ENOSPC', true],
  ['EDQUOT', true],
  ['EROFS', false],
])('after %s the disk is full: %s', (code, full) => {
  expect(isDiskFull(Object.assign(new Error('system'), { code }))).toBe(full);
});

test('what is no system error fills no disk', () => {
  expect(isDiskFull(new Error('ENOSPC'))).toBe(false);
  expect(isDiskFull({ code: 'ENOSPC' })).toBe(false);
});
