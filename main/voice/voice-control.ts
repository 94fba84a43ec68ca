import type { E2eeState } from '../dave/dave-state.ts';
import type { VoiceError } from './voice-error.ts';

/**
 * What a voice connection tells whoever keeps a recording connected. Called from the first message on, before the
 * connection is open, and while it resumes. Nothing is called after `close()`.
 */
export interface VoiceControl {
  /** The end-to-end encryption of the call changed: its version, epoch, privacy code or count of transitions. */
  onE2ee(state: E2eeState): void;
  /** The WebSocket broke and is being opened again; datagrams go on meanwhile. */
  onResuming(): void;
  /** The session goes on; messages that were missed have been replayed. */
  onResumed(): void;
  /**
   * The session is over and cannot be resumed; everything is released. Called once at most, after `open` resolved and
   * never after `close()`.
   */
  onClosed(error: VoiceError): void;
}
