import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { listRecordings } from '../../main/recording/library.ts';
import { CommandLine, parseLines } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';

const TAPEDECK = path.resolve(import.meta.dirname, '../../out/main/tapedeck.js');

describe('record, when the terminal goes away', () => {
  test('goes on when none of its streams is a terminal, as with nohup', async () => {
    const { demo, env } = await demoFor();
    const words = ['record', '--channel', demo.channelId, '--duration', '3', '--json'];
    const command = new CommandLine(words, { env });
    await command.until('joined');
    command.signal('SIGHUP');
    const { exitCode, stdout } = await command.ended;
    expect(parseLines(stdout).at(-1)).toMatchObject({ event: 'stopped', reason: 'duration' });
    expect(exitCode).toBe(0);
  });

  // script(1) of util-linux gives a command a terminal of its own, which goes away with it.
  test.runIf(process.platform === 'linux')(
    'closes the recording when its streams are the terminal',
    async () => {
      const { demo, env, home } = await demoFor();
      const words = [process.execPath, TAPEDECK, 'record', '--channel', demo.channelId];
      const terminal = spawn('script', ['-qec', words.join(' '), '/dev/null'], {
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void terminal.kill('SIGKILL'));
      let said = '';
      terminal.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      await vi.waitFor(() => expect(said).toContain('speaks'), { timeout: 20_000 });
      terminal.kill('SIGKILL');
      await once(terminal, 'exit');
      const closed = async (): Promise<void> => {
        const [recording] = await listRecordings(path.join(home, 'recordings'));
        expect(recording).toMatchObject({ live: false, manifest: { state: 'complete' } });
      };
      await vi.waitFor(closed, { timeout: 10_000, interval: 100 });
    },
  );
});
