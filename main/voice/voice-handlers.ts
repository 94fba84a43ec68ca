import type { Snowflake } from '../base/snowflake.ts';
import type { DaveSession, E2eeState } from '../dave/dave-session.ts';
import type { CallMessage } from './voice-messages.ts';
import type { VoiceError } from './voice-error.ts';

/**
 * Who hears what a voice connection receives. Called from the first message on, before the connection is open, and
 * while it resumes. Nothing is called once `close()` was.
 */
export interface VoiceHandlers {
  /**
   * RTP, RTCP and what is neither; answers to IP discovery and keepalives are consumed. The bytes are the receiver's
   * own. `arrivedAtMs` is the connection's monotonic clock, read first thing.
   */
  onDatagram(datagram: Uint8Array, arrivedAtMs: number): void;
  /** Someone's SSRC, from op 5 or op 12: says whose packets they are, not that anyone talks. */
  onSpeaking(who: { readonly ssrc: number; readonly userId: Snowflake }): void;
  /** Op 11: first the people already there, later each newcomer. */
  onClientsConnect(userIds: readonly Snowflake[]): void;
  /** Op 13. */
  onClientDisconnect(userId: Snowflake): void;
  /** The end-to-end encryption of the call changed: its version, epoch, privacy code or count of transitions. */
  onE2ee(state: E2eeState): void;
  /** Frames that could not be opened may open now. */
  onKeys(): void;
  /** The WebSocket broke and is opened again; datagrams go on meanwhile. */
  onResuming(): void;
  /** The session goes on; what was missed has been replayed. */
  onResumed(): void;
  /** After `open` resolved: over and not resumable, everything is released. Called once at most, never after `close()`. */
  onClosed(error: VoiceError): void;
}

/** Hands a message about the call to whom it is for. */
export function deliver(message: CallMessage, handlers: VoiceHandlers, dave: DaveSession): void {
  switch (message.kind) {
    case 'ssrc-named':
      return handlers.onSpeaking({ ssrc: message.ssrc, userId: message.userId });
    case 'clients-connect':
      dave.clientsConnect(message.userIds);
      return handlers.onClientsConnect(message.userIds);
    case 'client-disconnect':
      dave.clientDisconnect(message.userId);
      return handlers.onClientDisconnect(message.userId);
    case 'dave-prepare-transition':
    case 'dave-execute-transition':
    case 'dave-prepare-epoch':
    case 'dave-external-sender':
    case 'dave-proposals':
    case 'dave-announce-commit':
    case 'dave-welcome':
      return dave.handle(message);
  }
}
