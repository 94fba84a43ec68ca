import { describe, expect, test } from 'vitest';
import { runDaveChurn } from '../support/dave-churn.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const CHANGES = 60;

describe('encrypted call', () => {
  test.each(SEEDS)(
    'whose members join, leave and get wrong messages ends as one group, without a missed frame (seed %i)',
    { timeout: 60_000 },
    (seed) => {
      const report = runDaveChurn({ seed, changes: CHANGES });
      expect(report).toMatchObject({ codes: 1, doAllHearEachOther: true, missed: 0 });
      expect(report.recoveries).toBeLessThanOrEqual(report.faults);
      expect(report.commits).toBeGreaterThan(CHANGES / 6);
      expect(report.openable).toBeGreaterThan(CHANGES);
    },
  );
});
