import { TapedeckError } from '../base/errors.ts';

/** Who can act: the user (token, permission), nobody but time (unreachable, rate-limited), or we (bad-request). */
export type DiscordErrorReason =
  | 'token-rejected' // HTTP 401, close code 4004
  | 'intents-refused' // close codes 4013, 4014
  | 'shard-refused' // close codes 4010, 4011: a bot on too many servers for one connection
  | 'version-refused' // close code 4012
  | 'unreachable' // no network, time limit, or server trouble to the end
  | 'no-way' // TLS or a proxy stands in the way for good; the cause is a NetworkError
  | 'refused' // HTTP 403
  | 'blocked' // HTTP 403 that is no answer of Discord's API: Cloudflare, or a filter on the way
  | 'not-found' // HTTP 404
  | 'bad-request' // any other HTTP 4xx
  | 'rate-limited' // a wait longer than we are ready to make
  | 'bad-response' // an answer that is not what the protocol says
  | 'session-lost' // the gateway session ended while something waited for it
  | 'join-timeout' // no answer to op 4
  | 'closed'; // we closed the gateway

/** Facts beside the message; the fields of DiscordError. */
export interface DiscordErrorDetails extends ErrorOptions {
  readonly httpStatus?: number;
  readonly apiCode?: number;
  readonly closeCode?: number;
  readonly retryAfterMs?: number;
  readonly contentType?: string | null;
  readonly ray?: string | null;
}

/** A failure of REST or of the main gateway. The message never holds the token. */
export class DiscordError extends TapedeckError<DiscordErrorReason> {
  /** Status of the HTTP answer; null when there was none. */
  readonly httpStatus: number | null;
  /** `code` of Discord's error body, such as 50013; null when there was none. */
  readonly apiCode: number | null;
  /** WebSocket close code; null when no close was the cause. */
  readonly closeCode: number | null;
  /** Milliseconds Discord asks to wait, with `rate-limited`. */
  readonly retryAfterMs: number | null;
  /** Of an HTTP answer that was not what it should be, for the log: its type, and Cloudflare's name of it (`cf-ray`). */
  readonly contentType: string | null;
  readonly ray: string | null;

  constructor(reason: DiscordErrorReason, message: string, details: DiscordErrorDetails = {}) {
    super(reason, message, 'cause' in details ? { cause: details.cause } : undefined);
    this.httpStatus = details.httpStatus ?? null;
    this.apiCode = details.apiCode ?? null;
    this.closeCode = details.closeCode ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.contentType = details.contentType ?? null;
    this.ray = details.ray ?? null;
  }
}
