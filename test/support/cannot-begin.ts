import { expect } from 'vitest';
import type { ErrorCode } from '../../preload/contract/error-codes.ts';
import type { RecordRequest } from '../../main/engine/engine.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import type { Call } from './call.ts';

/**
 * Asks for a recording and asserts that it is refused with `code`, and leaves nothing behind. Gives the problem's
 * details.
 */
export async function expectRefusal(
  call: Call,
  code: ErrorCode,
  change: Partial<RecordRequest> = {},
): Promise<Readonly<Record<string, string | number>>> {
  const refused = await call.record(change).then(
    () => expect.fail('it began'),
    (error: unknown) => toProblem(error),
  );
  expect(refused.code).toBe(code);
  await expectNothingLeft(call);
  return refused.details;
}

/**
 * Asserts that a refused recording left no folder, no voice state, no voice session and no socket, and the engine idle.
 */
export async function expectNothingLeft(call: Call): Promise<void> {
  const { demo, engine } = call;
  const names = call.events.map(({ event }) => event);
  expect(names.filter((name) => name !== 'connected' && name !== 'notice')).toEqual([]);
  expect(await call.folders()).toEqual([]);
  expect(engine.session).toEqual({ kind: 'idle' });
  const { world, bot } = demo.setting;
  const own =
    engine.account.kind === 'signed-out' ? undefined : demo.gateway.sessionsOf(bot.userId).at(-1);
  await call.until('having left', () => {
    const state = world.voiceState(demo.guildId, bot.userId);
    return state === undefined || state.sessionId !== own?.id;
  });
  await call.until('no voice session', () => demo.voice.sessionOf(bot.userId) === undefined);
  await call.until('no voice socket', () => demo.voice.sockets.size === 0);
}
