/** One answer of the REST side. `body`: undefined for none (204), a string for HTML, anything else for JSON. */
export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: unknown): RestAnswer => ({ status: 200, body });
export const none: RestAnswer = { status: 204 };

/** Discord's error shape. */
export function restError(
  status: number,
  code: number,
  message: string,
  details: object = {},
): RestAnswer {
  return { status, body: { message, code, ...details } };
}

export const REST_ERRORS = {
  unauthorized: restError(401, 0, '401: Unauthorized'),
  blocked: restError(403, 40333, 'internal network error'),
  notFound: restError(404, 0, '404: Not Found'),
  wrongMethod: restError(405, 0, '405: Method Not Allowed'),
  missingAccess: restError(403, 50001, 'Missing Access'),
  missingPermissions: restError(403, 50013, 'Missing Permissions'),
  unknownChannel: restError(404, 10003, 'Unknown Channel'),
  unknownGuild: restError(404, 10004, 'Unknown Guild'),
  unknownMember: restError(404, 10007, 'Unknown Member'),
  unknownMessage: restError(404, 10008, 'Unknown Message'),
  unknownWebhook: restError(404, 10015, 'Unknown Webhook'),
  unknownInteraction: restError(404, 10062, 'Unknown interaction'),
  acknowledged: restError(400, 40060, 'Interaction has already been acknowledged.'),
  othersMessage: restError(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: restError(400, 50006, 'Cannot send an empty message'),
  unknownVoiceState: restError(404, 10065, 'Unknown Voice State'),
  wrongChannelType: restError(400, 50024, 'Cannot execute action on this channel type'),
  notInVoice: restError(400, 40032, 'Target user is not connected to voice.'),
} as const;

/** Status 400, code 50035; `field` names the wrong field of the request. */
export function invalidForm(field: string, message: string): RestAnswer {
  const errors = { [field]: { _errors: [{ code: 'INVALID', message }] } };
  return restError(400, 50035, 'Invalid Form Body', { errors });
}

/** Status 429: the header says whole seconds, rounded up, the body seconds with decimals. */
export function tooManyRequests(
  retryAfterSeconds: number,
  scope: 'user' | 'global' | 'shared' = 'user',
): RestAnswer {
  const global = scope === 'global';
  const message = global
    ? 'You are being blocked from accessing our API temporarily due to exceeding global rate limits.'
    : 'You are being rate limited.';
  return {
    status: 429,
    body: { message, retry_after: retryAfterSeconds, global },
    headers: {
      'Retry-After': String(Math.ceil(retryAfterSeconds)),
      'X-RateLimit-Scope': scope,
      ...(global ? { 'X-RateLimit-Global': 'true' } : {}),
    },
  };
}
