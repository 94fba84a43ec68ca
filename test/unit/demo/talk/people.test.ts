import { expect, test } from 'vitest';
import { personName } from '../../../../main/demo/talk/people.ts';

test('people › a hundred of them have a hundred user names', () => {
  const names = Array.from({ length: 100 }, (_, index) => personName(index).username);
  expect(new Set(names).size).toBe(100);
});
