/** What a flight recorder is told of; `flight/summaries.ts` says what is kept of each. */
export type FlightKind =
  | 'rest' // one request of REST and its answer
  | 'gateway-open'
  | 'gateway' // one frame of the main gateway, either way
  | 'gateway-end'
  | 'voice-server' // VOICE_SERVER_UPDATE, and what was done with it
  | 'voice-open'
  | 'voice' // one frame of the voice gateway, either way
  | 'voice-end'
  | 'discovery' // IP discovery and its answer
  | 'keepalive' // what the echoes of our keepalives tell so far
  | 'check' // one line of `doctor`
  | 'log'; // a line of the log

/** Facts as they are: the recorder itself keeps tokens, keys, names and sound out of its file. */
export type FlightFacts = Readonly<Record<string, unknown>>;

/** What became of a payload or frame of the voice server. */
export type PacketFate =
  | 'transport-auth' // a datagram that the transport's key does not open
  | 'transport-opened' // a payload
  | 'plain' // a frame that is not encrypted
  | 'opened' // a frame that end-to-end decryption opened
  | 'unopened'; // a frame that no key opens now

/** Whom a step belongs to: one of each is under way at a time. */
export type StepOwner = 'gateway' | 'voice' | 'notice';

/** Something that is waited for. `awaited` null: nothing is waited for any more. */
export interface Step {
  readonly of: StepOwner;
  /** Kebab-case. */
  readonly step: string;
  readonly limitMs?: number;
  /** What ends the step, in words of the protocol. */
  readonly awaited: string | null;
}

/** Where things stood when something failed, for a line of the log. */
export interface StepFacts {
  /** The newest step that had not ended, else the one that ended last; null before the first. */
  readonly step: string | null;
  readonly stoodMs: number | null;
  readonly limitMs: number | null;
  /** What had come since the step began. */
  readonly came: string;
  readonly awaited: string | null;
}

/**
 * Takes notes of everything that passes between Discord and us, for whoever looks for a fault that cannot be shown
 * again. Never throws and never waits.
 */
export interface FlightLog {
  /** Notes something that is no packet. */
  note(kind: FlightKind, facts: FlightFacts): void;
  /** Something is waited for from now on, or no more. */
  step(step: Step): void;
  /** Counts one datagram; `kind` is what `classifyDatagram` says, or `stranger` for another address than the server's. */
  datagram(datagram: Uint8Array, kind: string): void;
  /** Counts what became of one; `why` is the library's word on a frame that does not open. */
  packet(fate: PacketFate, bytes: Uint8Array, why?: string | null): void;
  /** A failure is told to the user: notes it with its step and the counters, and returns the step. */
  failure(code: string): StepFacts;
}

/** Takes no notes. */
export const noFlight: FlightLog = {
  note: () => undefined,
  step: () => undefined,
  datagram: () => undefined,
  packet: () => undefined,
  failure: () => ({ step: null, stoodMs: null, limitMs: null, came: '', awaited: null }),
};
