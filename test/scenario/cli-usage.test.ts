import { once } from 'node:events';
import { createServer } from 'node:http';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

/** A port of this computer on which nothing listens. */
const NOBODY = 'http://127.0.0.1:9/api/v10';

describe('command line, refused before anything is opened', () => {
  test.each([
    [['record', '--channel', '1', '--nonsense'], 'bad-usage'],
    [['record', '--channel'], 'bad-usage'],
    [['record', '--channel', '1', '--duration', '0'], 'bad-usage'],
    [['record', '--channel', '1', '--on-move', 'stay'], 'bad-usage'],
    [['record', '--channel', '1', '--exclude', 'x'], 'bad-usage'],
    [['record', '--channel', '1', '--export', 'flac'], 'not-available-yet'],
    [['export', 'x', '--format', 'opus'], 'not-available-yet'],
    [['channels', '--api-url', 'http://example.org/api/v10'], 'address-not-loopback'],
    [['doctor', '--api-url', 'http://10.0.0.1/api/v10'], 'address-not-loopback'],
    [['channels', '--api-url', 'here'], 'bad-usage'],
    [['list', '--api-url', 'http://example.org'], 'address-not-loopback'],
    [['export', '.', '--api-url', 'http://example.org'], 'address-not-loopback'],
    [['verify', '.', '--api-url', 'http://example.org'], 'address-not-loopback'],
    [['demo-server', '--api-url', 'ftp://127.0.0.1'], 'bad-usage'],
    [['demo-server', '--scenario', 'nonsense'], 'bad-usage'],
    [['verify', 'nowhere'], 'not-a-recording'],
    [['forget', 'nowhere', '--user', '1', '--yes'], 'not-a-recording'],
    [['forget', 'nowhere', '--yes'], 'bad-usage'],
    [['export', 'nowhere'], 'not-a-recording'],
    [['play'], 'bad-usage'],
  ])('%j ends with 2 and says %s', async (words, code) => {
    const home = await scratchFolder();
    const env = { TAPEDECK_HOME: home, DISCORD_API_URL: NOBODY, DISCORD_TOKEN: 'x' };
    const { exitCode, stdout, stderr } = await runCommandLine([...words, '--json'], { env });
    const [error, ...more] = parseLines(stdout);
    expect({ exitCode, more }).toEqual({ exitCode: 2, more: [] });
    expect(error).toMatchObject({ event: 'error', code });
    expect(stderr).toContain(String(error?.['message']));
    expect(await readdir(home)).not.toContain('recordings');
  });

  test.each(['list', 'channels', 'doctor', 'demo-server'])(
    '%s refuses a wrong address from the environment too',
    async (command) => {
      const env = {
        TAPEDECK_HOME: await scratchFolder(),
        DISCORD_API_URL: 'http://192.168.1.1/api/v10',
        DISCORD_TOKEN: 'x',
      };
      const { exitCode, stdout } = await runCommandLine([command, '--json'], { env });
      expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'address-not-loopback' }]);
      expect(exitCode).toBe(2);
    },
  );

  test('without --json a refusal is a sentence on stderr, and stdout stays empty', async () => {
    const { exitCode, stdout, stderr } = await runCommandLine(['record', '--loud']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('unknown option: --loud');
  });

  test.each([[['--help']], [['record', '--help']], [['--version']]])(
    '%j is text on stdout and ends with 0',
    async (words) => {
      const { exitCode, stdout, stderr } = await runCommandLine(words);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/tapedeck/);
    },
  );

  test('with --json the help is on stderr', async () => {
    const { exitCode, stdout, stderr } = await runCommandLine(['--help', '--json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('Usage');
  });
});

describe('command line, token', () => {
  test.each(['channels', 'doctor', 'record'])('%s without a token ends with 3', async (command) => {
    const words = [command, '--json', ...(command === 'record' ? ['--channel', '1'] : [])];
    const env = { TAPEDECK_HOME: await scratchFolder(), DISCORD_API_URL: NOBODY };
    const { exitCode, stdout } = await runCommandLine(words, { env });
    expect(exitCode).toBe(3);
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'no-token' }]);
  });

  test('list needs none, and an empty library is no failure', async () => {
    const env = { TAPEDECK_HOME: await scratchFolder() };
    expect(await runCommandLine(['list', '--json'], { env })).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
  });

  test('a relative token file starts at the folder where the command was typed', async () => {
    const [home, typedIn] = [await scratchFolder(), await scratchFolder()];
    await writeFile(path.join(typedIn, 'token'), 'two words');
    const env = { TAPEDECK_HOME: home, INIT_CWD: typedIn, DISCORD_API_URL: NOBODY };
    const words = ['channels', '--json', '--token-file', 'token'];
    const { exitCode, stdout } = await runCommandLine(words, { env, cwd: home });
    expect(exitCode).toBe(3);
    expect(parseLines(stdout)).toMatchObject([{ code: 'token-incomplete' }]);
  });
});

describe('command line, interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while Discord does not answer ends with 130 and no error event',
    async (signal) => {
      const home = await scratchFolder();
      const server = createServer(() => undefined); // never answers
      const asked = once(server, 'request');
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => {
        server.close().closeAllConnections();
      });
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const env = {
        TAPEDECK_HOME: home,
        DISCORD_API_URL: `http://127.0.0.1:${String(port)}/api/v10`,
        DISCORD_TOKEN: 'x',
      };
      const command = new CommandLine(['record', '--channel', '1', '--json'], { env });
      await asked;
      command.signal(signal);
      expect(await command.ended).toMatchObject({ exitCode: 130, stdout: '' });
      expect(await readdir(home)).not.toContain('recordings');
    },
  );
});
