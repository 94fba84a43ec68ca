import type { RateLimit } from './rate-limits.ts';
import { REST_ERRORS } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import type { Interactions } from '../world/interactions.ts';
import type { World } from '../world/world.ts';
import { mayIn } from '../world/world-permissions.ts';
import type { PermissionName } from '../world/world-permissions.ts';
import type { DemoBot, DemoChannel, DemoGuild } from '../world/world-types.ts';

/** A request of anybody. `body`: parsed JSON, `{}` when there is none. */
export interface OpenRequest {
  readonly world: World;
  readonly interactions: Interactions;
  readonly gatewayUrl: string;
  /** Values of the path's `:name` parts, by name. */
  readonly parts: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A request with a valid token. */
export interface RestRequest extends OpenRequest {
  readonly bot: DemoBot;
}

interface Address {
  readonly method: string;
  /** Below `/api/v10`; `:name` matches one part. */
  readonly path: string;
}

/** Answered without a bot's token, and without rate limits. */
export interface OpenRoute extends Address {
  readonly run: (request: OpenRequest) => RestAnswer;
}

export interface Route extends Address {
  readonly limit: RateLimit;
  readonly run: (request: RestRequest) => RestAnswer;
}

export function route(method: string, path: string, limit: RateLimit, run: Route['run']): Route {
  return { method, path, limit, run };
}

/** Runs with the guild of the path, when the bot is in it. */
export function inGuild(run: (guild: DemoGuild, request: RestRequest) => RestAnswer): Route['run'] {
  return (request) => {
    const guild = request.world.guilds.get(request.parts['guild'] ?? '');
    if (guild === undefined) return REST_ERRORS.unknownGuild;
    if (!guild.members.has(request.bot.userId)) return REST_ERRORS.missingAccess;
    return run(guild, request);
  };
}

export interface Place {
  readonly guild: DemoGuild;
  readonly channel: DemoChannel;
}

/** Runs with the channel of the path, when the bot may view it and has these permissions there. */
export function inChannel(
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
