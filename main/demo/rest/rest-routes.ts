import { z } from 'zod';
import { channelJson, guildJson, memberJson, userJson, voiceStateJson } from '../world/payloads.ts';
import type { RateLimit } from './rate-limits.ts';
import { INTERACTION_ROUTES } from './interaction-routes.ts';
import { MESSAGE_ROUTES } from './message-routes.ts';
import { REST_ERRORS, invalidForm, none, ok } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import { inChannel, inGuild, route } from './route.ts';
import type { OpenRoute, RestRequest, Route } from './route.ts';
import type { World } from '../world/world.ts';
import { isVocal } from '../world/world.ts';
import { PERMISSION_BITS, guildPermissions, mayIn } from '../world/world-permissions.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';
import type { DemoBot, DemoGuild } from '../world/world-types.ts';

const usual: RateLimit = { requests: 40, windowMs: 1000 };
const nicknames: RateLimit = { requests: 10, windowMs: 10_000 };

const nicknameBody = z.object({ nick: z.string().max(32).nullable().optional() });
const voiceStateBody = z.object({
  channel_id: z.string().optional(),
  suppress: z.boolean().optional(),
  request_to_speak_timestamp: z.string().nullable().optional(),
});
const statusBody = z.object({ status: z.string().max(500).nullable() });

/** The endpoints for which no bot has to say who it is. */
export const OPEN_ROUTES: readonly OpenRoute[] = [
  { method: 'GET', path: '/gateway', run: ({ gatewayUrl }) => ok({ url: gatewayUrl }) },
  ...INTERACTION_ROUTES,
];

/** The endpoints that a recorder uses, and those that discord.js and other clients call when they start. */
export const ROUTES: readonly Route[] = [
  route('GET', '/gateway/bot', usual, ({ gatewayUrl }) =>
    ok({
      url: gatewayUrl,
      shards: 1,
      session_start_limit: {
        total: 1000,
        remaining: 997,
        reset_after: 14400000,
        max_concurrency: 1,
      },
    }),
  ),
  route('GET', '/users/@me', usual, ({ world, bot }) => ok(userJson(account(world, bot)))),
  route('GET', '/users/@me/guilds', usual, ({ world, bot }) =>
    ok(
      guildsOf(world, bot).map((guild) => ({
        id: guild.id,
        name: guild.name,
        icon: null,
        owner: false,
        features: [],
        permissions: String(guildPermissions(guild, bot.userId)),
      })),
    ),
  ),
  ...['/oauth2/applications/@me', '/applications/@me'].map((path) =>
    route('GET', path, usual, ({ world, bot }) => {
      const { id, username } = account(world, bot);
      const about = { id, name: username, flags: 0, bot_public: true, description: '' };
      const url = world.interactionsUrls.get(bot.userId) ?? null;
      return ok({ ...about, interactions_endpoint_url: url });
    }),
  ),
  route('GET', '/voice/regions', usual, () =>
    ok([{ id: 'loopback', name: 'Loopback', optimal: true, deprecated: false, custom: false }]),
  ),
  route(
    'GET',
    '/guilds/:guild',
    usual,
    inGuild((guild, { bot }) => ok(guildJson(guild, bot.userId))),
  ),
  route(
    'GET',
    '/guilds/:guild/channels',
    usual,
    inGuild((guild, { bot }) =>
      ok(
        [...guild.channels.values()]
          .filter((channel) => mayIn({ guild, channel }, bot.userId, 'VIEW_CHANNEL'))
          .map((channel) => channelJson(guild, channel, bot.userId)),
      ),
    ),
  ),
  // The full list needs the privileged intent GUILD_MEMBERS, which neither bot has.
  route(
    'GET',
    '/guilds/:guild/members',
    usual,
    inGuild(() => REST_ERRORS.missingAccess),
  ),
  route(
    'GET',
    '/guilds/:guild/members/:user',
    usual,
    inGuild((guild, { bot, parts }) => {
      const member = guild.members.get(
        parts['user'] === '@me' ? bot.userId : (parts['user'] ?? ''),
      );
      return member === undefined ? REST_ERRORS.unknownMember : ok(memberJson(member));
    }),
  ),
  route(
    'PATCH',
    '/guilds/:guild/members/@me',
    nicknames,
    inGuild((guild, { world, bot, body }) => {
      const parsed = nicknameBody.safeParse(body);
      if (!parsed.success) return invalidForm('nick', 'Must be 32 or fewer in length.');
      const may = guildPermissions(guild, bot.userId) & PERMISSION_BITS.CHANGE_NICKNAME;
      if (may === 0n) return REST_ERRORS.missingPermissions;
      const member = guild.members.get(bot.userId);
      if (member === undefined) return REST_ERRORS.unknownMember;
      const { nick } = parsed.data;
      return ok(
        memberJson(nick === undefined ? member : world.setNick(member, nick === '' ? null : nick)),
      );
    }),
  ),
  route(
    'GET',
    '/guilds/:guild/voice-states/:user',
    usual,
    inGuild((guild, { bot, parts }) => {
      const userId = parts['user'] === '@me' ? bot.userId : (parts['user'] ?? '');
      const state = guild.voiceStates.get(userId);
      if (state === undefined) return REST_ERRORS.unknownVoiceState;
      return ok({ guild_id: guild.id, ...voiceStateJson(state) });
    }),
  ),
  route('PATCH', '/guilds/:guild/voice-states/@me', usual, inGuild(changeOwnVoiceState)),
  route(
    'GET',
    '/channels/:channel',
    usual,
    inChannel([], ({ guild, channel }, { bot }) => ok(channelJson(guild, channel, bot.userId))),
  ),
  ...MESSAGE_ROUTES,
  route(
    'PUT',
    '/channels/:channel/voice-status',
    usual,
    inChannel(['SET_VOICE_CHANNEL_STATUS'], (_, { body }) =>
      statusBody.safeParse(body).success
        ? none
        : invalidForm('status', 'Must be 500 or fewer in length.'),
    ),
  ),
];

function guildsOf(world: World, bot: DemoBot): DemoGuild[] {
  return [...world.guilds.values()].filter((guild) => guild.members.has(bot.userId));
}

function account(
  world: World,
  bot: DemoBot,
): { id: string; username: string; globalName: string | null; bot: boolean } {
  const member = guildsOf(world, bot)[0]?.members.get(bot.userId);
  return member?.user ?? { id: bot.userId, username: 'bot', globalName: null, bot: true };
}

/** Stage channels only. `suppress: false` makes the bot a speaker, which takes the Mute Members permission. */
function changeOwnVoiceState(guild: DemoGuild, { world, bot, body }: RestRequest): RestAnswer {
  const parsed = voiceStateBody.safeParse(body);
  if (!parsed.success) return invalidForm('suppress', 'Not a valid boolean.');
  const state = guild.voiceStates.get(bot.userId);
  const channel = guild.channels.get(state?.channelId ?? '');
  if (state === undefined || channel === undefined) return REST_ERRORS.unknownVoiceState;
  if (!isVocal(channel) || channel.type !== CHANNEL_TYPES.stage)
    return REST_ERRORS.wrongChannelType;
  const { suppress, channel_id: named } = parsed.data;
  if (named !== undefined && named !== channel.id) return REST_ERRORS.notInVoice;
  if (suppress === undefined || suppress === state.suppress) return none;
  if (!suppress && !mayIn({ guild, channel }, bot.userId, 'MUTE_MEMBERS'))
    return REST_ERRORS.missingPermissions;
  world.setVoiceState({ ...state, suppress });
  return none;
}
