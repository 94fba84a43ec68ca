import { expect, test } from 'vitest';
import { DiscordError } from '../../../main/discord/discord-error.ts';
import { GuildDirectory } from '../../../main/discord/guild-directory.ts';
import { toProblem } from '../../../main/engine/error-code.ts';
import { explainSilence } from '../../../main/engine/explain-silence.ts';
import {
  ALICE_ID,
  BOB_ID,
  BOT_ID,
  channel,
  guildCreate,
  GUILD_ID,
  LOUNGE_ID,
  voiceState,
} from '../../support/discord-payloads.ts';

const SILENCE = new DiscordError('join-timeout', 'discord named no voice server in time');

function explained(change: object, thrown: unknown = SILENCE) {
  const directory = new GuildDirectory({ monotonicMs: () => 0, wallMs: () => 0 });
  directory.beginSession({ userId: BOT_ID, sessionId: 'ours', guildIds: [GUILD_ID] });
  directory.apply('GUILD_CREATE', guildCreate(change));
  return toProblem(explainSilence(thrown, directory, LOUNGE_ID));
}

const lounge = (change: object) => ({ channels: [channel(LOUNGE_ID, 2, change)] });
const both = (camera: boolean) => ({
  voice_states: [
    voiceState(ALICE_ID, LOUNGE_ID, { self_video: camera }),
    voiceState(BOB_ID, LOUNGE_ID),
  ],
});

test.each([
  ['nothing known', {}, { code: 'join-timeout' }],
  [
    'a camera in a channel with as many people as such a one takes',
    { max_video_channel_users: 2, ...both(true) },
    { code: 'video-limit', details: { channel: 'Lounge', limit: 2, count: 2 } },
  ],
  [
    'as many without a camera',
    { max_video_channel_users: 2, ...both(false) },
    { code: 'join-timeout' },
  ],
  ['fewer with a camera', { max_video_channel_users: 3, ...both(true) }, { code: 'join-timeout' }],
  [
    'a camera and no limit',
    { max_video_channel_users: 0, ...both(true) },
    { code: 'join-timeout' },
  ],
  [
    'an age-restricted channel',
    lounge({ nsfw: true }),
    { code: 'age-restricted', details: { channel: 'Lounge' } },
  ],
  [
    'a channel that has filled up',
    { ...lounge({ user_limit: 2 }), ...both(false) },
    { code: 'channel-full' },
  ],
  ['an outage', { unavailable: true }, { code: 'guild-unavailable', details: { count: 1 } }],
])('a join without an answer, and %s', (_, change, problem) => {
  expect(explained(change)).toMatchObject(problem);
});

test('any other failure is as it is', () => {
  const refused = new DiscordError('session-lost', 'the gateway session ended');
  expect(explained(lounge({ nsfw: true }), refused)).toMatchObject({ code: 'discord-trouble' });
});
