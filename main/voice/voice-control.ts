import type { E2eeState } from '../dave/dave-session.ts';
import type { VoiceError } from './voice-error.ts';

/**
 * Who steers by what a voice connection goes through. Called from the first message on, before the connection is open,
 * and while it resumes. Nothing is called once `close()` was.
 */
export interface VoiceControl {
  /** The end-to-end encryption of the call changed: its version, epoch, privacy code or count of transitions. */
  onE2ee(state: E2eeState): void;
  /** The WebSocket broke and is opened again; datagrams go on meanwhile. */
  onResuming(): void;
  /** The session goes on; messages that were missed have been replayed. */
  onResumed(): void;
  /** After `open` resolved: over and not resumable, everything is released. Called once at most, never after `close()`. */
  onClosed(error: VoiceError): void;
}
