/** Payloads as Discord sends them, with fields that a recorder does not use (docs: gateway-events, guild, voice). */

export const GUILD_ID = '41771983423143937';
export const BOT_ID = '1180000000000000001';
export const LOUNGE_ID = '127121515262115840';
export const STAGE_ID = '127121515262115841';
export const TEXT_ID = '127121515262115842';
export const HIDDEN_ID = '127121515262115843';
export const ALICE_ID = '80351110224678912';
export const BOB_ID = '80351110224678913';

function user(id: string, change: object = {}) {
  const name = { [BOT_ID]: 'tapedeck', [ALICE_ID]: 'alice', [BOB_ID]: 'bob' }[id] ?? 'someone';
  return {
    id,
    username: name,
    global_name: null,
    discriminator: '0',
    bot: id === BOT_ID,
    ...change,
  };
}

export function member(id: string, change: object = {}) {
  return {
    user: user(id),
    nick: null,
    roles: [],
    joined_at: '2026-01-01T00:00:00Z',
    deaf: false,
    communication_disabled_until: null,
    flags: 0,
    ...change,
  };
}

export function voiceState(userId: string, channelId: string | null, change: object = {}) {
  return {
    channel_id: channelId,
    user_id: userId,
    session_id: `session-of-${userId}`,
    deaf: false,
    mute: false,
    self_deaf: false,
    self_mute: false,
    self_video: false,
    suppress: false,
    request_to_speak_timestamp: null,
    ...change,
  };
}

export function channel(id: string, type: number, change: object = {}) {
  const name = { [LOUNGE_ID]: 'Lounge', [STAGE_ID]: 'Talk', [TEXT_ID]: 'general' }[id] ?? id;
  return {
    id,
    type,
    name,
    position: 0,
    parent_id: null,
    bitrate: 64_000,
    user_limit: 0,
    rtc_region: null,
    flags: 0,
    permission_overwrites: [],
    ...change,
  };
}

/** VIEW_CHANNEL, SEND_MESSAGES, CONNECT, SPEAK, CHANGE_NICKNAME. */
export const EVERYONE_PERMISSIONS = '70257664';

export function guildCreate(change: object = {}) {
  return {
    id: GUILD_ID,
    name: 'Test server',
    icon: null,
    owner_id: ALICE_ID,
    roles: [{ id: GUILD_ID, name: '@everyone', permissions: EVERYONE_PERMISSIONS, position: 0 }],
    channels: [
      channel(TEXT_ID, 0),
      channel(STAGE_ID, 13, { position: 2 }),
      channel(LOUNGE_ID, 2, { position: 1 }),
      channel(HIDDEN_ID, 2, {
        name: '___hidden___',
        flags: 1 << 17,
        permission_overwrites: [{ id: GUILD_ID, type: 0, allow: '0', deny: '1024' }],
      }),
    ],
    members: [member(BOT_ID), member(ALICE_ID, { nick: 'Ally' })],
    voice_states: [voiceState(ALICE_ID, LOUNGE_ID)],
    member_count: 3,
    large: false,
    stage_instances: [],
    ...change,
  };
}

export function ready(sessionId: string, change: object = {}) {
  return {
    v: 10,
    user: user(BOT_ID),
    guilds: [{ id: GUILD_ID, unavailable: true }],
    session_id: sessionId,
    resume_gateway_url: 'wss://resume.invalid',
    application: { id: '1180000000000000009', flags: 0 },
    ...change,
  };
}
