import { expect, test } from 'vitest';
import { strongerGap } from '../../../main/link/link-end.ts';

test.for([
  ['reconnect', 'server-move', 'server-move'],
  ['reconnect', 'channel-move', 'channel-move'],
  ['server-move', 'channel-move', 'channel-move'],
  ['reconnect', 'reconnect', 'reconnect'],
] as const)('of %s and %s, a gap is a %s', ([one, other, stronger]) => {
  expect(strongerGap(one, other)).toBe(stronger);
  expect(strongerGap(other, one)).toBe(stronger);
});
