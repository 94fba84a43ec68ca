/** Why a voice connection failed or ended, in the terms of who can act. */
export type VoiceReason =
  | 'disconnected' // 4014: kicked, moved, channel deleted, or the main session is gone
  | 'session-invalid' // 4006, 4009, or a resume that did not succeed
  | 'authentication' // 4004
  | 'server-not-found' // 4011
  | 'e2ee-required' // 4017
  | 'rate-limited' // 4021
  | 'call-ended' // 4022
  | 'no-transport-mode' // none in common, or 4016
  | 'udp-unanswered' // no answer to IP discovery
  | 'ipv6-unreachable' // the server has an IPv6 address, which this network does not reach
  | 'unreachable' // the socket cannot be opened, or breaks before anything could be resumed
  | 'protocol'; // the server refuses what we sent, or sent what cannot be used

/**
 * What to do after a failure that cannot be resumed: `rejoin` leaves the channel and joins again, as often as it takes;
 * `rejoin-once` does so too, but a second close code of that kind since a connection of 30 s is final; `await-server`
 * joins again only if Discord sends a new voice server or shows us in another channel within 3–5 s; `stop` gives up at
 * once.
 */
export type Remedy = 'rejoin' | 'rejoin-once' | 'await-server' | 'stop';

/** Close codes of voice gateway v8 that end the session (Discord: voice close event codes). All others are resumed. */
const FINAL = new Map<number, readonly [VoiceReason, Remedy]>([
  [4001, ['protocol', 'rejoin-once']], // unknown opcode
  [4002, ['protocol', 'rejoin-once']], // bad payload
  [4003, ['protocol', 'rejoin-once']], // not authenticated
  [4004, ['authentication', 'rejoin-once']], // token or session of the voice server
  [4005, ['protocol', 'rejoin']], // already authenticated
  [4006, ['session-invalid', 'rejoin']],
  [4009, ['session-invalid', 'rejoin']], // session timeout
  [4011, ['server-not-found', 'rejoin']],
  [4012, ['protocol', 'stop']], // unknown protocol
  [4014, ['disconnected', 'await-server']],
  [4016, ['no-transport-mode', 'stop']], // unknown encryption mode; another one has been tried
  [4017, ['e2ee-required', 'stop']],
  [4020, ['protocol', 'rejoin-once']], // bad request
  [4021, ['rate-limited', 'stop']],
  [4022, ['call-ended', 'await-server']],
]);

/** Voice crashed on the server's side: documented as resumable although above 4000. */
const CRASHED = new Set([4013, 4015]);

/**
 * What a close code of the voice gateway means: null when the session is to be resumed (everything below 4000, 4013,
 * 4015), else the reason and the remedy. A code above 4000 that nobody has documented is answered by a fresh join.
 */
export function closeMeaning(
  code: number,
): { readonly reason: VoiceReason; readonly remedy: Remedy } | null {
  if (code < 4000 || CRASHED.has(code)) return null;
  const [reason, remedy] = FINAL.get(code) ?? (['protocol', 'rejoin'] as const);
  return { reason, remedy };
}
