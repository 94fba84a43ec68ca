import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { backoffMs } from '../base/backoff.ts';
import type { Backoff } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { systemErrorCode, toError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { isSnowflake } from '../base/snowflake.ts';
import { sleep, withLimit } from '../base/wait.ts';
import { DiscordError } from './discord-error.ts';
import { LONGEST_WAIT_MS, RateLimits, rateLimited } from './rate-limits.ts';
import { badResponse, errorOf, originOf, retryAfter } from './rest-answer.ts';
import { AnswerTooLong, requestHttp } from '../network/http-request.ts';
import type { HttpAnswer } from '../network/http-request.ts';
import { networkErrorOf } from '../network/network-error.ts';

/** GET /gateway/bot: where the main gateway is, and how many Identifies are left. */
export interface GatewayBot {
  readonly url: string;
  readonly identifiesLeft: number;
  /** Until all Identifies are there again. */
  readonly resetAfterMs: number;
  /** Identifies allowed in 5 s. */
  readonly maxConcurrency: number;
}

/** POST /channels/{id}/messages: nobody is mentioned, whatever the text holds. */
export interface OutgoingMessage {
  /** At most 2000 characters. */
  readonly content: string;
  /** Rows of buttons; none when absent. */
  readonly components?: readonly object[];
}

/** Type of an answer to a press: a message. */
const CHANNEL_MESSAGE = 4;

/** Flag of a message that only the person who pressed sees. */
const EPHEMERAL = 64;

interface Call<T> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With `{}` in place of `major`, the guild or channel id that limits are counted by, and of `minor` behind it. */
  readonly template: string;
  readonly major?: string;
  readonly minor?: string;
  readonly body?: object;
  readonly schema: z.ZodType<T>;
}

const REQUEST_LIMIT_MS = 15_000;
const MOST_ATTEMPTS = 4;
const RETRY_BACKOFF: Backoff = { firstMs: 500, mostMs: 5_000 };

const id = z.string().refine(isSnowflake);
const gatewayBotSchema = z.object({
  url: z.string(),
  session_start_limit: z
    .object({
      remaining: z.int(),
      reset_after: z.number().nonnegative(),
      max_concurrency: z.int().positive(),
    })
    .catch({ remaining: 1, reset_after: 0, max_concurrency: 1 }),
});
const userSchema = z.object({
  id,
  username: z.string(),
  global_name: z.string().nullable().catch(null),
});
const applicationSchema = z.object({
  interactions_endpoint_url: z.string().nullable().catch(null).default(null),
});
const messageSchema = z.object({ id });
const voiceStateSchema = z.object({ channel_id: id.nullable() });

/** JSON error code: the user is in no voice channel. */
const UNKNOWN_VOICE_STATE = 10065;
const anything = z.unknown();

/**
 * Discord's REST API, v10, for one bot. Every call throws DiscordError; waits for rate limits, tries again after server
 * trouble and network errors, never after 401 or 403. An abort rejects with the signal's reason.
 */
export class DiscordRest {
  readonly #apiUrl: URL;
  readonly #token: string;
  readonly #log: Log;
  readonly #limits: RateLimits;

  constructor(options: {
    readonly apiUrl: URL;
    readonly token: string;
    readonly log: Log;
    readonly clock: Clock;
    /** Called when a request waits more than 5 s for a rate limit. */
    readonly onLongWait?: (waitMs: number) => void;
  }) {
    this.#apiUrl = options.apiUrl;
    this.#token = options.token;
    this.#log = options.log;
    this.#limits = new RateLimits(options.clock, options.onLongWait);
  }

  /** Also the cheapest check of the token. */
  async getGatewayBot(signal?: AbortSignal): Promise<GatewayBot> {
    const template = '/gateway/bot';
    const answer = await this.#call({ method: 'GET', template, schema: gatewayBotSchema }, signal);
    const { remaining, reset_after, max_concurrency } = answer.session_start_limit;
    return {
      url: answer.url,
      identifiesLeft: remaining,
      resetAfterMs: reset_after,
      maxConcurrency: max_concurrency,
    };
  }

