import type { Snowflake } from '../base/snowflake.ts';
import type { E2eeState } from '../dave/dave-session.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import type { LinkEnd, LinkGap } from './link-end.ts';

/** What a session is told about its voice connection. */
export interface LinkHandlers {
  onDatagram(datagram: Uint8Array, arrivedAtMs: number): void;
  onName(ssrc: number, userId: Snowflake): void;
  onE2ee(state: E2eeState): void;
  /** Frames that could not be opened may open now. */
  onKeys(): void;
  /** A voice session begins: its key is in `voice.cipher`, its SSRCs are new. `after` says why the one before ended. */
  onOpen(voice: VoiceConnection, after: LinkGap | null): void;
  /** It is over; nothing can be received until the next `onOpen`. `heardAtMs`: long dead, this was the last sign of life. */
  onLost(heardAtMs: number | null): void;
  /** Nothing has arrived for a while although the call goes on; we try to mend it. */
  onDeaf(): void;
  onMoved(channel: ChannelInfo): void;
  /** Discord's last word: the recording ends. Said once. */
  onFinal(reason: LinkEnd): void;
  onChange(): void;
}
