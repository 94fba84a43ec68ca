import { expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { expectSound } from '../support/finished-recording.ts';
import { openSockets, socketsAfterClose } from '../support/voice-client.ts';

test('one engine records again right after a stop, and leaves no socket open when closed', async () => {
  const before = openSockets();
  {
    await using call = await Call.start({ talkers: TALKERS.slice(2, 3) });
    const folders: string[] = [];
    for (const seconds of [1, 0.5]) {
      const session = await call.record();
      await call.length(session, seconds);
      const [first, second] = await Promise.all([session.stop('user'), session.stop('duration')]);
      expect(second).toBe(first);
      expect(first.reason).toBe('user');
      expect(await session.finished).toBe(first);
      folders.push(session.folder);
    }
    expect(call.all('stopped')).toHaveLength(2);
    expect(new Set(folders).size).toBe(2);
    for (const folder of folders) {
      const manifest = await expectSound(folder);
      expect(manifest.tracks).toHaveLength(1);
    }
  }
  expect(await socketsAfterClose(before)).toEqual(before);
});

test('signing out closes the recording first', async () => {
  await using call = await Call.start({ talkers: TALKERS.slice(2, 3) });
  const session = await call.record();
  await call.event('speaker');
  await call.engine.signOut();
  expect(await session.finished).toMatchObject({ reason: 'user' });
  expect(call.engine.account).toEqual({ kind: 'signed-out', problem: null });
  await expect(call.record()).rejects.toMatchObject({ reason: 'no-token' });
  await expectSound(session.folder);
});