  async getCurrentUser(signal?: AbortSignal): Promise<{ id: string; name: string }> {
    const template = '/users/@me';
    const user = await this.#call({ method: 'GET', template, schema: userSchema }, signal);
    return { id: user.id, name: user.global_name ?? user.username };
  }

  /**
   * Whether there is such a channel that the bot may see. Throws `not-found` (code 10003) where Discord has none of that
   * id, `refused` (50001) where the bot may not see it or is not in its server.
   */
  async requireChannel(channelId: string, signal?: AbortSignal): Promise<void> {
    const template = '/channels/{}';
    await this.#call({ method: 'GET', template, major: channelId, schema: anything }, signal);
  }

  /** Where Discord sends presses of the bot's buttons in place of the gateway; null for the gateway, as it should be. */
  async getInteractionsUrl(signal?: AbortSignal): Promise<string | null> {
    const template = '/applications/@me';
    const answer = await this.#call({ method: 'GET', template, schema: applicationSchema }, signal);
    return answer.interactions_endpoint_url;
  }

  /** Sends once, also when an answer is lost and the request is repeated (nonce). Result: the message's id. */
  async createMessage(
    channelId: string,
    message: OutgoingMessage,
    signal?: AbortSignal,
  ): Promise<{ id: string }> {
    const nonce = randomUUID().replaceAll('-', '').slice(0, 25); // Discord's longest
    const body = { allowed_mentions: { parse: [] }, ...message, nonce, enforce_nonce: true };
    const template = '/channels/{}/messages';
    return this.#call(
      { method: 'POST', template, major: channelId, body, schema: messageSchema },
      signal,
    );
  }

  /** Answers a press of a button with a message that only the person sees. Discord takes it for 3 s. */
  async answerPress(
    press: { readonly id: string; readonly token: string },
    { content, components = [] }: OutgoingMessage,
    signal?: AbortSignal,
  ): Promise<void> {
    const template = '/interactions/{}/{}/callback';
    const data = { content, components, flags: EPHEMERAL, allowed_mentions: { parse: [] } };
    const body = { type: CHANNEL_MESSAGE, data };
    const ids = { major: press.id, minor: press.token };
    await this.#call({ method: 'POST', template, ...ids, body, schema: anything }, signal);
  }

  /** Puts other text in place of that of a message of ours; its buttons go. Throws `not-found` when it was deleted. */
  async editMessage(
    { channelId, messageId }: { readonly channelId: string; readonly messageId: string },
    { content }: OutgoingMessage,
    signal?: AbortSignal,
  ): Promise<void> {
    const template = '/channels/{}/messages/{}';
    const body = { allowed_mentions: { parse: [] }, content, components: [] };
    const ids = { major: channelId, minor: messageId };
    await this.#call({ method: 'PATCH', template, ...ids, body, schema: anything }, signal);
  }

  /** The channel of that guild in which our voice state is; null when it is in none. */
  async getOwnVoiceChannel(guildId: string, signal?: AbortSignal): Promise<string | null> {
    const template = '/guilds/{}/voice-states/@me';
    const call = { method: 'GET', template, major: guildId, schema: voiceStateSchema } as const;
    try {
      return (await this.#call(call, signal)).channel_id;
    } catch (error) {
      if (error instanceof DiscordError && error.apiCode === UNKNOWN_VOICE_STATE) return null;
      throw error;
    }
  }

  /** Null removes the nickname. At most 32 characters. For a notice that people see beside the bot's name. */
  async setOwnNickname(guildId: string, nick: string | null, signal?: AbortSignal): Promise<void> {
    const template = '/guilds/{}/members/@me';
    await this.#call(
      { method: 'PATCH', template, major: guildId, body: { nick }, schema: anything },
      signal,
    );
  }

  async #call<T>(call: Call<T>, signal = new AbortController().signal): Promise<T> {
    const name = `${call.method} ${call.template}`;
    if (!/^[\x21-\x7e]+$/.test(this.#token))
      throw new DiscordError('token-rejected', 'the token holds characters that no token has');
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(call, signal);
      if (!(outcome instanceof DiscordError)) return toResult(call, outcome);
      if (outcome.reason !== 'unreachable' && outcome.reason !== 'rate-limited') throw outcome;
      const tooLong = (outcome.retryAfterMs ?? 0) > LONGEST_WAIT_MS;
      if (attempt >= MOST_ATTEMPTS || tooLong) throw outcome;
      const { reason, message } = outcome;
      this.#log.info('a request is tried again', { call: name, attempt, reason, message });
      // After a 429 the rate limits themselves hold the next attempt back.
      if (reason === 'unreachable') await sleep(backoffMs(RETRY_BACKOFF, attempt), signal);
    }
  }

  /** One request: the answer of a 2xx, or the error of any other outcome. Throws only when aborted or not sent at all. */
  async #attempt<T>(call: Call<T>, signal: AbortSignal): Promise<HttpAnswer | DiscordError> {
    const name = `${call.method} ${call.template}`;
    const route = { key: name, major: call.major ?? '' };
    const leave = await this.#limits.enter(route, signal);
    const askedAtMs = performance.now();
    const told = { method: call.method, template: call.template, askedAtMs };
    try {
      const onLimit = (): Error =>
        new DiscordError(
          'unreachable',
          `${name} has no answer after ${String(REQUEST_LIMIT_MS)} ms`,
        );
      const limit = { limitMs: REQUEST_LIMIT_MS, onLimit };
      const answer = await withLimit(limit, (both) => this.#send(call, both), signal);
      this.#log.flight.note('rest', { ...told, answer });
      this.#limits.learn(route, answer.headers);
      if (answer.status === 429) {
        const wait = retryAfter(answer);
        this.#limits.hold(route, wait);
        return rateLimited(wait.waitMs, originOf(answer));
      }
      return answer.status >= 200 && answer.status < 300 ? answer : errorOf(name, answer);
    } catch (error) {
      this.#log.flight.note('rest', { ...told, error });
      signal.throwIfAborted();
      if (error instanceof DiscordError && error.reason !== 'unreachable') throw error;
      if (error instanceof DiscordError) return error;
      return withoutAnswer(name, error);
    } finally {
      leave();
    }
  }

  async #send<T>(call: Call<T>, signal: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(this.#apiUrl);
    const path = call.template
      .replace('{}', encodeURIComponent(call.major ?? ''))
      .replace('{}', encodeURIComponent(call.minor ?? ''));
    url.pathname = url.pathname.replace(/\/+$/, '') + path;
    const headers = { authorization: `Bot ${this.#token}` };
    const request =
      call.body === undefined
        ? { method: call.method, headers, body: null }
        : {
            method: call.method,
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(call.body),
          };
    return requestHttp(url, request, signal);
  }
}

function toResult<T>(call: Call<T>, answer: HttpAnswer): T {
  const parsed = call.schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  throw badResponse(`${call.method} ${call.template}`, answer);
}

/** The error for a request that has no answer, or none that can be read. */
function withoutAnswer(name: string, thrown: unknown): DiscordError {
  const cause = { cause: thrown };
  if (thrown instanceof AnswerTooLong) {
    const details = { ...cause, httpStatus: thrown.status };
    return new DiscordError('bad-response', `${name}: ${thrown.message}`, details);
  }
  const way = networkErrorOf(thrown);
  const said = way?.message ?? systemErrorCode(thrown) ?? toError(thrown).message;
  const reason = way?.isLasting === true ? 'no-way' : 'unreachable';
  return new DiscordError(reason, `${name}: ${said}`, cause);
}
