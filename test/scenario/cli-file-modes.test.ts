import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCommandLine, type Ended } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';
import { modesBelow } from '../support/file-modes.ts';

/** Starts a command under that umask, which a child process inherits. */
function runUnder(umask: number, ...given: Parameters<typeof runCommandLine>): Promise<Ended> {
  const before = process.umask(umask);
  try {
    return runCommandLine(...given);
  } finally {
    process.umask(before);
  }
}

test.runIf(process.platform !== 'win32')(
  'under any umask others read nothing but exports (POSIX)',
  async () => {
    const { demo, env, home } = await demoFor();
    const words = ['record', '--channel', demo.channelId, '--duration', '1', '--export', 'wav'];
    for (const umask of [0o022, 0o077, 0o002]) {
      const place = path.join(home, umask.toString(8));
      const options = { env: { ...env, TAPEDECK_HOME: place } };
      const recorded = await runUnder(umask, [...words, '--log-level', 'debug'], options);
      expect(recorded.exitCode).toBe(0);
      const modes = await modesBelow(place);
      const [recording = ''] = await readdir(path.join(place, 'recordings'));
      expect(modes.get(path.join('recordings', recording, 'recording.json'))).toBe('600');
      const exported = path.join('recordings', recording, 'exports');
      const expected = Array.from(modes.keys(), (name): [string, string] => {
        const isFile = path.extname(name) !== '';
        if (name !== exported && !name.startsWith(exported + path.sep))
          return [name, isFile ? '600' : '700'];
        return [name, ((isFile ? 0o666 : 0o777) & ~umask).toString(8)];
      });
      expect([umask.toString(8), ...modes]).toEqual([umask.toString(8), ...expected]);
      expect(modes.size).toBeGreaterThan(8);
      expect(((await stat(place)).mode & 0o777).toString(8)).toBe('700');
    }
  },
);
