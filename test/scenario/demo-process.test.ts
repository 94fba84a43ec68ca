import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { scratchFolder } from '../support/scratch-folder.ts';

const entry = path.resolve(import.meta.dirname, '../../out/main/demo-server.js');
const firstLine = z.object({
  apiUrl: z.url(),
  token: z.string(),
  guildId: z.string(),
  channelId: z.string(),
  otherToken: z.string(),
  caFile: z.string(),
  sentLog: z.string(),
});

function start(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [entry, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  return { child, first: once(lines, 'line').then(([line]) => String(line)) };
}

describe('demo server as a process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints its address, and ends with 0 on %s',
    async (signal) => {
      const { child, first } = start(['--speakers', '2', '--scenario', 'lossy', '--seed', '9']);
      const { apiUrl, token } = firstLine.parse(JSON.parse(await first));
      const headers = {
        Authorization: `Bot ${token}`,
        'User-Agent': 'DiscordBot (https://a.b, 1)',
      };
      expect((await fetch(`${apiUrl}/gateway/bot`, { headers })).status).toBe(200);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
  );

  test('leaves no file but the log that was asked for', async () => {
    const TMPDIR = await scratchFolder();
    const sentLog = path.join(await scratchFolder(), 'sent.jsonl');
    for (const words of [[], ['--sent-log', sentLog]]) {
      const { child, first } = start(words, { TMPDIR });
      const said = firstLine.parse(JSON.parse(await first));
      expect(existsSync(said.caFile) && existsSync(said.sentLog)).toBe(true);
      expect(path.dirname(path.dirname(said.caFile))).toBe(TMPDIR);
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(await readdir(TMPDIR)).toEqual([]);
    }
    expect(existsSync(sentLog)).toBe(true);
  });

  test('names the existing scenarios when asked for an unknown one', async () => {
    const { child } = start(['--scenario', 'stormy']);
    const said = once(child.stderr, 'data').then(([text]) => String(text));
    expect((await once(child, 'exit'))[0]).toBe(2);
    expect(await said).toContain('calm, lossy, rough');
  });
});
