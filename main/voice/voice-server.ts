import type { Snowflake } from '../base/snowflake.ts';

/** Where and as whom to connect: the two answers of the main gateway to a join (VOICE_STATE_UPDATE, VOICE_SERVER_UPDATE). */
export interface VoiceServer {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
  /** Of our own voice state; not the main gateway's session. */
  readonly sessionId: string;
  /** Secret of this one voice session; never in a log. */
  readonly token: string;
  /** `host:port` exactly as received. */
  readonly endpoint: string;
  readonly scheme: 'ws' | 'wss';
}
