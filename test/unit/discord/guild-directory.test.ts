import { describe, expect, test } from 'vitest';
import { GuildDirectory } from '../../../main/discord/guild-directory.ts';
import type { VoiceStateChange } from '../../../main/discord/voice-state.ts';
import { joinObstacle } from '../../../main/discord/join-check.ts';
import {
  ALICE_ID,
  BOB_ID,
  BOT_ID,
  channel,
  EVERYONE_PERMISSIONS,
  guildCreate,
  GUILD_ID,
  HIDDEN_ID,
  LOUNGE_ID,
  member,
  STAGE_ID,
  TEXT_ID,
  voiceState,
} from '../../support/discord-payloads.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

function directory(change: object = {}): GuildDirectory {
  const guilds = new GuildDirectory({ monotonicMs: () => 0, wallMs: () => NOW_MS });
  guilds.beginSession({ userId: BOT_ID, sessionId: 'ours', guildIds: [GUILD_ID] });
  guilds.apply('GUILD_CREATE', guildCreate(change));
  return guilds;
}

function changes(guilds: GuildDirectory, type: string, data: object): VoiceStateChange[] {
  return (guilds.apply(type, data) ?? []).flatMap((event) =>
    event.kind === 'voice-state' ? [event.change] : [],
  );
}

function voiceUpdate(guilds: GuildDirectory, ...state: Parameters<typeof voiceState>) {
  return changes(guilds, 'VOICE_STATE_UPDATE', { ...voiceState(...state), guild_id: GUILD_ID });
}

