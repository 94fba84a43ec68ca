import type { Snowflake } from '../../base/snowflake.ts';
import type { DemoActionRow } from './components.ts';

/** Discord's channel types that the demo has. */
export const CHANNEL_TYPES = { text: 0, voice: 2, category: 4, stage: 13 } as const;
type ChannelType = (typeof CHANNEL_TYPES)[keyof typeof CHANNEL_TYPES];

/** Channel flag of a channel whose data are hidden from this client. */
export const FLAG_OBFUSCATED = 1 << 17;

export interface DemoUser {
  readonly id: Snowflake;
  readonly username: string;
  readonly globalName: string | null;
  readonly bot: boolean;
}

export interface DemoMember {
  readonly guildId: Snowflake;
  readonly user: DemoUser;
  readonly nick: string | null;
  readonly roleIds: readonly Snowflake[];
}

interface DemoRole {
  readonly id: Snowflake;
  readonly name: string;
  readonly permissions: bigint;
}

/** Discord's permission overwrite: type 0 a role, 1 a member. */
export interface DemoOverwrite {
  readonly id: Snowflake;
  readonly type: 0 | 1;
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface DemoChannel {
  readonly guildId: Snowflake;
  readonly id: Snowflake;
  readonly type: ChannelType;
  readonly name: string;
  readonly position: number;
  readonly parentId: Snowflake | null;
  /** 0: none. */
  readonly userLimit: number;
  readonly overwrites: readonly DemoOverwrite[];
  readonly flags: number;
}

/** One member in voice; `channelId` null in the event that says they left. */
export interface DemoVoiceState {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake | null;
  readonly userId: Snowflake;
  readonly sessionId: string;
  readonly deaf: boolean;
  readonly mute: boolean;
  readonly selfDeaf: boolean;
  readonly selfMute: boolean;
  readonly suppress: boolean;
}

export interface DemoGuild {
  readonly id: Snowflake;
  readonly name: string;
  readonly ownerId: Snowflake;
  /** Discord's code of the language that the guild's owner has chosen: `en-US`, `fr`, `ja`, … */
  preferredLocale: string;
  readonly roles: Map<Snowflake, DemoRole>;
  readonly channels: Map<Snowflake, DemoChannel>;
  readonly members: Map<Snowflake, DemoMember>;
  readonly voiceStates: Map<Snowflake, DemoVoiceState>;
}

export interface DemoMessage {
  readonly id: Snowflake;
  readonly channelId: Snowflake;
  readonly authorId: Snowflake;
  readonly content: string;
  readonly components: readonly DemoActionRow[];
  /** Discord's message flags; 64: only one person sees it (`Interactions`). */
  readonly flags: number;
  readonly at: string;
  /** When it was edited last; null: never. */
  readonly editedAt: string | null;
}

/** A bot account that may sign in. */
export interface DemoBot {
  readonly token: string;
  readonly userId: Snowflake;
}
