import { z } from 'zod';

/** Opcodes of the voice gateway but those of end-to-end encryption, which are `DAVE_OPS`. */
export const VOICE_OPS = {
  identify: 0,
  selectProtocol: 1,
  ready: 2,
  heartbeat: 3,
  sessionDescription: 4,
  speaking: 5,
  heartbeatAck: 6,
  resume: 7,
  hello: 8,
  resumed: 9,
  clientsConnect: 11,
  video: 12,
  clientDisconnect: 13,
  sessionUpdate: 14,
  mediaSinkWants: 15,
  backendVersion: 16,
  channelOptions: 17,
  clientFlags: 18,
  clientPlatform: 20,
  noRoute: 32,
} as const;

export const identify = z.object({
  server_id: z.string(),
  user_id: z.string(),
  session_id: z.string(),
  token: z.string(),
  max_dave_protocol_version: z.number().int().optional(),
});
export type VoiceIdentify = z.infer<typeof identify>;

export const resume = z.object({
  server_id: z.string(),
  session_id: z.string(),
  token: z.string(),
  seq_ack: z.number().int().optional(),
});
export type VoiceResume = z.infer<typeof resume>;

export const selectProtocol = z.object({
  protocol: z.string(),
  data: z.object({
    address: z.string(),
    port: z.number().int().min(1).max(65535),
    mode: z.string(),
  }),
});

/** Payload from version 8 on; before, `d` is the number alone. */
export const heartbeat = z.object({ t: z.number(), seq_ack: z.number().int() });

export const speaking = z.object({
  speaking: z.number().int(),
  delay: z.number().optional(),
  ssrc: z.number().int(),
});
