import { z } from 'zod';
import { parseJson } from '../base/json.ts';

/** Opcodes of the main gateway, v10, as far as a recorder uses them. */
export const GATEWAY_OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  voiceStateUpdate: 4,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

/**
 * GUILDS and GUILD_VOICE_STATES; none of them privileged.
 * @internal exported for tests
 */
export const GATEWAY_INTENTS = (1 << 0) | (1 << 7);

/** One message of the server: `s` and `t` only with dispatches (op 0), else null. */
export interface GatewayFrame {
  readonly op: number;
  readonly d: unknown;
  readonly s: number | null;
  readonly t: string | null;
}

const frameSchema = z.object({
  op: z.int().nonnegative(),
  d: z.unknown().optional(),
  s: z.int().nonnegative().nullable().catch(null),
  t: z.string().nullable().catch(null),
});

/** A JSON text message as a frame; null when it is not JSON or has no opcode. */
export function parseGatewayFrame(text: string): GatewayFrame | null {
  const parsed = frameSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { op, d, s, t } = parsed.data;
  return { op, d, s, t };
}

const helloSchema = z.object({ heartbeat_interval: z.number().positive() });

/** Heartbeat interval of Hello's `d` in milliseconds; null when it is malformed. */
export function parseHello(d: unknown): number | null {
  const parsed = helloSchema.safeParse(d);
  return parsed.success ? parsed.data.heartbeat_interval : null;
}

/** `d` of op 2. */
export function identifyPayload(token: string): object {
  const os = { win32: 'windows', darwin: 'macos' }[process.platform as string] ?? 'linux';
  const properties = { os, browser: 'tapedeck', device: 'tapedeck' };
  return { token, intents: GATEWAY_INTENTS, properties };
}
