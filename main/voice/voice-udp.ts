/** What is known of the way to the server, from echoes of our keepalives. */
export interface KeepaliveEcho {
  /** Keepalives sent. */
  readonly sentCount: number;
  /** Of them answered; a server need not answer any. */
  readonly echoedCount: number;
  /** Monotonic time of the last echo; null before the first. */
  readonly lastEchoAtMs: number | null;
  /** Of the last echo; null before the first. */
  readonly roundTripMs: number | null;
}
