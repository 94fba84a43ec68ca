import { expect, test } from 'vitest';
import { StorageError, toStorageError } from '../../../main/recording/storage-error.ts';

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EIO', 'disk-error'],
  ['EACCES', 'disk-error'],
])('%s means %s', (code, reason) => {
  const cause = Object.assign(new Error('system'), { code });
  expect(toStorageError(cause, 'cannot write x')).toMatchObject({
    reason,
    message: `cannot write x: ${code}`,
    cause,
  });
});

test('a storage error stays itself', () => {
  const error = new StorageError('not-a-recording', 'x');
  expect(toStorageError(error, 'y')).toBe(error);
});
