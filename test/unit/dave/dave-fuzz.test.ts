import { describe, expect, test } from 'vitest';
import { FUZZ_STATES, runDaveFuzz } from '../../support/dave-fuzz.ts';

const SEEDS = [1, 2];
const MESSAGES = 25;

describe.each(FUZZ_STATES)('dave session, %s', (state) => {
  test.each(SEEDS)('recovers from wrong binary messages by itself (seed %i)', (seed) => {
    const report = runDaveFuzz({ seed, state, kind: 'binary', messages: MESSAGES });
    expect(report.recoveries).toBeLessThanOrEqual(MESSAGES);
    expect(report.healings).toBeLessThanOrEqual(1);
    expect(report.doAllHearEachOther).toBe(true);
  });

  test.each(SEEDS)('recovers from any wrong message with the next group (seed %i)', (seed) => {
    const report = runDaveFuzz({ seed, state, kind: 'any', messages: MESSAGES });
    expect(report.recoveries).toBeLessThanOrEqual(MESSAGES);
    expect(report.healings).toBeLessThanOrEqual(1);
    expect(report.doAllHearEachOther).toBe(true);
  });
});
