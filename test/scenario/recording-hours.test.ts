import { expect, test } from 'vitest';
import { simulateHours } from '../support/simulated-hours.ts';

// `npm run soak` simulates twelve hours.
test('ten speakers for simulated minutes: every sequence number is in one count, every packet in its file', async () => {
  const told = await simulateHours({ hours: 0.05, speakers: 10, seed: 7 });
  expect(told.findings).toEqual([]);
  expect(told).toMatchObject({ tracks: 10, markers: 6 });
  expect(told.gaps).toEqual([...GAPS, ...GAPS]);
  expect(told.samples).toBeGreaterThanOrEqual(3 * 60 * 48_000);
  expect(told.lost).toBeGreaterThan(100);
  expect(told.late).toBeGreaterThan(0);
  expect(told.duplicate).toBeGreaterThan(0);
  expect(told.padding).toBeGreaterThan(0);
  expect(told.comings).toBeGreaterThan(told.tracks);
});

const GAPS = ['network', 'pause', 'server-move', 'network'];
