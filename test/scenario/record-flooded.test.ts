import { expect, test, vi } from 'vitest';
import { demoFor } from '../support/demo.ts';
import { RecordProcess } from '../support/record-process.ts';

/** As many as come in a turn of the demo server's event loop. */
const AT_ONCE = 50;

/** More than the client takes in the seconds that it has, and no more than the memory of the test has room for. */
const IN_ALL = 200_000;

/** Far above the 5 s that are promised, for a busy computer; without bounds it took a minute. */
const GENEROUS_MS = 20_000;

/** In the channel from the beginning. */
const CROWD = 6_000;

test('SIGINT is answered while thousands come and go as fast as Discord can tell', async () => {
  const { demo, home } = await demoFor({ speakers: 1 });
  const { world, channels } = demo.setting;
  const { id: channelId, guildId } = channels.voice;
  let told = 0;
  const tellOne = (here: boolean): void => {
    const userId = String(1_200_000_000_000_000_000n + BigInt(told % CROWD));
    const heard = { deaf: false, mute: false, selfDeaf: false, selfMute: false, suppress: false };
    const where = { guildId, channelId: here ? channelId : null };
    world.setVoiceState({ ...where, userId, sessionId: userId, ...heard });
    told += 1;
  };
  while (told < CROWD) tellOne(true);
  await using recording = new RecordProcess(demo, home);
  await recording.announced(1);
  let isOver = false;
  const flood = (): void => {
    if (isOver || told >= IN_ALL) return;
    for (let count = 0; count < AT_ONCE; count += 1) tellOne(Math.floor(told / CROWD) % 2 === 0);
    setImmediate(flood);
  };
  flood();
  await vi.waitUntil(() => told >= IN_ALL / 2, { timeout: 60_000 });
  const askedAtMs = performance.now();
  const exitCode = await recording.stop();
  const tookMs = performance.now() - askedAtMs;
  isOver = true;
  expect(exitCode).toBe(0);
  expect(tookMs).toBeLessThan(GENEROUS_MS);
});
