import { expect, test } from 'vitest';
import { StorageError, toStorageError } from '../../../main/recording/storage-error.ts';

test.each([
  ['ENOSPC', 'disk-full', 'write'],
  ['EDQUOT', 'disk-full', 'write'],
  ['EIO', 'disk-error', 'read'],
  ['EACCES', 'disk-error', 'write'],
] as const)('%s means %s, and the error says of what file', (code, reason, cannot) => {
  const cause = Object.assign(new Error('system'), { code });
  expect(toStorageError(cause, { cannot, file: '/x' })).toMatchObject({
    reason,
    message: `cannot ${cannot} /x: ${code}`,
    refused: { cannot, file: '/x' },
    cause,
  });
});

test('a storage error stays itself', () => {
  const error = new StorageError('not-a-recording', 'x');
  expect(toStorageError(error, { cannot: 'read', file: '/y' })).toBe(error);
});
