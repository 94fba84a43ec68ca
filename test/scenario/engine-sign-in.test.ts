import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../main/base/log.ts';
import { Engine } from '../../main/engine/engine.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import { guildCreate } from '../support/discord-payloads.ts';
import { FakeDiscord, type FakeConnection } from '../support/fake-discord.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

async function engineFor(): Promise<Engine> {
  const libraryFolder = await scratchFolder();
  return new Engine({ libraryFolder, appVersion: '0.0.0', log: silentLog });
}

/** Signs in over another account, and calls `meanwhile` with the new connection before the old one is closed. */
async function signInOver(
  fake: FakeDiscord,
  engine: Engine,
  meanwhile: (connection: FakeConnection) => void,
): Promise<ReturnType<Engine['signIn']>> {
  const credentials = { token: 'secret-of-the-bot', apiUrl: fake.apiUrl };
  const first = engine.signIn(credentials);
  const old = await fake.welcome('session-1');
  old.dispatch('GUILD_CREATE', guildCreate(), 2);
  await first;
  old.socket.pause(); // the close frame is not read, so closing takes a second
  const second = engine.signIn(credentials);
  const connection = await fake.welcome('session-2');
  connection.dispatch('GUILD_CREATE', guildCreate(), 2);
  while (engine.account.kind === 'signed-in') await setImmediate();
  meanwhile(connection);
  return second;
}

describe('signing in', () => {
  test('shows the new account’s connection as it is once the old one is closed', async () => {
    await using fake = await FakeDiscord.start();
    await using engine = await engineFor();
    const cut = await signInOver(fake, engine, ({ socket }) => socket.close(4000));
    expect(cut).toMatchObject({ kind: 'signed-in', connection: 'retrying' });
    expect(engine.account).toEqual(cut);
    const connection = await fake.nextConnection();
    connection.hello();
    await connection.next(6);
    connection.dispatch('RESUMED', {}, 3);
    await expect.poll(() => engine.account).toMatchObject({ connection: 'connected' });
  });

  test('fails when Discord ends the new session before the old one is closed', async () => {
    await using fake = await FakeDiscord.start();
    await using engine = await engineFor();
    const refused = await signInOver(fake, engine, ({ socket }) => socket.close(4004)).catch(
      toProblem,
    );
    expect(refused).toEqual({ code: 'token-rejected', details: {} });
    expect(engine.account).toMatchObject({ kind: 'signed-out' });
    expect(engine.guilds()).toEqual([]);
  });
});
