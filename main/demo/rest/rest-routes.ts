import { z } from 'zod';
import {
  channelJson,
  guildJson,
  memberJson,
  messageJson,
  userJson,
  voiceStateJson,
} from '../world/payloads.ts';
import type { RateLimit } from './rate-limits.ts';
import { REST_ERRORS, invalidForm } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import type { World } from '../world/world.ts';
import { isVocal } from '../world/world.ts';
import { PERMISSION_BITS, guildPermissions, mayIn } from '../world/world-permissions.ts';
import type { PermissionName } from '../world/world-permissions.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';
import type { DemoBot, DemoChannel, DemoGuild } from '../world/world-types.ts';

/** A request with a valid token. `body`: parsed JSON, `{}` when there is none. */
interface RestRequest {
  readonly world: World;
  readonly bot: DemoBot;
  readonly gatewayUrl: string;
  /** Values of the path's `:name` parts, by name. */
  readonly parts: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Route {
  readonly method: string;
  /** Below `/api/v10`; `:name` matches one part. */
  readonly path: string;
  readonly limit: RateLimit;
  readonly run: (request: RestRequest) => RestAnswer;
}

const usual: RateLimit = { requests: 40, windowMs: 1000 };
const writing: RateLimit = { requests: 5, windowMs: 5000 };
const nicknames: RateLimit = { requests: 10, windowMs: 10_000 };

const messageBody = z.object({
  content: z.string().max(2000).optional(),
  nonce: z.union([z.string().max(25), z.number()]).optional(),
  embeds: z.array(z.unknown()).max(10).optional(),
  flags: z.number().int().optional(),
});
const nicknameBody = z.object({ nick: z.string().max(32).nullable().optional() });
const voiceStateBody = z.object({
  channel_id: z.string().optional(),
  suppress: z.boolean().optional(),
  request_to_speak_timestamp: z.string().nullable().optional(),
});
const statusBody = z.object({ status: z.string().max(500).nullable() });

const ok = (body: unknown): RestAnswer => ({ status: 200, body });
const none: RestAnswer = { status: 204 };

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
      return ok({ ...about, interactions_endpoint_url: null });
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
  route(
    'GET',
    '/channels/:channel/messages',
    usual,
    inChannel(['READ_MESSAGE_HISTORY'], ({ channel }, { world }) =>
      ok(
        world.messages
          .filter((one) => one.channelId === channel.id)
          .map((one) => messageJson(world, one))
          .reverse(),
      ),
    ),
  ),
  route('POST', '/channels/:channel/messages', writing, inChannel(['SEND_MESSAGES'], postMessage)),
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

function route(method: string, path: string, limit: RateLimit, run: Route['run']): Route {
  return { method, path, limit, run };
}

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

/** Runs with the guild of the path, when the bot is in it. */
function inGuild(run: (guild: DemoGuild, request: RestRequest) => RestAnswer): Route['run'] {
  return (request) => {
    const guild = request.world.guilds.get(request.parts['guild'] ?? '');
    if (guild === undefined) return REST_ERRORS.unknownGuild;
    if (!guild.members.has(request.bot.userId)) return REST_ERRORS.missingAccess;
    return run(guild, request);
  };
}

interface Place {
  readonly guild: DemoGuild;
  readonly channel: DemoChannel;
}

/** Runs with the channel of the path, when the bot may view it and has these permissions there. */
function inChannel(
  needed: readonly PermissionName[],
  run: (place: Place, request: RestRequest) => RestAnswer,
): Route['run'] {
  return (request) => {
    const channel = request.world.channel(request.parts['channel'] ?? '');
    const guild = request.world.guilds.get(channel?.guildId ?? '');
    if (channel === undefined || guild === undefined) return REST_ERRORS.unknownChannel;
    const place = { guild, channel };
    if (!mayIn(place, request.bot.userId, 'VIEW_CHANNEL')) return REST_ERRORS.missingAccess;
    if (!mayIn(place, request.bot.userId, ...needed)) return REST_ERRORS.missingPermissions;
    return run(place, request);
  };
}

function postMessage({ channel }: Place, { world, bot, body }: RestRequest): RestAnswer {
  if (channel.type === CHANNEL_TYPES.category) return REST_ERRORS.wrongChannelType;
  const parsed = messageBody.safeParse(body);
  if (!parsed.success) return invalidForm('content', 'Must be 2000 or fewer in length.');
  const content = parsed.data.content ?? '';
  if (content.trim() === '' && (parsed.data.embeds ?? []).length === 0) {
    return {
      ...invalidForm('content', 'empty'),
      body: { message: 'Cannot send an empty message', code: 50006 },
    };
  }
  const at = new Date().toISOString();
  const message = { id: world.newId(), channelId: channel.id, authorId: bot.userId, content, at };
  world.addMessage(message);
  const { nonce, flags } = parsed.data;
  const echoed = { ...(nonce === undefined ? {} : { nonce }), flags: flags ?? 0 };
  return ok({ ...messageJson(world, message), ...echoed });
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
