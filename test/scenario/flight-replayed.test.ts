import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../main/base/log.ts';
import { Engine } from '../../main/engine/engine.ts';
import type { SessionEvent } from '../../main/session/session-event.ts';
import { LOUNGE_ID } from '../support/discord-payloads.ts';
import { Replay } from '../support/replay/replay.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

/** A client that signs in and records while the record plays. */
async function recordAgainst(replay: Replay) {
  const engine = new Engine({
    libraryFolder: await scratchFolder(),
    appVersion: '0.0.0',
    log: silentLog,
  });
  onTestFinished(() => engine.close());
  const events: SessionEvent[] = [];
  const record = async () => {
    await engine.signIn({ token: 'made-up', apiUrl: replay.discord.apiUrl });
    const onEvent = (event: SessionEvent): void => void events.push(event);
    return engine.record({ channelId: LOUNGE_ID, notice: 'given', onEvent });
  };
  return { record, events };
}

test('a join with a resume goes again as it went', async () => {
  await using replay = await Replay.open('join-and-resume');
  const { record, events } = await recordAgainst(replay);
  const [session] = await Promise.all([record(), replay.play()]);
  expect(session.view().retrying).toBeNull();
  await session.stop('user');
  const told = events.map(({ event }) => event);
  expect(told).toEqual(expect.arrayContaining(['connected', 'joined', 'stopped']));
  expect(told).not.toContain('gap');
  expect(replay.voice.paths).toHaveLength(2);
  expect(replay.failure).toBeNull();
});

test('a move to another voice server goes again as it went', async () => {
  await using replay = await Replay.open('server-move');
  const { record, events } = await recordAgainst(replay);
  const [session] = await Promise.all([record(), replay.play()]);
  // Nothing in the record answers where we are: the new server counts as one of the same channel after 5 s.
  await expect.poll(() => session.view().retrying, { timeout: 20_000 }).toBeNull();
  await session.stop('user');
  expect(events).toContainEqual(expect.objectContaining({ event: 'gap', reason: 'server-move' }));
  expect(replay.voice.paths).toHaveLength(2);
});

test('a join that was refused is refused again', async () => {
  await using replay = await Replay.open('join-refused');
  const { record } = await recordAgainst(replay);
  const joining = record();
  const [outcome] = await Promise.allSettled([joining, replay.play()]);
  expect(replay.failure).toBe('e2ee-unavailable');
  expect(outcome).toMatchObject({ reason: { reason: 'e2ee-required', closeCode: 4017 } });
});
