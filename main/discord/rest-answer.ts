import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import type { HttpAnswer } from '../network/http-request.ts';
import { DiscordError } from './discord-error.ts';
import type { DiscordErrorDetails, DiscordErrorReason } from './discord-error.ts';
import { secondsToMs } from './rate-limits.ts';

const errorBodySchema = z.object({
  code: z.int().nullable().catch(null),
  message: z.string().catch(''),
});

/** JSON code of a 403 with which Cloudflare refuses a client before Discord sees it. */
const BLOCKED_CODE = 40333;

/**
 * The error that an answer outside 2xx means; `call` names the request, such as `GET /users/@me`. The body need not be
 * JSON, but a page of Cloudflare's or of a captive portal, or nothing.
 */
export function errorOf(call: string, answer: HttpAnswer): DiscordError {
  const { status, text } = answer;
  const body = errorBodySchema.safeParse(parseJson(text));
  const apiCode = body.success ? body.data.code : null;
  const said = body.success ? body.data.message.slice(0, 200) : notJson(answer);
  const message = `${call} answered ${String(status)}, code ${String(apiCode)}: ${said}`;
  const details = { ...originOf(answer), ...(apiCode === null ? {} : { apiCode }) };
  return new DiscordError(reasonOf(status, apiCode), message, details);
}

function reasonOf(status: number, apiCode: number | null): DiscordErrorReason {
  if (status >= 500) return 'unreachable';
  if (status === 401) return 'token-rejected';
  if (status === 403) return apiCode === null || apiCode === BLOCKED_CODE ? 'blocked' : 'refused';
  if (status === 429) return 'rate-limited';
  if (status < 400 || apiCode === null) return 'bad-response';
  return status === 404 ? 'not-found' : 'bad-request';
}

/** The error for an answer of 2xx that is not what was asked for. */
export function badResponse(call: string, answer: HttpAnswer): DiscordError {
  const isJson = parseJson(answer.text) !== undefined;
  const said = isJson ? 'json of another shape' : notJson(answer);
  const message = `${call} answered ${String(answer.status)} with an unexpected body: ${said}`;
  return new DiscordError('bad-response', message, originOf(answer));
}

/** The facts about an answer that tell who gave it. */
export function originOf({ status, headers }: HttpAnswer): DiscordErrorDetails {
  const ray = headers.get('cf-ray')?.slice(0, 64) ?? null;
  const contentType = headers.get('content-type')?.slice(0, 64) ?? null;
  return { httpStatus: status, ray, contentType };
}

/** What is there in place of JSON, for the log. */
function notJson(answer: HttpAnswer): string {
  const { ray, contentType } = originOf(answer);
  const begin = answer.text.slice(0, 80).replaceAll(/\s+/g, ' ');
  return `no json but ${contentType ?? 'no type'}, cf-ray ${ray ?? 'none'}, ${JSON.stringify(begin)}`;
}

/** The wait after a 429 that names none. */
const SILENT_WAIT_MS = 5_000;

/** Longest time for which one answer holds requests back, whatever it says. */
const LONGEST_HOLD_MS = 86_400_000;

const rateLimitSchema = z.object({
  retry_after: z.number().nonnegative(),
  global: z.boolean().catch(false),
});

/**
 * What a 429 asks for: `retry_after` of the body, else the `Retry-After` header. A body that is not Discord's comes from
 * a proxy in front of it, and holds for all requests.
 */
export function retryAfter(answer: HttpAnswer): { waitMs: number; scope: 'global' | 'bucket' } {
  const { headers, text } = answer;
  const body = rateLimitSchema.safeParse(parseJson(text));
  const isGlobal = body.success
    ? body.data.global || headers.get('x-ratelimit-global') === 'true'
    : true;
  const inHeader = secondsToMs(headers.get('retry-after'));
  const waitMs = body.success
    ? Math.ceil(body.data.retry_after * 1000)
    : (inHeader ?? SILENT_WAIT_MS);
  return { waitMs: Math.min(waitMs, LONGEST_HOLD_MS), scope: isGlobal ? 'global' : 'bucket' };
}
