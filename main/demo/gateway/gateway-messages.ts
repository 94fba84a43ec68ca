import { z } from 'zod';

/** Opcodes of the main gateway. */
export const GATEWAY_OPS = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voiceState: 4,
  voicePing: 5,
  resume: 6,
  reconnect: 7,
  requestMembers: 8,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
  soundboard: 31,
  channelInfo: 43,
} as const;

/** Gateway intents that the demo acts on. */
export const INTENTS = {
  guilds: 1 << 0,
  voiceStates: 1 << 7,
  guildMessages: 1 << 9,
  /** GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT. */
  privileged: (1 << 1) | (1 << 8) | (1 << 15),
  /** Every bit Discord has given a meaning. */
  known: (1 << 26) - 1,
} as const;

export const frame = z.object({ op: z.number().int(), d: z.unknown() });

/** Property names have no `$`; an Identify with the old names, which have one, is refused. */
export const identify = z.object({
  token: z.string(),
  intents: z.number(),
  properties: z.object({ os: z.string(), browser: z.string(), device: z.string() }),
  shard: z.tuple([z.number().int(), z.number().int()]).optional(),
  compress: z.boolean().optional(),
});

export const resume = z.object({
  token: z.string(),
  session_id: z.string(),
  seq: z.number().int(),
});

export const voiceState = z.object({
  guild_id: z.string(),
  channel_id: z.string().nullable(),
  self_mute: z.boolean(),
  self_deaf: z.boolean(),
});
export type VoiceStateRequest = z.infer<typeof voiceState>;

export const requestMembers = z.object({
  guild_id: z.string(),
  user_ids: z.union([z.string(), z.array(z.string()).max(100)]).optional(),
  nonce: z.string().optional(),
});