describe('guild directory', () => {
  test('lists voice and stage channels by position, and counts hidden ones', () => {
    const [guild] = directory().guilds();
    expect(guild?.channels.map(({ id, kind }) => [id, kind])).toEqual([
      [LOUNGE_ID, 'voice'],
      [STAGE_ID, 'stage'],
    ]);
    expect(guild).toMatchObject({ name: 'Test server', available: true, hiddenChannelCount: 1 });
    expect(guild?.permissions).toBe(BigInt(EVERYONE_PERMISSIONS));
  });

  test('tells hidden, text and unknown channels apart', () => {
    const guilds = directory();
    expect(guilds.channel(HIDDEN_ID)).toMatchObject({ hidden: true, permissions: 0n });
    expect(guilds.channel(TEXT_ID)).toBeNull();
    expect(guilds.channelKind(TEXT_ID)).toBe('other');
    expect(guilds.channelKind('5')).toBeNull();
  });

  test('people have the name Discord shows: nickname, display name, user name', () => {
    const guilds = directory();
    const bob = member(BOB_ID, { user: { id: BOB_ID, username: 'bob', global_name: 'Bobby' } });
    voiceUpdate(guilds, BOB_ID, LOUNGE_ID, { member: bob });
    const names = guilds.channel(LOUNGE_ID)?.people.map(({ name }) => name);
    expect(names).toEqual(['Ally', 'Bobby']);
    voiceUpdate(guilds, BOB_ID, LOUNGE_ID, { member: member(BOB_ID) });
    expect(guilds.channel(LOUNGE_ID)?.people[1]?.name).toBe('bob');
  });

  test('a person without a name has the id for one', () => {
    const guilds = directory({ members: [member(BOT_ID)] });
    expect(guilds.channel(LOUNGE_ID)?.people).toMatchObject([{ name: ALICE_ID, bot: false }]);
  });

  test('tells joins, moves, mutes and leaves, with the channels before and after', () => {
    const guilds = directory();
    const bob = { member: member(BOB_ID) };
    expect(voiceUpdate(guilds, BOB_ID, LOUNGE_ID, bob)).toMatchObject([
      { before: null, after: LOUNGE_ID, own: false, foreign: false },
    ]);
    expect(voiceUpdate(guilds, BOB_ID, STAGE_ID, bob)).toMatchObject([
      { before: LOUNGE_ID, after: STAGE_ID },
    ]);
    expect(voiceUpdate(guilds, BOB_ID, STAGE_ID, { ...bob, self_mute: true })).toMatchObject([
      { before: STAGE_ID, after: STAGE_ID, mute: false, person: { muted: true } },
    ]);
    expect(voiceUpdate(guilds, BOB_ID, null)).toMatchObject([
      { before: STAGE_ID, after: null, person: { name: 'bob' } },
    ]);
    expect(guilds.channel(STAGE_ID)?.people).toEqual([]);
  });

  test('a server deafen is told from a deafen of their own', () => {
    const guilds = directory();
    const own = { session_id: 'ours' };
    expect(voiceUpdate(guilds, BOT_ID, LOUNGE_ID, { ...own, deaf: true })[0]).toMatchObject({
      deaf: true,
      wasDeaf: false,
      own: true,
      person: { deafened: true },
    });
    expect(voiceUpdate(guilds, BOT_ID, LOUNGE_ID, { ...own, self_deaf: true })[0]).toMatchObject({
      deaf: false,
      wasDeaf: true,
      person: { deafened: false },
    });
  });

  test('a voice state of our user under another session is foreign, and its leave does not move us', () => {
    const guilds = directory();
    expect(voiceUpdate(guilds, BOT_ID, LOUNGE_ID, { session_id: 'ours' })).toMatchObject([
      { own: true, foreign: false },
    ]);
    expect(voiceUpdate(guilds, BOT_ID, null, { session_id: 'theirs' })).toMatchObject([
      { own: false, foreign: true, before: null, after: null },
    ]);
    expect(guilds.ownChannelId(GUILD_ID)).toBe(LOUNGE_ID);
    voiceUpdate(guilds, BOT_ID, STAGE_ID, { session_id: 'theirs' });
    expect(guilds.ownChannelId(GUILD_ID)).toBeNull();
    expect(guilds.channel(STAGE_ID)?.people).toMatchObject([
      { userId: BOT_ID, sessionId: 'theirs', bot: true },
    ]);
  });

  test('a new session takes our former voice state along, silently', () => {
    const guilds = directory();
    voiceUpdate(guilds, BOT_ID, LOUNGE_ID, { session_id: 'ours' });
    const next = { userId: BOT_ID, sessionId: 'next', guildIds: [GUILD_ID] };
    expect(guilds.beginSession(next)).toEqual([]);
    expect(changes(guilds, 'GUILD_CREATE', guildCreate())).toEqual([]);
    expect(voiceUpdate(guilds, BOT_ID, null, { session_id: 'ours' })).toMatchObject([
      { own: false, foreign: false },
    ]);
  });

  test('a new session removes the guilds it does not list', () => {
    const guilds = directory();
    expect(guilds.beginSession({ userId: BOT_ID, sessionId: 'next', guildIds: [] })).toEqual([
      { kind: 'guild-removed', guildId: GUILD_ID },
    ]);
    expect(guilds.guilds()).toEqual([]);
  });

  test('a repeated GUILD_CREATE tells who joined and left meanwhile, and keeps our own voice state', () => {
    const guilds = directory();
    voiceUpdate(guilds, BOT_ID, LOUNGE_ID, { session_id: 'ours' });
    const later = guildCreate({ voice_states: [voiceState(BOB_ID, STAGE_ID)] });
    const seen = changes(guilds, 'GUILD_CREATE', later);
    expect(seen.map(({ userId, before, after }) => [userId, before, after])).toEqual([
      [ALICE_ID, LOUNGE_ID, null],
      [BOB_ID, null, STAGE_ID],
    ]);
    expect(guilds.ownChannelId(GUILD_ID)).toBe(LOUNGE_ID);
    expect(changes(guilds, 'GUILD_CREATE', later)).toEqual([]);
  });

  test('an unavailable guild is kept, a removed one is not', () => {
    const guilds = directory();
    guilds.apply('GUILD_DELETE', { id: GUILD_ID, unavailable: true });
    expect(guilds.guild(GUILD_ID)).toMatchObject({ available: false, name: 'Test server' });
    guilds.apply('GUILD_CREATE', guildCreate());
    expect(guilds.guild(GUILD_ID)?.available).toBe(true);
    expect(guilds.apply('GUILD_DELETE', { id: GUILD_ID })).toContainEqual({
      kind: 'guild-removed',
      guildId: GUILD_ID,
    });
    expect(guilds.guild(GUILD_ID)).toBeNull();
    expect(guilds.apply('GUILD_DELETE', { id: GUILD_ID })).toEqual([]);
  });

  test('follows channels: created, renamed, revealed, deleted', () => {
    const guilds = directory();
    const here = { guild_id: GUILD_ID };
    guilds.apply('CHANNEL_CREATE', channel('77', 2, { ...here, name: 'New', user_limit: 5 }));
    expect(guilds.channel('77')).toMatchObject({ name: 'New', userLimit: 5 });
    guilds.apply('CHANNEL_UPDATE', channel(HIDDEN_ID, 2, { ...here, name: 'Secret' }));
    expect(guilds.channel(HIDDEN_ID)).toMatchObject({ hidden: false, name: 'Secret' });
    expect(guilds.apply('CHANNEL_DELETE', channel('77', 2, here))).toContainEqual({
      kind: 'channel-deleted',
      channelId: '77',
    });
    expect(guilds.channel('77')).toBeNull();
  });

  test('changes of roles and of our own member change our permissions', () => {
    const guilds = directory();
    const permissions = () => guilds.channel(LOUNGE_ID)?.permissions;
    const role = (mask: string) => ({ guild_id: GUILD_ID, role: { id: '88', permissions: mask } });
    guilds.apply('GUILD_ROLE_CREATE', role('16777216'));
    expect(permissions()).toBe(BigInt(EVERYONE_PERMISSIONS));
    const own = (change: object) => ({ ...member(BOT_ID, change), guild_id: GUILD_ID });
    guilds.apply('GUILD_MEMBER_UPDATE', own({ roles: ['88'], nick: '[REC] tapedeck' }));
    expect(permissions()).toBe(BigInt(EVERYONE_PERMISSIONS) | (1n << 24n));
    expect(guilds.guild(GUILD_ID)?.ownNick).toBe('[REC] tapedeck');
    guilds.apply('GUILD_ROLE_UPDATE', role('8'));
    expect(permissions()).toBe((1n << 64n) - 1n);
    guilds.apply('GUILD_ROLE_DELETE', { guild_id: GUILD_ID, role_id: '88' });
    expect(permissions()).toBe(BigInt(EVERYONE_PERMISSIONS));
    guilds.apply('GUILD_UPDATE', { id: GUILD_ID, name: 'Renamed', owner_id: BOT_ID });
    expect(permissions()).toBe((1n << 64n) - 1n);
    expect(guilds.guild(GUILD_ID)?.name).toBe('Renamed');
  });

  test('a time-out takes permissions away until it ends', () => {
    const timedOut = (until: string) =>
      directory({ members: [member(BOT_ID, { communication_disabled_until: until })] });
    expect(timedOut('2026-11-24T12:00:01Z').channel(LOUNGE_ID)?.permissions).toBe(1024n);
    expect(timedOut('2026-11-24T12:00:00Z').channel(LOUNGE_ID)?.permissions).toBe(
      BigInt(EVERYONE_PERMISSIONS),
    );
  });

  test('a malformed element of an array is left out, the others are kept', () => {
    const guilds = directory({
      channels: [null, { id: 5, type: 2 }, channel(LOUNGE_ID, 2, { user_limit: 'many' })],
      roles: [
        { id: GUILD_ID, permissions: EVERYONE_PERMISSIONS },
        { id: '9', permissions: '-1' },
      ],
      voice_states: [
        7,
        voiceState('not an id', LOUNGE_ID),
        voiceState(ALICE_ID, LOUNGE_ID, { session_id: 3, self_video: 'x', member: 'none' }),
        voiceState(BOB_ID, LOUNGE_ID),
      ],
      members: 'none',
    });
    const lounge = guilds.channel(LOUNGE_ID);
    expect(lounge?.people).toMatchObject([
      { userId: ALICE_ID, sessionId: null, hasCamera: false },
      { userId: BOB_ID },
    ]);
    expect(lounge).toMatchObject({ userLimit: 0, permissions: BigInt(EVERYONE_PERMISSIONS) });
  });

  test('nobody’s session is needed, and a state of ours without one is our own', () => {
    const guilds = directory();
    const without = { session_id: undefined };
    expect(voiceUpdate(guilds, BOB_ID, LOUNGE_ID, without)).toMatchObject([{ after: LOUNGE_ID }]);
    expect(voiceUpdate(guilds, BOB_ID, null, without)).toMatchObject([{ after: null }]);
    expect(voiceUpdate(guilds, BOT_ID, LOUNGE_ID, without)).toMatchObject([{ own: true }]);
    expect(guilds.ownChannelId(GUILD_ID)).toBe(LOUNGE_ID);
    voiceUpdate(guilds, BOT_ID, LOUNGE_ID, { session_id: 'ours' });
    expect(voiceUpdate(guilds, BOT_ID, null, without)).toMatchObject([
      { own: true, before: LOUNGE_ID, after: null },
    ]);
    expect(guilds.ownChannelId(GUILD_ID)).toBeNull();
  });

  test('a member without a user name is called by the display name, else by the id', () => {
    const guilds = directory();
    const bob = (user: object) => ({ member: member(BOB_ID, { user: { id: BOB_ID, ...user } }) });
    voiceUpdate(guilds, BOB_ID, LOUNGE_ID, bob({}));
    expect(guilds.memberName(GUILD_ID, BOB_ID)).toBeNull();
    voiceUpdate(guilds, BOB_ID, LOUNGE_ID, bob({ global_name: 'Bobby' }));
    expect(guilds.memberName(GUILD_ID, BOB_ID)).toBe('Bobby');
  });

  test.each([
    ['GUILD_MEMBER_ADD', { ...member(BOB_ID), guild_id: GUILD_ID }],
    ['GUILD_MEMBER_UPDATE', { ...member(BOB_ID), guild_id: GUILD_ID }],
    ['GUILD_MEMBERS_CHUNK', { guild_id: GUILD_ID, members: [7, member(BOB_ID)] }],
    [
      'VOICE_STATE_UPDATE',
      { ...voiceState(BOB_ID, STAGE_ID, { member: member(BOB_ID) }), guild_id: GUILD_ID },
    ],
  ])('%s tells the name of somebody who came without', (type, data) => {
    const guilds = directory();
    voiceUpdate(guilds, BOB_ID, LOUNGE_ID);
    expect(guilds.memberName(GUILD_ID, BOB_ID)).toBeNull();
    guilds.apply(type, data);
    expect(guilds.memberName(GUILD_ID, BOB_ID)).toBe('bob');
    voiceUpdate(guilds, BOB_ID, LOUNGE_ID);
    const names = guilds.channel(LOUNGE_ID)?.people.map(({ name }) => name);
    expect(names).toEqual(['Ally', 'bob']);
  });

  test('a guild that READY named is there, without a name, until it is told', () => {
    const guilds = new GuildDirectory({ monotonicMs: () => 0, wallMs: () => NOW_MS });
    guilds.beginSession({ userId: BOT_ID, sessionId: 'ours', guildIds: [GUILD_ID] });
    expect(guilds.guilds()).toMatchObject([{ id: GUILD_ID, name: GUILD_ID, available: false }]);
    guilds.apply('GUILD_CREATE', guildCreate());
    expect(guilds.guilds()).toMatchObject([{ name: 'Test server', available: true }]);
    expect(guilds.guildIdOf(TEXT_ID)).toBe(GUILD_ID);
  });

  test('knows age-restricted channels, and how many a filmed channel takes', () => {
    const channels = [channel(LOUNGE_ID, 2, { nsfw: true }), channel(STAGE_ID, 13, { nsfw: 7 })];
    const guilds = directory({ channels, max_video_channel_users: 4 });
    expect(guilds.channel(LOUNGE_ID)).toMatchObject({ ageRestricted: true, videoLimit: 4 });
    expect(guilds.channel(STAGE_ID)).toMatchObject({ ageRestricted: false });
    guilds.apply('GUILD_UPDATE', { id: GUILD_ID, max_video_channel_users: 9 });
    expect(guilds.channel(LOUNGE_ID)).toMatchObject({ videoLimit: 9 });
    expect(directory().channel(LOUNGE_ID)).toMatchObject({ videoLimit: 25 }); // Discord's own
  });

  test('a malformed event changes nothing and gives null, an unknown one gives no change', () => {
    const guilds = directory();
    const before = guilds.guilds();
    for (const type of ['GUILD_CREATE', 'GUILD_DELETE', 'CHANNEL_UPDATE', 'VOICE_STATE_UPDATE'])
      for (const data of [null, [], 'x', {}, { id: 1 }, { id: 'x', guild_id: GUILD_ID }])
        expect(guilds.apply(type, data)).toBeNull();
    const leave = voiceState(ALICE_ID, null, { guild_id: GUILD_ID, channel_id: 12 });
    expect(guilds.apply('VOICE_STATE_UPDATE', leave)).toBeNull();
    for (const type of ['TYPING_START', 'toString', '__proto__', 'constructor'])
      expect(guilds.apply(type, {})).toEqual([]);
    expect(guilds.guilds()).toEqual(before);
  });

  test('events of a guild nobody announced change nothing', () => {
    const guilds = directory();
    const stray = { ...voiceState(BOB_ID, LOUNGE_ID), guild_id: '6' };
    expect(guilds.apply('VOICE_STATE_UPDATE', stray)).toEqual([]);
    expect(guilds.apply('CHANNEL_CREATE', channel('7', 2, { guild_id: '6' }))).toEqual([]);
  });
});

describe('joinObstacle', () => {
  const obstacle = (change: object, everyone = EVERYONE_PERMISSIONS) => {
    const roles = [{ id: GUILD_ID, permissions: everyone }];
    const guilds = directory({ channels: [channel(LOUNGE_ID, 2, change)], roles });
    const lounge = guilds.channel(LOUNGE_ID);
    return lounge === null ? 'none' : joinObstacle(lounge);
  };

  test('nothing keeps the bot out of a channel with room', () => {
    expect(obstacle({ user_limit: 2 })).toBeNull();
  });

  test('names what is missing', () => {
    const deny = { id: GUILD_ID, type: 0, allow: '0', deny: '1048576' };
    expect(obstacle({ permission_overwrites: [deny] })).toEqual({
      kind: 'permission-missing',
      permissions: ['Connect'],
    });
  });

  test('a full channel lets only those in who may move members', () => {
    expect(obstacle({ user_limit: 1 })).toEqual({ kind: 'full', count: 1, limit: 1 });
    expect(obstacle({ user_limit: 1 }, '17826816')).toBeNull();
  });

  test('a hidden channel is hidden', () => {
    expect(obstacle({ flags: 1 << 17 })).toEqual({ kind: 'hidden' });
  });
});
