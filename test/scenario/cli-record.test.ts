import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';

const exportedFiles = z.array(
  z.looseObject({ path: z.string(), userId: z.string().nullable(), samples: z.number() }),
);

describe('record', () => {
  test('records the demo, exports, and list, verify and export read the recording', async () => {
    const { demo, env, home } = await demoFor();
    const words = ['record', '--channel', demo.channelId, '--duration', '3', '--json'];
    const ended = await runCommandLine([...words, '--export', 'wav', '--mixdown'], { env });
    const lines = parseLines(ended.stdout);
    const names = lines.map(({ event }) => event);
    expect(ended.exitCode).toBe(0);
    const silent = names.filter((name) => name !== 'notice');
    expect(silent.slice(0, 2)).toEqual(['connected', 'joined']);
    const kinds = lines.flatMap(({ event, kind }) => (event === 'notice' ? [kind] : []));
    expect(kinds.sort()).toEqual(['message', 'nickname', 'sound']);
    expect(names.slice(-2)).toEqual(['stopped', 'exported']);
    expect(names.filter((name) => name === 'present')).toHaveLength(3);

    const joined = lines.find(({ event }) => event === 'joined');
    const stopped = lines.find(({ event }) => event === 'stopped');
    const exported = lines.find(({ event }) => event === 'exported');
    const folder = String(joined?.['recording']);
    expect(joined).toMatchObject({
      guildId: demo.guildId,
      channelId: demo.channelId,
      daveVersion: 1,
    });
    expect(path.dirname(folder)).toBe(path.join(home, 'recordings'));
    expect(stopped).toMatchObject({ reason: 'duration' });
    const samples = Number(stopped?.['samples']);
    expect(samples).toBeGreaterThanOrEqual(3 * 48_000);
    const trackCount = z.array(z.unknown()).parse(stopped?.['tracks']).length;
    expect(trackCount).toBeGreaterThan(0);
    const files = exportedFiles.parse(exported?.['files']);
    expect(files).toHaveLength(trackCount + 1);
    expect(files.filter(({ userId }) => userId === null)).toHaveLength(1);
    for (const file of files) expect(file).toMatchObject({ samples });
    expect(await readdir(path.join(folder, 'exports'))).toContain('mixdown.wav');

    const manifest: unknown = JSON.parse(
      await readFile(path.join(folder, 'recording.json'), 'utf8'),
    );
    expect(manifest).toMatchObject({ schema: 1, state: 'complete', reason: 'duration', samples });

    const list = await runCommandLine(['list', '--json'], { env });
    expect(parseLines(list.stdout)).toMatchObject([
      { event: 'recording', path: folder, state: 'complete', samples, tracks: trackCount },
    ]);
    const verified = await runCommandLine(['verify', folder, '--json'], { env });
    expect(verified.exitCode).toBe(0);
    expect(parseLines(verified.stdout)).toMatchObject([
      { event: 'verified', ok: true, sealedUntil: samples, signed: true },
    ]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s closes the recording and ends with 0',
    async (signal) => {
      const { demo, env } = await demoFor();
      const words = ['record', '--channel', demo.channelId, '--exclude', '77', '--json'];
      const command = new CommandLine(words, { env });
      await command.until('speaker');
      command.signal(signal);
      command.signal(signal); // twice: by the terminal and by npm
      const { exitCode, stdout, stderr } = await command.ended;
      const last = parseLines(stdout).at(-1);
      expect(exitCode).toBe(0);
      expect(stderr).toContain('Left out of this recording: 77.\n');
      expect(last).toMatchObject({ event: 'stopped', reason: 'user' });
    },
  );

  test('a signal before joined ends with 130 and leaves no folder', async () => {
    const { demo, env, home } = await demoFor();
    demo.joins.answers = false;
    const command = new CommandLine(['record', '--channel', demo.channelId, '--json'], { env });
    await command.until('connected');
    command.signal('SIGINT');
    const { exitCode, stdout } = await command.ended;
    expect(exitCode).toBe(130);
    expect(parseLines(stdout).map(({ event }) => event)).toEqual(['connected']);
    expect(await readdir(home)).not.toContain('recordings');
  });

  test('goes on when its stdout is closed', async () => {
    const { demo, env } = await demoFor();
    const words = ['record', '--channel', demo.channelId, '--duration', '2', '--json'];
    const command = new CommandLine(words, { env });
    await command.until('joined');
    command.closeStdout();
    expect(await command.ended).toMatchObject({ exitCode: 0 });
    const { stdout } = await runCommandLine(['list', '--json'], { env });
    expect(parseLines(stdout)).toMatchObject([{ state: 'complete' }]);
  });

  test('the token is in no output, log, manifest or argument', async () => {
    const { demo, env, home } = await demoFor();
    const words = [
      'record',
      '--channel',
      demo.channelId,
      '--duration',
      '1',
      '--log-level',
      'debug',
    ];
    const { stdout, stderr } = await runCommandLine(words, { env });
    const logs = await readFile(path.join(home, 'logs', 'tapedeck.log'), 'utf8');
    expect(stdout + stderr + logs).not.toContain(demo.token);
    expect(stderr).toContain('"part":"voice"');
    expect(logs).toContain('"part":"voice"');
  });
});
