import { describe, expect, test } from 'vitest';
import { proveKills } from '../support/kills.ts';

describe('a recording that is killed from outside', () => {
  test('is recovered, and no track has lost more than its last second', async () => {
    // With this seed tracks are torn, one manifest is deleted and one half written. `npm run soak` kills 200 times.
    const proof = await proveKills({ kills: 4, seed: 5 });
    expect(proof).toMatchObject({ findings: [], kills: 4, recovered: 4, unreadable: 0, torn: 2 });
    expect(proof.worstLossMs).toBeLessThanOrEqual(1000);
  });
});
