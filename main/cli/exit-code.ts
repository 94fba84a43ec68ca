import type { ErrorCode } from '../../preload/contract/error-codes.ts';

/** Done, or closed properly. */
export const EXIT_DONE = 0;
/** The job was done and its answer is no. */
export const EXIT_ANSWER_IS_NO = 1;
/** Interrupted before anything began; 128 + SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** Exit code of a failure: 2 wrong usage, 3 token, 4 cannot record there, 5 connection, 6 disk, 70 ours. */
export function exitCodeOf(code: ErrorCode): 2 | 3 | 4 | 5 | 6 | 70 {
  switch (code) {
    case 'bad-usage':
    case 'not-available-yet':
    case 'address-not-loopback':
    case 'not-a-recording':
    case 'unknown-track':
    case 'unknown-person':
    case 'still-recording':
    case 'time-outside':
    case 'bad-request':
      return 2;
    case 'no-token':
    case 'token-incomplete':
    case 'token-rejected':
      return 3;
    case 'unknown-channel':
    case 'not-a-voice-channel':
    case 'channel-hidden':
    case 'channel-full':
    case 'permission-missing':
    case 'join-timeout':
    case 'no-transport-mode':
    case 'udp-unanswered':
    case 'ipv6-unreachable':
    case 'video-limit':
    case 'age-restricted':
    case 'e2ee-unavailable':
    case 'cannot-give-notice':
    case 'already-recording':
    case 'interactions-elsewhere':
      return 4;
    case 'guild-unavailable':
    case 'discord-unreachable':
    case 'discord-trouble':
    case 'discord-limited':
    case 'discord-blocked':
    case 'not-discord':
    case 'certificate-untrusted':
    case 'certificate-wrong-host':
    case 'certificate-expired':
    case 'clock-wrong':
    case 'tls-failed':
    case 'proxy-refused':
    case 'proxy-unreachable':
    case 'proxy-unusable':
    case 'discord-refused':
    case 'kicked':
    case 'channel-deleted':
    case 'call-ended':
    case 'session-rejected':
    case 'bot-refused':
    case 'voice-refused':
    case 'reconnect-limited':
      return 5;
    case 'disk-full':
    case 'disk-error':
      return 6;
    case 'busy':
    case 'fault':
      return 70;
  }
}
