import { expect, test } from 'vitest';
import { strongerReason } from '../../../main/link/link-end.ts';

test.for([
  ['reconnect', 'server-move', 'server-move'],
  ['reconnect', 'channel-move', 'channel-move'],
  ['server-move', 'channel-move', 'channel-move'],
  ['reconnect', 'reconnect', 'reconnect'],
] as const)('of %s and %s, a gap is a %s', ([one, other, stronger]) => {
  expect(strongerReason(one, other)).toBe(stronger);
  expect(strongerReason(other, one)).toBe(stronger);
});
