import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import type { Call } from './call.ts';

/** The bot may not change its nickname from here on. */
export function refuseNickname(demo: DemoServer): void {
  const answer = { status: 403, body: { message: 'Missing Permissions', code: 50013 } };
  demo.rest.plan({ method: 'PATCH', path: /members\/@me$/, answer, times: 1_000 });
}

/** What the notices of a call came to so far, by kind: they are answered in any order. */
export function noticesOf(call: Call): { kind: string; channelId: string; ok: boolean }[] {
  return call
    .all('notice')
    .map(({ kind, channelId, ok }) => ({ kind, channelId, ok }))
    .sort((a, b) => a.kind.localeCompare(b.kind));
}
