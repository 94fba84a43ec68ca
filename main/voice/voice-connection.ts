import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { TransportCipher } from '../rtp/transport-cipher.ts';
import type { VoiceHandlers } from './voice-handlers.ts';
import type { DaveCommand } from './voice-messages.ts';
import type { VoiceServer } from './voice-server.ts';
import type { KeepaliveEcho } from './voice-udp.ts';

/** One voice session: WebSocket, UDP socket, keys. */
export declare class VoiceConnection implements AsyncDisposable {
  static open(
    options: {
      readonly server: VoiceServer;
      readonly maxDaveVersion: number;
      readonly log: Log;
      readonly clock: Clock;
      readonly handlers: VoiceHandlers;
    },
    signal: AbortSignal,
  ): Promise<VoiceConnection>;
  readonly ssrc: number;
  readonly cipher: TransportCipher;
  readonly modeName: string;
  readonly daveVersion: number;
  readonly grantedReceiveBufferBytes: number;
  get echo(): KeepaliveEcho;
  /** Op 5: before sound of ours and after it. */
  setSpeaking(speaking: 'microphone' | 'silent'): void;
  /** Sends one Opus packet (already end-to-end encrypted where that is on) as RTP. */
  sendOpus(opus: Uint8Array, durationSamples: number): void;
  sendDave(command: DaveCommand): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type { VoiceHandlers } from './voice-handlers.ts';
