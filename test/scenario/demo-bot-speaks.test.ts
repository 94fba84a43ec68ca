import { describe, expect, test, vi } from 'vitest';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { SAID } from '../support/davey-member.ts';
import { enterCall, heardPackets } from '../support/demo-call.ts';
import type { DemoCall } from '../support/demo-call.ts';
import { EncryptedCaller } from '../support/encrypted-caller.ts';
import { join } from '../support/raw-client.ts';
import { readSent } from '../support/sent.ts';

/** Sends one packet of that number under the call's transport key. */
function say(
  { udp, cipher, ssrc }: DemoCall,
  sequence: number,
  payload: Uint8Array = SAID,
): Promise<void> {
  const fields = { sequence, timestamp: toRtpTimestamp(sequence * 960), ssrc };
  return udp.send(cipher.seal(fields, payload));
}

function sayOp5({ voice, ssrc }: DemoCall, speaking: number): void {
  voice.send(5, { speaking, delay: 0, ssrc });
}

/** Waits until the server has received so many packets; gives their log lines. */
async function received(demo: DemoServer, count: number) {
  return vi.waitFor(async () => {
    const lines = (await readSent(demo)).received;
    expect(lines).toHaveLength(count);
    return lines;
  }, 5000);
}

describe('what a bot says', () => {
  test('is heard by the others in an encrypted call, from its op 5 on', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    const bot = await EncryptedCaller.enter(demo);
    const other = await EncryptedCaller.enter(demo, demo.otherToken);
    await vi.waitFor(() => {
      for (const { members } of [bot, other]) expect(members).toHaveLength(2);
    }, 5000);
    await say(bot.call, 1, bot.seal(SAID));
    await received(demo, 1);
    sayOp5(bot.call, 1);
    await other.call.voice.op(5);
    await say(bot.call, 2, bot.seal(SAID));
    await vi.waitFor(() => expect(other.listen()).toHaveLength(1), 5000);
    const { userId } = demo.setting.bot;
    expect(other.listen()).toMatchObject([{ userId, sequence: 2, opus: SAID }]);
    const fields = { userId, ssrc: bot.call.ssrc };
    expect(await received(demo, 2)).toMatchObject([
      { ...fields, sequence: 1, timestamp: 960, speaking: null, refusal: 'before op 5' },
      { ...fields, sequence: 2, timestamp: 1920, speaking: 1, refusal: null },
    ]);
  });

  test('is heard by nobody while it is muted, by itself, by a moderator or by its permissions', async () => {
    await using demo = await startDemoServer({ speakers: 0, scenario: 'stage' });
    const bot = await enterCall(await join(demo));
    const other = await enterCall(await join(demo, { token: demo.otherToken }));
    sayOp5(bot, 1);
    await other.voice.op(5);
    const { world, bot: account } = demo.setting;
    const states: [change: object, refusal: string][] = [
      [{ selfMute: true }, 'self-muted'],
      [{ mute: true }, 'muted'],
      [{ suppress: true }, 'suppressed'],
    ];
    const state = world.voiceState(demo.guildId, account.userId);
    if (state === undefined) throw new Error('the bot is not in voice');
    for (const [index, [change]] of states.entries()) {
      world.setVoiceState({ ...state, ...change });
      await say(bot, index + 1);
      await received(demo, index + 1);
    }
    world.setVoiceState(state);
    demo.control.setPermissions(demo.channelId, { deny: ['SPEAK'] });
    await say(bot, 4);
    await received(demo, 4);
    demo.control.setPermissions(demo.channelId, {});
    await say(bot, 5);
    const why = (await received(demo, 5)).map(({ refusal }) => refusal);
    expect(why).toEqual([...states.map(([, refusal]) => refusal), 'without Speak', null]);
    await other.udp.until((all) => heardPackets(other, all).length > 0);
    const heard = heardPackets(other, other.udp.received);
    expect(heard.map(({ packet }) => packet.sequence)).toEqual([5]);
  });

  test('is suppressed from the start in a channel where it may not speak', async () => {
    await using demo = await startDemoServer({ speakers: 0 });
    demo.control.setPermissions(demo.channelId, { deny: ['SPEAK'] });
    await join(demo);
    const { userId } = demo.setting.bot;
    expect(demo.setting.world.voiceState(demo.guildId, userId)).toMatchObject({ suppress: true });
  });
});
