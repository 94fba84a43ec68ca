import type { Snowflake } from '../base/snowflake.ts';

/** Where and as whom to connect: the two answers of the main gateway to a join (VOICE_STATE_UPDATE, VOICE_SERVER_UPDATE). */
export interface VoiceServer {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
  /** Session id of our own voice state. */
  readonly sessionId: string;
  /** Secret of this one voice session; never in a log. */
  readonly token: string;
  /** `host:port` or `host`: what the WebSocket's address is made of. */
  readonly endpoint: string;
  /** Null for a host that may not be connected to. */
  readonly scheme: 'ws' | 'wss' | null;
}
