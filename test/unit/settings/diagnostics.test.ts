import path from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { writeDiagnostics } from '../../../main/settings/diagnostics.ts';
import { LogFile } from '../../../main/settings/log-file.ts';
import { temporaryLibrary } from '../../support/recording-files.ts';

const TOKEN = `MTE4NzMwMTk5MzIxNDE0MDQzNg.GxYzAb.${'k'.repeat(38)}`;

test('diagnostics have no token, no name from Discord and no path of the home folder', () => {
  const text = writeDiagnostics({
    facts: { version: '0.1.0', system: 'linux 6.1 x64' },
    recordings: ['{"state":"complete"}'],
    logLines: [
      `{"message":"in /home/sam/.config with ${TOKEN}"}`,
      `{"error":"open '/home/sam/Music/Tapedeck/Guild/tracks/01-Maya.opus'","code":"EIO"}`,
    ],
    homeFolder: '/home/sam',
    libraryFolder: '/home/sam/Music/Tapedeck',
  });
  expect(text).not.toContain(TOKEN);
  expect(text).toBe(
    [
      ...['Tapedeck diagnostics', 'version: 0.1.0', 'system: linux 6.1 x64', ''],
      ...['Recordings, newest first', '{"state":"complete"}', ''],
      ...['Log, oldest first', '{"message":"in ~/.config with [token]"}'],
      ...[`{"error":"open '<recordings>/…","code":"EIO"}`, ''],
    ].join('\n'),
  );
});

test('the newest lines of a log come from as many of its files as it takes', async () => {
  await using library = await temporaryLibrary();
  const folder = path.join(library.folder, 'logs');
  const file = new LogFile(folder, { mostBytes: 1_000, fileCount: 3 });
  const log = createLog('info', file.sink);
  for (let index = 0; index < 20; index += 1) {
    log.info(`line ${String(index)}`);
    await file.close(); // every line is written before the next, so that files fill up and are rotated
  }
  const lines = await file.newest(15);
  expect(lines.map((line) => /line \d+/.exec(line)?.[0])).toEqual(
    Array.from({ length: 15 }, (_, index) => `line ${String(index + 5)}`),
  );
  expect(await new LogFile(path.join(folder, 'none')).newest(5)).toEqual([]);
});
