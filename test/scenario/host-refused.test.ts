import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../main/base/clock.ts';
import { toProblem } from '../../main/engine/error-code.ts';
import { joinChannel } from '../../main/link/join.ts';
import { VoiceFeed } from '../../main/link/voice-feed.ts';
import { BOT_ID, GUILD_ID, LOUNGE_ID, member, voiceState } from '../support/discord-payloads.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { connected, connectTo, recordingLog } from '../support/fake-gateway-client.ts';
import { SilentPort } from '../support/silent-port.ts';

/** What a person is told when the gateway is at that address. */
async function problemAt(fake: FakeDiscord, gatewayUrl: string, log = recordingLog().log) {
  fake.gatewayUrl = gatewayUrl;
  const failed = await connectTo(fake, { log, timing: { connectLimitMs: 200 } }).then(
    () => null,
    toProblem,
  );
  return failed;
}

test('the address that should hear nothing can be heard', async () => {
  await using port = await SilentPort.open();
  const socket = connect({ host: '::ffff:127.0.0.1', port: port.port });
  await once(socket, 'close');
  expect(port.connections).toBe(1);
});

test('a gateway at a host that the API may not name gets no token, and is told as unreachable', async () => {
  await using port = await SilentPort.open();
  await using fake = await FakeDiscord.start();
  const { log, lines } = recordingLog();
  const problem = await problemAt(fake, `wss://${port.otherName}`, log);
  expect(port.connections).toBe(0);
  expect(lines.join('\n')).toContain(`host ${port.otherName} is refused`);
  expect(problem).toEqual(await problemAt(fake, 'ws://127.0.0.1:1'));
});

test('a session is not resumed at such a host, but at the main address', async () => {
  await using port = await SilentPort.open();
  await using fake = await FakeDiscord.start();
  const { log, lines } = recordingLog();
  const connecting = connectTo(fake, { log, timing: { guildsLimitMs: 1 } });
  const connection = await fake.welcome('session-1', {
    resume_gateway_url: `wss://${port.otherName}`,
  });
  await using gateway = await connecting;
  connection.socket.terminate();
  const next = await fake.nextConnection();
  next.hello();
  expect((await next.next(6)).d).toMatchObject({ session_id: 'session-1' });
  expect(port.connections).toBe(0);
  expect(lines.join('\n')).toContain(`"host":"${port.otherName}"`);
  await gateway.close();
});

test('a voice server at such a host gets no token, and is told as unreachable', async () => {
  await using port = await SilentPort.open();
  await using fake = await FakeDiscord.start();
  const { log, lines } = recordingLog();
  await using client = await connected(fake, { log });
  const { gateway, connection } = client;
  const target = { guildId: GUILD_ID, channelId: LOUNGE_ID, feed: new VoiceFeed() };
  const context = { gateway, log, clock: systemClock };
  const failed = joinChannel(context, target, new AbortController().signal).then(
    () => null,
    toProblem,
  );
  const state = voiceState(BOT_ID, LOUNGE_ID, { session_id: 'session-1', member: member(BOT_ID) });
  connection.dispatch('VOICE_STATE_UPDATE', { ...state, guild_id: GUILD_ID }, 8);
  const server = { guild_id: GUILD_ID, token: 'voice-token', endpoint: port.otherName };
  connection.dispatch('VOICE_SERVER_UPDATE', server, 9);
  expect(await failed).toEqual({ code: 'join-timeout', details: { step: 'voice' } });
  expect(port.connections).toBe(0);
  expect(lines.join('\n')).toContain(`"host":"${port.otherName}"`);
});
