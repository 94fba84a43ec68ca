/** Every failure that a person can be told about. The sentence for each stands in messages/, its exit code in main/cli. */
export const ERROR_CODES = [
  // wrong usage
  'bad-usage',
  'not-available-yet',
  'address-not-loopback',
  'not-a-recording',
  'unknown-track',
  'unknown-person',
  'still-recording',
  'time-outside',
  'bad-request',
  // signing in
  'no-token',
  'token-incomplete',
  'token-rejected',
  // cannot record there
  'unknown-channel',
  'not-a-voice-channel',
  'channel-hidden',
  'channel-full',
  'permission-missing',
  'join-timeout',
  'no-transport-mode',
  'udp-unanswered',
  'ipv6-unreachable',
  'video-limit',
  'age-restricted',
  'e2ee-unavailable',
  'cannot-give-notice',
  'already-recording',
  'interactions-elsewhere',
  // connection
  'guild-unavailable',
  'discord-unreachable',
  'discord-trouble',
  'discord-limited',
  'discord-blocked',
  'not-discord',
  'certificate-untrusted',
  'certificate-wrong-host',
  'certificate-expired',
  'clock-wrong',
  'tls-failed',
  'proxy-refused',
  'proxy-unreachable',
  'proxy-unusable',
  'discord-refused',
  'kicked',
  'channel-deleted',
  'call-ended',
  'session-rejected',
  'bot-refused',
  'voice-refused',
  'reconnect-limited',
  // disk
  'disk-full',
  'disk-error',
  // ours
  'busy',
  'fault',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A failure as data: `details` fills the sentence's places, such as `permission`, `channel`, `limit`, `path`. */
export interface Problem {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
}
