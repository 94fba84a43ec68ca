import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SCENARIOS } from '../../main/demo/scenarios.ts';
import { loadSpeech } from '../../main/demo/speech-source.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';

// The client is @discordjs/voice 0.19.2: nobody here wrote its idea of the protocol.
const line = z.object({
  event: z.enum(['ready', 'packet', 'said', 'error']),
  userId: z.string().optional(),
  hex: z.string().optional(),
  message: z.string().optional(),
});
type Line = z.output<typeof line>;

const script = fileURLToPath(new URL('../support/discordjs-client.mjs', import.meta.url));
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});

/** A bot beside us; `until` resolves when what it has told fulfils the condition, and rejects when it ends. */
function startBot(demo: DemoServer, options: { token: string; say?: readonly string[] }) {
  const { apiUrl, guildId, channelId, caFile } = demo;
  const argument = JSON.stringify({ apiUrl, guildId, channelId, ...options });
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
  const child = spawn(process.execPath, [script, argument], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running.push(child);
  const told: Line[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => told.push(line.parse(JSON.parse(text))));
  const until = (isSo: (told: readonly Line[]) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (isSo(told)) resolve();
      };
      lines.on('line', look).on('close', () => reject(new Error('the bot ended')));
      look();
    });
  const heard = (userId: string): string[] =>
    told.filter((one) => one.userId === userId).flatMap((one) => one.hex ?? []);
  return { told, until, heard };
}

/** No padding: this client does not remove it (protocol sheet 3.7). */
const scenario = { ...SCENARIOS.calm, paddingRatio: 0 };
const SILENCE = 'f8fffe';

describe('demo server and a client nobody here wrote', () => {
  test('it hears all four speakers say what their files hold, and nothing else', async () => {
    await using demo = await startDemoServer({ scenario });
    const bot = startBot(demo, { token: demo.otherToken });
    const speakers = demo.setting.world.inVoice(demo.setting.channels.stage);
    await bot.until(() => speakers.every(({ userId }) => bot.heard(userId).length > 40));

    expect(bot.told.filter((one) => one.event === 'error')).toEqual([]);
    expect(speakers).toHaveLength(4);
    for (const [index, voice] of (['maya', 'theo', 'priya', 'callum'] as const).entries()) {
      const said = loadSpeech(voice).packets.map((packet) => Buffer.from(packet).toString('hex'));
      const heard = bot.heard(speakers[index]?.userId ?? '').filter((hex) => hex !== SILENCE);
      const from = said.indexOf(heard[0] ?? '');
      expect(heard.slice(0, 20)).toEqual(said.slice(from, from + 20));
    }
  });

  test('what it says reaches another client, packet for packet', async () => {
    await using demo = await startDemoServer({ scenario, speakers: 1 });
    demo.joins.order = 'state first';
    const say = loadSpeech('callum')
      .packets.slice(320, 420)
      .map((one) => Buffer.from(one).toString('hex'));
    const listener = startBot(demo, { token: demo.token });
    await listener.until((told) => told.some((one) => one.event === 'ready'));
    const talker = startBot(demo, { token: demo.otherToken, say });
    await talker.until((told) => told.some((one) => one.event === 'said'));
    const otherId = demo.setting.otherBot.userId;
    await listener.until(() => listener.heard(otherId).length >= 100);

    const heard = listener.heard(otherId).filter((hex) => hex !== SILENCE);
    // The first packet tells this client that somebody speaks; it hands on those after it.
    expect(say.slice(-heard.length)).toEqual(heard);
    expect(heard.length).toBeGreaterThan(90);
    expect(listener.told.filter((one) => one.event === 'error')).toEqual([]);
  });
});
