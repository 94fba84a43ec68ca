/** Where time comes from. Tests and simulations pass their own. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970, as the computer's wall clock says. */
  readonly wallMs: () => number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};
