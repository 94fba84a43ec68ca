import { test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { expectSound } from '../support/finished-recording.ts';

test('a deafened bot warns once, stays, and records again once it is undeafened', async ({
  expect,
}) => {
  await using call = await Call.start({ talkers: TALKERS.slice(0, 2) });
  const { demo } = call;
  const session = await call.record();
  await call.event('speaker');
  const deafWarnings = () => call.all('warning').filter(({ code }) => code === 'server-deafened');
  expect(session.view().deafened).toBe(false);
  demo.control.setDeaf('deaf');
  await call.until('the warning', () => deafWarnings().length === 1);
  expect(session.view().deafened).toBe(true);
  const packets = (): number =>
    session.view().speakers.reduce((sum, { counts }) => sum + counts.packets, 0);
  await call.length(session, session.samples / 48_000 + 1);
  const before = packets();
  demo.control.setDeaf('deaf'); // Discord sends the whole voice state again when any part of it changes
  demo.control.setDeaf('hears');
  await call.until('hearing again', () => !session.view().deafened);
  await call.until('packets', () => packets() > before + 20);
  expect(deafWarnings()).toHaveLength(1);
  expect(call.all('gap').filter(({ reason }) => reason !== 'network')).toEqual([]);
  await call.stop(session);
  await expectSound(session.folder);
});
