import { describe, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { expectSound } from '../support/finished-recording.ts';

describe.concurrent('a recording with options', () => {
  test.for(['voice', 'stage'] as const)(
    'writes nothing of an excluded user, in a %s channel',
    async (where, { expect }) => {
      await using call = await Call.start({ where, talkers: [] });
      const channel = call.demo.setting.channels[where];
      const [in1, out, in2] = TALKERS.slice(0, 3).map((style) =>
        call.demo.people.add(channel, style),
      );
      const session = await call.record({ exclude: [out ?? ''] });
      await call.until('the others', () => call.all('speaker').length === 2);
      await call.length(session, 3);
      const stopped = await session.stop('user');

      expect(new Set(stopped.tracks.map(({ userId }) => userId))).toEqual(new Set([in1, in2]));
      const excluded = call.all('present').map((event) => [event.userId, event.excluded]);
      expect(Object.fromEntries(excluded)).toEqual({
        [in1 ?? '']: false,
        [out ?? '']: true,
        [in2 ?? '']: false,
      });
      const manifest = await expectSound(session.folder);
      expect(manifest.tracks).toHaveLength(2);
      expect(manifest.people.filter((person) => person.excluded)).toMatchObject([{ userId: out }]);
      expect(manifest.rejected).toMatchObject({ 'unknown-ssrc': 0, 'transport-auth': 0 });
    },
  );

  test('leaves out who said so in a recording before, and nobody else can take that back', async ({
    expect,
  }) => {
    await using call = await Call.start({
      talkers: TALKERS.slice(0, 2),
      settings: 'kept',
    });
    const first = await call.record();
    await call.until('both', () => call.all('speaker').length === 2);
    const [{ userId } = { userId: null }] = call.all('speaker');
    if (userId === null) throw new Error('nobody is named');
    first.exclude(userId, true, 'person');
    await first.stop('user');

    const second = await call.record();
    expect(second.view().leftOut).toMatchObject([{ userId, by: 'person' }]);
    expect(second.exclude(userId, false, 'operator')).toBe('chosen-by-person');
    await call.until('the other', () => call.all('speaker').length === 3);
    await call.length(second, 1);
    const { tracks } = await second.stop('user');
    expect(tracks).toHaveLength(1);
    expect(tracks).not.toMatchObject([{ userId }]);
    expect(call.all('excluded')).toMatchObject([{ userId, excluded: true, by: 'person' }]);
    const { consent } = await expectSound(second.folder);
    expect(consent.people?.filter((one) => one.userId === userId)).toMatchObject([
      { choice: 'refused', by: 'person' },
    ]);
  });

  test('stops when the bot is moved, with onMove stop', async ({ expect }) => {
    await using call = await Call.start({ talkers: TALKERS.slice(0, 1) });
    const session = await call.record({ onMove: 'stop' });
    await call.event('speaker');
    call.demo.control.move(call.demo.setting.channels.otherStage.id);
    expect(await session.finished).toMatchObject({ reason: 'moved' });
    expect(call.all('moved')).toHaveLength(1);
    const manifest = await expectSound(session.folder);
    expect(manifest).toMatchObject({ state: 'complete', reason: 'moved' });
  });

  test('stops when no human was there for stopWhenEmptyMs; bots do not count', async ({
    expect,
  }) => {
    await using call = await Call.start({ talkers: [] });
    const { demo } = call;
    const { stage } = demo.setting.channels;
    const human = demo.people.add(stage, TALKERS[0]);
    const session = await call.record({ stopWhenEmptyMs: 400 });
    await call.event('speaker');
    await call.length(session, 1);
    demo.people.leave(human);
    await call.event('left');
    demo.people.enter(human, stage);
    await call.until('the return', () => call.all('present').length === 2);
    await call.length(session, session.samples / 48_000 + 0.6);
    expect(call.all('stopped')).toEqual([]);
    demo.people.leave(human);
    expect(await session.finished).toMatchObject({ reason: 'everyone-left' });
    await expectSound(session.folder);
  });
});
