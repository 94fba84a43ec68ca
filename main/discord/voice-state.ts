/** Someone in a voice channel. */
export interface PersonInfo {
  readonly userId: string;
  /** Nickname on the server, else display name, else user name; the id when Discord told none. */
  readonly name: string;
  readonly bot: boolean;
  /** By the server, by the user, or as audience of a stage. */
  readonly muted: boolean;
  /**
   * By the server, which holds in every session of the user. Deafening oneself holds in one session: ours never does
   * so, and where another session of our bot does, it says nothing of what ours hears.
   */
  readonly deafened: boolean;
  /** Null when Discord did not say. */
  readonly sessionId: string | null;
  readonly hasCamera: boolean;
}

/** One voice state before and after an event: join (`before` null), leave (`after` null), move, or mute and the like. */
export interface VoiceStateChange {
  readonly guildId: string;
  readonly userId: string;
  /** A channel's id, as is `after`. */
  readonly before: string | null;
  readonly after: string | null;
  readonly sessionId: string | null;
  readonly person: PersonInfo;
  /** Our user under our session: us. */
  readonly own: boolean;
  /** Our user under a session that never was ours: the same token runs somewhere else. */
  readonly foreign: boolean;
  /** Deafened by the server. */
  readonly deaf: boolean;
  /** Deafened by the server before the event. */
  readonly wasDeaf: boolean;
  /** Muted by the server. */
  readonly mute: boolean;
}

/** Everything the voice gateway asks for, once both events of a join are there. */
export interface VoiceServer {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly sessionId: string;
  /** Good for one voice session; as secret as the bot's token. */
  readonly token: string;
  /** `host:port` or `host`, checked. */
  readonly endpoint: string;
  /** Null for a host that may not be connected to. */
  readonly scheme: 'ws' | 'wss' | null;
}

/** VOICE_SERVER_UPDATE: `endpoint` is null while Discord looks for another server. */
export interface VoiceServerUpdate {
  readonly guildId: string;
  readonly token: string;
  readonly endpoint: string | null;
}
