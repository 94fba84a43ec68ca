import { expect, test } from 'vitest';
import { recordHalfHour } from '../support/half-hour.ts';

test('one recording goes through loss, cuts, other regions, servers, people and channels, and every packet is accounted for', async () => {
  const told = await recordHalfHour({ minutes: 0.5, cutEveryMs: 4_000, seed: 11 });
  expect(told).toMatchObject({ folders: 1, speakers: 6, findings: [] });
  expect(told.cuts).toBeGreaterThan(3);
  expect(told.lost).toBeGreaterThanOrEqual(told.dropped);
  expect(told.lost).toBeGreaterThan(10);
  expect(told.placed).toBeGreaterThan(1_000);
});
