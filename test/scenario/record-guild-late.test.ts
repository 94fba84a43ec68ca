import { expect, test } from 'vitest';
import { parseApiUrl } from '../../main/engine/engine.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import { Call } from '../support/call.ts';
import { expectRefusal } from '../support/cannot-begin.ts';
import { FastTime } from '../support/fast-time.ts';

/** Signed in anew, to a Discord that named the server in READY and told nothing, or an outage. */
async function signedInTo(call: Call, time: FastTime, how: 'late' | 'outage'): Promise<void> {
  const { demo, engine } = call;
  demo.gateway.withheld.set(demo.guildId, how);
  await time.during(engine.signOut());
  const apiUrl = parseApiUrl(demo.apiUrl);
  await time.during(engine.signIn({ token: demo.token, apiUrl }));
}

test.each([
  { how: 'late', afterMs: 8_000 },
  { how: 'outage', afterMs: 12_000 },
  { how: 'late', afterMs: 50_000 },
] as const)('a server that is told $afterMs ms later ($how) is waited for', async (situation) => {
  using time = new FastTime();
  await using call = await time.during(Call.start());
  await signedInTo(call, time, situation.how);
  expect(call.engine.guilds()).toContainEqual(
    expect.objectContaining({ id: call.demo.guildId, available: false }),
  );
  setTimeout(() => {
    call.demo.control.setGuildAvailable(call.demo.guildId, 'available');
  }, situation.afterMs);
  const session = await time.during(call.record());
  expect(call.events.slice(0, 3)).toMatchObject([
    { event: 'connected' },
    { event: 'warning', code: 'guild-late' },
    { event: 'joined' },
  ]);
  await time.during(call.stop(session));
});

test('a server that does not come is told as an outage, after a minute', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start());
  await signedInTo(call, time, 'outage');
  const fromMs = performance.now();
  const refused = await time.during(call.record().catch((error: unknown) => toProblem(error)));
  expect(refused).toEqual({ code: 'guild-unavailable', details: { count: 1 } });
  expect(performance.now() - fromMs).toBeGreaterThan(59_000);
  expect(performance.now() - fromMs).toBeLessThan(62_000);
  expect(await call.folders()).toEqual([]);
  expect(call.engine.session).toEqual({ kind: 'idle' });
});

test.each([
  { what: 'that Discord does not know', channel: null, code: 'unknown-channel' },
  { what: 'that the bot may not see', channel: 'hidden', code: 'channel-hidden' },
] as const)(
  'a channel $what is told at once, also while a server does not come',
  async (missing) => {
    using time = new FastTime();
    await using call = await time.during(Call.start());
    await signedInTo(call, time, 'outage');
    const channelId =
      missing.channel === null ? '5' : call.demo.setting.channels[missing.channel].id;
    const refused = await time.during(call.record({ channelId }).catch(toProblem));
    expect(refused).toMatchObject({ code: missing.code }); // after a minute it would be an outage
    expect(await call.folders()).toEqual([]);
  },
);

test('where Discord does not answer whether it knows the channel, the server is waited for', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start());
  await signedInTo(call, time, 'outage');
  const answer = { status: 503, body: {} };
  call.demo.rest.plan({ method: 'GET', path: /^\/channels\/5$/, answer, times: 100 });
  const refused = await time.during(call.record({ channelId: '5' }).catch(toProblem));
  expect(refused).toMatchObject({ code: 'guild-unavailable' });
});

test('an outage of the channel’s server that began before is waited for too', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start());
  call.demo.control.setGuildAvailable(call.demo.guildId, 'unavailable');
  await time.pass(300);
  setTimeout(() => {
    call.demo.control.setGuildAvailable(call.demo.guildId, 'available');
  }, 5_000);
  const session = await time.during(call.record());
  await time.during(call.stop(session));
  expect(call.all('warning')).toMatchObject([{ code: 'guild-late' }]);
});

test('a channel that no server has is unknown, once every server is told', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start());
  const fromMs = performance.now();
  let refusedAtMs = Infinity; // simulated time passes too while the library is looked at below
  const onRefusal = (): number => (refusedAtMs = performance.now());
  const refused = call.record({ channelId: '5' }).catch(onRefusal);
  await time.during(refused);
  expect(refusedAtMs - fromMs).toBeLessThan(30_000); // a server that is missing is waited for 60 s
  await time.during(expectRefusal(call, 'unknown-channel', { channelId: '5' }));
});

test('who does not want to wait need not', async () => {
  using time = new FastTime();
  await using call = await time.during(Call.start());
  await signedInTo(call, time, 'late');
  const enough = new AbortController();
  const begun = call.record({}, enough.signal).catch((error: unknown) => error);
  await time.pass(2_000);
  enough.abort(new Error('enough'));
  expect(await time.during(begun)).toMatchObject({ message: 'enough' });
  expect(call.engine.session).toEqual({ kind: 'idle' });
});
