import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { EncryptedCaller } from '../support/encrypted-caller.ts';
import { SeededRandom } from '../../main/base/seeded-random.ts';

const WAIT = { timeout: 15_000, interval: 20 };

test('many speakers who join and leave at any moment stay one group, without a single op 31', async () => {
  const scenario = { ...SCENARIOS.calm, talks: 'voice' } as const;
  await using demo = await startDemoServer({ scenario, speakers: 12 });
  const { voice: channel } = demo.setting.channels;
  const room = demo.dave.roomOf(channel.id);
  expect(room).toMatchObject({ epoch: 1, group: 1 });
  const caller = await EncryptedCaller.enter(demo);
  const random = new SeededRandom(4);
  const everyone = demo.people.in(channel.id);
  for (let round = 0; round < 12; round += 1) {
    // Members who made the group's commits leave too, so that others have to commit during a change.
    const some = everyone.filter((_, index) => index < 3 || random.next() < 0.2);
    for (const userId of some) {
      if (random.next() < 0.3) continue;
      if (demo.people.in(channel.id).includes(userId)) demo.people.leave(userId);
      else demo.people.enter(userId, channel);
    }
    await new Promise((resolve) => setTimeout(resolve, random.integer(120)));
  }
  for (const userId of everyone) {
    if (!demo.people.in(channel.id).includes(userId)) demo.people.enter(userId, channel);
  }
  const all = [...everyone, demo.setting.bot.userId].sort();
  await vi.waitFor(() => expect(room?.members.sort()).toEqual(all), WAIT);
  await vi.waitFor(() => expect(caller.members.sort()).toEqual(all), WAIT);
  const before = caller.listen().length;
  await vi.waitFor(() => {
    const lately = caller.listen().slice(before);
    expect(lately.filter(({ opus }) => opus !== null).length).toBeGreaterThan(60);
    expect(lately.slice(-40).every(({ opus }) => opus !== null)).toBe(true);
  }, WAIT);
  demo.flushLog();
  expect(readFileSync(demo.sentLog, 'utf8')).not.toContain('"recovery"');
});
