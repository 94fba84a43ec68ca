import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';

type Act = (demo: DemoServer) => void;

describe('record, ended by Discord', () => {
  test.each<[string, Act, string, string, string]>([
    ['kicked', (demo) => demo.control.kick(), 'kicked', 'kicked', 'removed from the channel'],
    [
      'channel deleted',
      (demo) => demo.control.deleteChannel(demo.channelId),
      ...(['channel-deleted', 'channel-deleted', 'channel was deleted'] as const),
    ],
    [
      'call ended',
      (demo) => demo.control.closeVoice(4022),
      ...(['call-ended', 'call-ended', 'call was ended'] as const),
    ],
    [
      'token revoked',
      (demo) => demo.control.closeMain(4004),
      ...(['rejected', 'session-rejected', 'token was changed'] as const),
    ],
    [
      'end-to-end encryption demanded',
      (demo) => demo.control.closeVoice(4017),
      ...(['rejected', 'e2ee-unavailable', 'encrypted from end to end'] as const),
    ],
    [
      'too many connections',
      (demo) => demo.control.closeVoice(4021),
      ...(['rejected', 'reconnect-limited', 'Wait a minute'] as const),
    ],
  ])(
    '%s: the recording is closed and exported, and the exit code is 5',
    async (_case, act, reason, code, said) => {
      const { demo, env } = await demoFor();
      const words = ['record', '--channel', demo.channelId, '--json', '--export', 'wav'];
      const command = new CommandLine(words, { env });
      await command.until('speaker');
      act(demo);
      const { exitCode, stdout } = await command.ended;
      const lines = parseLines(stdout);
      expect(lines.slice(-3)).toMatchObject([
        { event: 'stopped', reason },
        { event: 'exported' },
        { event: 'error', code },
      ]);
      expect(lines.at(-1)?.['message']).toContain(said);
      expect(exitCode).toBe(5);
      const folder = String(lines.find(({ event }) => event === 'joined')?.['recording']);
      expect(await runCommandLine(['verify', folder], { env })).toMatchObject({ exitCode: 0 });
    },
  );
});

describe('record, ended by a fault of our own', () => {
  test('the recording is closed, and the exit code is 70', async () => {
    const { demo, env, home } = await demoFor();
    const bomb = path.join(home, 'bomb.mjs');
    await writeFile(bomb, "process.on('SIGUSR2', () => { throw new Error('a bug'); });");
    const words = ['record', '--channel', demo.channelId, '--json'];
    const command = new CommandLine(words, { env: { ...env, NODE_OPTIONS: `--import=${bomb}` } });
    await command.until('speaker');
    command.signal('SIGUSR2');
    const { exitCode, stdout } = await command.ended;
    const lines = parseLines(stdout);
    expect(lines.slice(-2)).toMatchObject([
      { event: 'stopped', reason: 'fault' },
      { event: 'error', code: 'fault' },
    ]);
    expect(exitCode).toBe(70);
    const folder = String(lines.find(({ event }) => event === 'joined')?.['recording']);
    expect(await runCommandLine(['verify', folder], { env })).toMatchObject({ exitCode: 0 });
  });
});

describe('record, refused', () => {
  test.each<[string, (demo: DemoServer) => string, string]>([
    ['no such channel', () => '99', 'unknown-channel'],
    ['a text channel', (demo) => demo.setting.channels.text.id, 'not-a-voice-channel'],
    ['a hidden channel', (demo) => demo.setting.channels.hidden.id, 'channel-hidden'],
    ['a full channel', (demo) => demo.setting.channels.full.id, 'channel-full'],
    ['Connect is missing', (demo) => demo.setting.channels.locked.id, 'permission-missing'],
    [
      'end-to-end encryption that nobody speaks yet',
      (demo) => {
        demo.voice.leastDaveVersion = 2;
        return demo.setting.channels.voice.id;
      },
      'e2ee-unavailable',
    ],
  ])('%s: exit 4 and no folder', async (_case, channelOf, code) => {
    const { demo, env, home } = await demoFor();
    const words = ['record', '--channel', channelOf(demo), '--json'];
    const { exitCode, stdout } = await runCommandLine(words, { env });
    expect(parseLines(stdout).at(-1)).toMatchObject({ event: 'error', code });
    expect(exitCode).toBe(4);
    expect(await readdir(home)).not.toContain('recordings');
  });

  test.each(['channels', 'record'])('%s with a rejected token ends with 3', async (command) => {
    const { demo, env } = await demoFor();
    const words = [
      command,
      '--json',
      ...(command === 'record' ? ['--channel', demo.channelId] : []),
    ];
    const wrong = {
      ...env,
      DISCORD_TOKEN: demo.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    };
    const { exitCode, stdout } = await runCommandLine(words, { env: wrong });
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'token-rejected' }]);
    expect(exitCode).toBe(3);
  });

  test('a library that cannot be written ends with 6', async () => {
    const { demo, env } = await demoFor();
    const words = ['record', '--channel', demo.channelId, '--json', '--out', '/dev/null/library'];
    const { exitCode, stdout } = await runCommandLine(words, { env });
    expect(parseLines(stdout).at(-1)).toMatchObject({ event: 'error', code: 'disk-error' });
    expect(exitCode).toBe(6);
  });
});
