import { test } from 'vitest';
import { silentLog } from '../../main/base/log.ts';
import { Engine, parseApiUrl } from '../../main/engine/engine.ts';
import type { SessionEvent } from '../../main/session/session-event.ts';
import { Call, TALKERS } from '../support/call.ts';

/** Room for 29.5 minutes of three people at 64 kbit/s: more than a recording needs to begin. */
const FREE_BYTES = 29.5 * 60 * 3 * 8_000;

test('low disk space is a warning once the recording has begun, which goes on', async ({
  expect,
}) => {
  await using call = await Call.start({ talkers: TALKERS.slice(0, 3) });
  const asked: string[] = [];
  await using engine = new Engine({
    libraryFolder: call.library,
    appVersion: '0.0.0',
    log: silentLog,
    freeBytes: (folder) => {
      asked.push(folder);
      return Promise.resolve(FREE_BYTES);
    },
  });
  await engine.signIn({ token: call.demo.token, apiUrl: parseApiUrl(call.demo.apiUrl) });
  expect(asked).toEqual([]);
  const events: SessionEvent[] = [];
  const session = await engine.record({
    channelId: call.channelId,
    notice: 'none',
    onEvent: (event) => events.push(event),
  });
  await call.until('the warning', () => events.find(({ event }) => event === 'warning'));
  await call.until('a speaker', () => events.find(({ event }) => event === 'speaker'));
  await session.stop('user');
  expect(events.filter(({ event }) => event === 'warning')).toMatchObject([
    {
      code: 'disk-low',
      message: 'Disk: 29 minutes left. Free some space; recording goes on until it is full.',
    },
  ]);
  const names = events.map(({ event }) => event);
  expect(names.indexOf('warning')).toBeGreaterThan(names.indexOf('joined'));
  expect(asked).toEqual([call.library, call.library]); // before it begins, and while it records
});
