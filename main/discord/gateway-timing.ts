import type { Backoff } from '../base/backoff.ts';

/** Every limit and pause of the main gateway, in milliseconds. Tests shorten them. */
export interface GatewayTiming {
  /** TCP, TLS and the HTTP upgrade (discord.js's value). */
  readonly handshakeLimitMs: number;
  /** From the open socket to Hello (discord.js's value). */
  readonly helloLimitMs: number;
  /** From Identify to READY, from Resume to RESUMED; any dispatch begins it anew (discord.js's value). */
  readonly readyLimitMs: number;
  /** How long the first READY may take in all, retries included. */
  readonly connectLimitMs: number;
  /** How long connect() waits for the guilds that READY announced. */
  readonly guildsLimitMs: number;
  /** Pauses between connections, growing. */
  readonly backoff: Backoff;
  /** Shortest pause after op 9 and close code 4008; up to five times as long, at random (docs: 1 to 5 s). */
  readonly invalidSessionMs: number;
  /** Least time between two Identifies: session_start_limit allows `max_concurrency` in it. */
  readonly identifyIntervalMs: number;
  /** Longest single pause, also when the budget of Identifies is spent. */
  readonly longestPauseMs: number;
  /** A connection that lasted this long sets the backoff back to its first pause. */
  readonly stableAfterMs: number;
  /** From op 4 to both voice events. */
  readonly joinLimitMs: number;
  /** How much longer a join may take where op 4 is sent again: after RATE_LIMITED, or a lost connection. */
  readonly joinAgainLimitMs: number;
  /** As `joinLimitMs`, after `endpoint: null`: Discord is looking for a server. */
  readonly voiceServerLimitMs: number;
  /** Between leaving and joining the same channel again. */
  readonly rejoinPauseMs: number;
  /** How long close() waits for the closing handshake. */
  readonly closeLimitMs: number;
}

/** What is used against Discord. */
export const GATEWAY_TIMING: GatewayTiming = {
  handshakeLimitMs: 30_000,
  helloLimitMs: 60_000,
  readyLimitMs: 15_000,
  connectLimitMs: 60_000,
  guildsLimitMs: 5_000,
  backoff: { firstMs: 1_000, mostMs: 30_000 },
  invalidSessionMs: 1_000,
  identifyIntervalMs: 5_000,
  longestPauseMs: 60_000,
  stableAfterMs: 30_000,
  joinLimitMs: 15_000,
  joinAgainLimitMs: 60_000,
  voiceServerLimitMs: 60_000,
  rejoinPauseMs: 1_000,
  closeLimitMs: 1_000,
};
