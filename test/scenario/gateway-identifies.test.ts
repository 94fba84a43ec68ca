import { expect, test } from 'vitest';
import { GATEWAY_TIMING } from '../../main/discord/gateway-timing.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { connected, connectTo } from '../support/fake-gateway-client.ts';
import { FastTime } from '../support/fast-time.ts';

// Discord: session_start_limit, and max_concurrency Identifies in 5 s.
test('two Identifies are 5 s apart, however late Hello comes', async () => {
  using time = new FastTime();
  await using fake = await FakeDiscord.start();
  const giveUp = new AbortController();
  const connecting = connectTo(fake, { timing: GATEWAY_TIMING, signal: giveUp.signal });
  const ended = connecting.then(
    () => 'connected',
    () => 'given up',
  );
  const atMs: number[] = [];
  for (const lateMs of [4_900, 0, 4_900, 0, 0]) {
    const connection = await time.during(fake.nextConnection());
    await time.pass(lateMs);
    connection.hello();
    await time.during(connection.next(2));
    atMs.push(performance.now());
    connection.send({ op: 9, d: false });
  }
  giveUp.abort(new Error('enough'));
  expect(await time.during(ended)).toBe('given up');
  const apartMs = atMs.slice(1).map((each, index) => each - (atMs[index] ?? NaN));
  for (const each of apartMs) expect(each).toBeGreaterThanOrEqual(4_900); // 5 s, seen in steps of 100 ms
});

test('without session starts left nothing identifies until the limit is reset', async () => {
  using time = new FastTime();
  await using fake = await FakeDiscord.start();
  const client = await time.during(connected(fake, { timing: GATEWAY_TIMING }));
  await using gateway = client.gateway;
  fake.sessionStartLimit = { total: 1000, remaining: 2, reset_after: 3.6e6, max_concurrency: 1 };
  client.connection.send({ op: 9, d: false });
  for (const remaining of [1, 0]) {
    const connection = await time.during(fake.nextConnection());
    connection.hello();
    await time.during(connection.next(2));
    fake.sessionStartLimit.remaining = remaining;
    connection.send({ op: 9, d: false });
  }
  const asked = fake.requests.length;
  await time.pass(600_000);
  expect(fake.connections).toHaveLength(3);
  expect(fake.requests.length - asked).toBeLessThanOrEqual(20);
  fake.sessionStartLimit.remaining = 1000;
  await time.during(fake.welcome('session-2'));
  await time.pass(1_000);
  expect(gateway.connection).toBe('connected');
  expect(gateway.sessionId).toBe('session-2');
});
