import { describe, expect, test } from 'vitest';
import { GatewaySession } from '../../../../main/demo/gateway/gateway-session.ts';

describe('gateway session', () => {
  test('replays exactly what came after a sequence number, and refuses numbers that it has not sent', () => {
    const session = new GatewaySession('s', { token: 't', userId: '1' }, 129);
    for (const t of ['A', 'B', 'C']) session.dispatch(t, null);
    expect(session.since(1)?.map(({ t }) => t)).toEqual(['B', 'C']);
    expect(session.since(3)).toEqual([]);
    expect(session.since(4)).toBeNull();
  });
});
