import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';
import { flightLines } from '../support/flight.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

describe('channels', () => {
  test('names every channel the bot can see, who is there, and what is missing', async () => {
    const { demo, env } = await demoFor({ speakers: 2 });
    const { exitCode, stdout } = await runCommandLine(['channels', '--json'], { env });
    const lines = parseLines(stdout);
    const byId = (id: string): unknown => lines.find(({ channelId }) => channelId === id);
    expect(exitCode).toBe(0);
    expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(['channel']));
    const { voice, stage, locked, hidden } = demo.setting.channels;
    expect(byId(voice.id)).toMatchObject({
      guildId: demo.guildId,
      guildName: 'Tape Club',
      kind: 'voice',
      missing: [],
      members: [{ name: 'Maya' }, { name: 'Theo' }],
    });
    expect(byId(stage.id)).toMatchObject({ kind: 'stage', missing: [], members: [] });
    expect(byId(locked.id)).toMatchObject({ missing: ['Connect', 'Speak'] });
    expect(byId(hidden.id)).toBeUndefined();
  });
});

describe('doctor', () => {
  const names = [
    'token',
    'gateway',
    'permissions',
    'udp',
    'hearing',
    'encryption',
    'decoder',
    'disk',
    'interactions',
  ];

  test('with a channel makes every check, in order', async () => {
    const { demo, env, home } = await demoFor();
    const report = path.join(home, 'report.jsonl');
    const words = ['doctor', '--channel', demo.channelId, '--report', report, '--json'];
    const { exitCode, stdout } = await runCommandLine(words, { env });
    const lines = parseLines(stdout);
    expect(lines.map(({ event, name }) => [event, name])).toEqual(
      names.map((name) => ['check', name]),
    );
    expect(lines.map(({ ok }) => ok)).toEqual(names.map(() => true));
    const told = (check: string) => lines.find(({ name }) => name === check)?.['message'];
    expect(told('hearing')).toMatch(/^Heard .*: \d+ packets in 10 seconds/);
    expect(told('encryption')).toMatch(/Privacy code: \d{5}( \d{5}){5}\.$/);
    expect(exitCode).toBe(0);
    expect(demo.setting.world.voiceState(demo.guildId, demo.setting.bot.userId)).toBeUndefined();
    expect(await readdir(home)).toEqual(['logs', 'report.jsonl']);
    const [head, ...run] = flightLines(await readFile(report, 'utf8'));
    expect(head).toMatchObject({ report: 'tapedeck' });
    expect(run.map(({ kind, name }) => (kind === 'check' ? name : null))).toEqual(
      expect.arrayContaining(names.filter((name) => name !== 'disk')),
    );
  });

  test('without a channel skips the checks that need one', async () => {
    const { env } = await demoFor();
    const { exitCode, stdout } = await runCommandLine(['doctor', '--json'], { env });
    const udp = parseLines(stdout).find(({ name }) => name === 'udp');
    expect(udp).toMatchObject({ ok: 'skipped' });
    expect(exitCode).toBe(0);
  });

  test('does not join while the same bot records, and says why', async () => {
    const { demo, env } = await demoFor();
    const words = ['record', '--channel', demo.channelId, '--json'];
    const recorder = new CommandLine(words, { env });
    await recorder.until('speaker');
    const { otherStage } = demo.setting.channels;
    for (const channelId of [demo.channelId, otherStage.id]) {
      const doctor = ['doctor', '--channel', channelId, '--json'];
      const { exitCode, stdout } = await runCommandLine(doctor, { env });
      const lines = parseLines(stdout);
      expect(lines.map(({ name, ok }) => [name, ok])).toEqual(
        names.map((name) => [name, ['udp', 'hearing'].includes(name) ? 'skipped' : true]),
      );
      const udp = lines.find(({ name }) => name === 'udp');
      expect(udp?.['message']).toContain('already');
      expect(exitCode).toBe(0);
    }
    recorder.signal('SIGINT');
    const ended = await recorder.ended;
    const stopped = parseLines(ended.stdout).at(-1);
    expect(stopped).toMatchObject({ event: 'stopped', reason: 'user' });
    expect(ended.exitCode).toBe(0);
  });

  test('a rejected token is a failed check', async () => {
    const { env } = await demoFor();
    const wrong = { ...env, DISCORD_TOKEN: 'MTIz.abcdef.wrong' };
    const { exitCode, stdout } = await runCommandLine(['doctor', '--json'], { env: wrong });
    const lines = parseLines(stdout);
    expect(lines.map(({ name }) => name)).toEqual(names);
    expect(lines[0]).toMatchObject({ name: 'token', ok: false });
    expect(exitCode).toBe(1);
  });

  test('a bot whose buttons are heard of elsewhere is told where', async () => {
    const { demo, env } = await demoFor({ speakers: 0 });
    demo.rest.plan({
      method: 'GET',
      path: /^\/applications\/@me$/,
      times: 1,
      answer: {
        status: 200,
        body: { id: '1', interactions_endpoint_url: 'https://bots.example.test/key?x=1' },
      },
    });
    const { exitCode, stdout } = await runCommandLine(['doctor', '--json'], { env });
    const check = parseLines(stdout).find(({ name }) => name === 'interactions');
    expect(check).toMatchObject({ ok: false });
    expect(check?.['message']).toContain('sent to bots.example.test, so');
    expect(check?.['message']).toContain('Interactions Endpoint URL');
    expect(exitCode).toBe(1);
  });

  test('a channel that cannot be entered fails with the permission named', async () => {
    const { demo, env } = await demoFor();
    const words = ['doctor', '--channel', demo.setting.channels.locked.id, '--json'];
    const { exitCode, stdout } = await runCommandLine(words, { env });
    const permissions = parseLines(stdout).find(({ name }) => name === 'permissions');
    expect(permissions?.['ok']).toBe(false);
    expect(permissions?.['message']).toContain('Connect');
    expect(exitCode).toBe(1);
  });
});

describe('demo-server', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints its address first, serves another command line, and ends with 0 on %s',
    async (signal) => {
      const TMPDIR = await scratchFolder();
      const env = { TAPEDECK_HOME: await scratchFolder(), TMPDIR };
      const server = new CommandLine(['demo-server', '--speakers', '1', '--seed', '7'], { env });
      const { apiUrl, token, guildId, channelId, otherToken, caFile } =
        await server.until('demo-server');
      for (const field of [apiUrl, token, guildId, channelId, otherToken, caFile])
        expect(field).toEqual(expect.any(String));
      const signedIn = { ...env, DISCORD_API_URL: String(apiUrl), DISCORD_TOKEN: String(token) };
      const words = ['channels', '--json'];
      const { exitCode, stdout, stderr } = await runCommandLine(words, { env: signedIn });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(parseLines(stdout).map((line) => line['channelId'])).toContain(channelId);
      expect(await readFile(String(caFile), 'utf8')).toContain('BEGIN CERTIFICATE');
      server.signal(signal);
      expect(await server.ended).toMatchObject({ exitCode: 0 });
      expect(await readdir(TMPDIR)).toEqual([]);
    },
  );
});
