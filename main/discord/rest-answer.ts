import { z } from 'zod';
import { DiscordError } from './discord-error.ts';
import type { DiscordErrorReason } from './discord-error.ts';
import { secondsToMs } from './rate-limits.ts';

/** An HTTP answer, read to its end. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The text as JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an HTML page of Cloudflare, a captive portal
  }
}

const errorBodySchema = z.object({
  code: z.int().nullable().catch(null),
  message: z.string().catch(''),
});

/** The error that an answer outside 2xx means; `call` names the request, such as `GET /users/@me`. */
export function errorOf(call: string, { status, text }: RestAnswer): DiscordError {
  const body = errorBodySchema.safeParse(parseJson(text));
  const apiCode = body.success ? body.data.code : null;
  const said = body.success ? body.data.message.slice(0, 200) : 'not a discord error';
  const message = `${call} answered ${String(status)}, code ${String(apiCode)}: ${said}`;
  const details = { httpStatus: status, ...(apiCode === null ? {} : { apiCode }) };
  return new DiscordError(reasonOf(status), message, details);
}

function reasonOf(status: number): DiscordErrorReason {
  if (status >= 500) return 'unreachable';
  if (status === 401) return 'token-rejected';
  if (status === 403) return 'refused';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status >= 400 ? 'bad-request' : 'bad-response';
}

/** The wait after a 429 that names none. */
const SILENT_WAIT_MS = 5_000;

const rateLimitSchema = z.object({
  retry_after: z.number().nonnegative(),
  global: z.boolean().catch(false),
});

/**
 * What a 429 asks for: `retry_after` of the body, else the `Retry-After` header. A body that is not Discord's comes from
 * a proxy in front of it, and holds for all requests.
 */
export function retryAfter(answer: RestAnswer): { waitMs: number; scope: 'global' | 'bucket' } {
  const { headers, text } = answer;
  const body = rateLimitSchema.safeParse(parseJson(text));
  const isGlobal = body.success
    ? body.data.global || headers.get('x-ratelimit-global') === 'true'
    : true;
  const inHeader = secondsToMs(headers.get('retry-after'));
  const waitMs = body.success
    ? Math.ceil(body.data.retry_after * 1000)
    : (inHeader ?? SILENT_WAIT_MS);
  return { waitMs, scope: isGlobal ? 'global' : 'bucket' };
}
