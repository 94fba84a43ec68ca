import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import { isIP } from 'node:net';
import { listOf } from '../base/list-of.ts';
import { schemaFault } from '../base/schema-fault.ts';
import { isSnowflake } from '../base/snowflake.ts';
import { strictList } from '../base/strict-list.ts';
import type { DaveBinaryMessage } from '../dave/dave-messages.ts';
import { VOICE_OPCODE } from './voice-opcodes.ts';

const uint16 = z.int().min(0).max(0xffff);
const uint32 = z.int().min(0).max(0xffff_ffff);
const snowflake = z.string().refine(isSnowflake);
const key = strictList(z.int().min(0).max(0xff), 32)
  .refine(({ length }) => length === 32)
  .transform((bytes) => Uint8Array.from(bytes));

/** Discord has had seven. */
const MODES_AT_MOST = 64;

/** More than any channel of Discord's takes. */
const USERS_AT_MOST = 100_000;

const frame = z.object({
  op: z.int(),
  d: z.unknown().optional(),
  seq: z.int().min(0).nullish().catch(null),
});

/** Who is connected, by an SSRC that may be missing. */
function namedOrThere(userId: string, ssrc: number | null) {
  if (ssrc === null) return { kind: 'clients-connect' as const, userIds: [userId] };
  return { kind: 'ssrc-named' as const, ssrc, userId };
}

/** A message about one user: that user is connected. */
const userThere = z
  .object({ user_id: snowflake })
  .transform((d) => ({ kind: 'clients-connect' as const, userIds: [d.user_id] }));

/** What we use of each JSON message from the server, by opcode: its payload's shape, and the message made of it. */
const MESSAGES = {
  [VOICE_OPCODE.hello]: z
    .object({ heartbeat_interval: z.number().positive().max(0x7fff_ffff) })
    .transform((d) => ({ kind: 'hello' as const, heartbeatIntervalMs: d.heartbeat_interval })),
  [VOICE_OPCODE.ready]: z
    .object({
      ssrc: uint32,
      ip: z.string().refine((ip) => isIP(ip) !== 0),
      port: uint16.min(1),
      modes: listOf(z.string(), MODES_AT_MOST),
    })
    .transform(({ ssrc, ip, port, modes }) => ({
      kind: 'ready' as const,
      ssrc,
      address: { ip, port },
      modes,
    })),
  [VOICE_OPCODE.sessionDescription]: z
    .object({
      mode: z.string(),
      secret_key: key,
      dave_protocol_version: uint16.nullish().catch(null),
    })
    .transform((d) => ({
      kind: 'session-description' as const,
      mode: d.mode,
      key: d.secret_key,
      daveVersion: d.dave_protocol_version ?? 0,
    })),
  [VOICE_OPCODE.resumed]: z.unknown().transform(() => ({ kind: 'resumed' as const })),
  [VOICE_OPCODE.heartbeat]: z.unknown().transform(() => ({ kind: 'heartbeat-asked' as const })),
  [VOICE_OPCODE.heartbeatAck]: z.unknown().transform(() => ({ kind: 'heartbeat-ack' as const })),
  [VOICE_OPCODE.speaking]: z
    .object({ ssrc: uint32.nullish().catch(null), user_id: snowflake })
    .transform((d) => namedOrThere(d.user_id, d.ssrc ?? null)),
  [VOICE_OPCODE.video]: z
    .object({ audio_ssrc: uint32.min(1).nullish().catch(null), user_id: snowflake }) // 0: no sound
    .transform((d) => namedOrThere(d.user_id, d.audio_ssrc ?? null)),
  [VOICE_OPCODE.clientsConnect]: z
    .object({ user_ids: listOf(snowflake, USERS_AT_MOST) })
    .transform((d) => ({ kind: 'clients-connect' as const, userIds: d.user_ids })),
  [VOICE_OPCODE.clientDisconnect]: z
    .object({ user_id: snowflake })
    .transform((d) => ({ kind: 'client-disconnect' as const, userId: d.user_id })),
  [VOICE_OPCODE.clientFlags]: userThere,
  [VOICE_OPCODE.clientPlatform]: userThere,
  [VOICE_OPCODE.davePrepareTransition]: z
    .object({ transition_id: uint16, protocol_version: uint16 })
    .transform((d) => ({
      kind: 'dave-prepare-transition' as const,
      transitionId: d.transition_id,
      protocolVersion: d.protocol_version,
    })),
  [VOICE_OPCODE.daveExecuteTransition]: z.object({ transition_id: uint16 }).transform((d) => ({
    kind: 'dave-execute-transition' as const,
    transitionId: d.transition_id,
  })),
  [VOICE_OPCODE.davePrepareEpoch]: z
    .object({ transition_id: uint16.nullish(), protocol_version: uint16, epoch: z.int().min(0) })
    .transform((d) => ({
      kind: 'dave-prepare-epoch' as const,
      transitionId: d.transition_id ?? 0,
      protocolVersion: d.protocol_version,
      epoch: d.epoch,
    })),
} as const;

type JsonMessage = z.output<(typeof MESSAGES)[keyof typeof MESSAGES]>;

/** Any message of the voice gateway that is used here. */
export type VoiceMessage = JsonMessage | DaveBinaryMessage;
export type VoiceMessageOf<Kind extends VoiceMessage['kind']> = Extract<
  VoiceMessage,
  { readonly kind: Kind }
>;

const STEP_KINDS = ['hello', 'ready', 'session-description', 'resumed'] as const;

/** Messages that are a step of the handshake or of a resume: waited for, in order. */
export type StepKind = (typeof STEP_KINDS)[number];
export type StepMessage = VoiceMessageOf<StepKind>;

export function isStep(message: VoiceMessage): message is StepMessage {
  return STEP_KINDS.some((kind) => kind === message.kind);
}

/** Messages about the call, which may come at any time; Session Description once the handshake has had its own. */
export type CallMessage =
  | Exclude<VoiceMessage, StepMessage | VoiceMessageOf<'heartbeat-asked' | 'heartbeat-ack'>>
  | VoiceMessageOf<'session-description'>;

/** A frame from the server: its number (null: not numbered), and what it says. */
export interface VoiceFrame {
  readonly seq: number | null;
  readonly op: number;
  /** `unknown`: an opcode we do not use; `malformed`: one we do, with a payload that cannot be read. */
  readonly message: VoiceMessage | 'unknown' | 'malformed';
  /** Where a malformed payload is wrong. */
  readonly fault?: string;
}

/** Reads a text frame, `{op, d, seq?}`. Null when it is not JSON of that shape. */
export function parseTextFrame(text: string): VoiceFrame | null {
  const parsed = frame.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { op, d, seq } = parsed.data;
  const told = { seq: seq ?? null, op };
  if (!isUsed(op)) return { ...told, message: 'unknown' };
  const payload = MESSAGES[op].safeParse(d);
  return payload.success
    ? { ...told, message: payload.data }
    : { ...told, message: 'malformed', fault: schemaFault(payload.error, d) };
}

function isUsed(op: number): op is keyof typeof MESSAGES {
  return Object.hasOwn(MESSAGES, op);
}

const BINARY_KINDS = new Map<number, DaveBinaryMessage['kind']>([
  [VOICE_OPCODE.daveExternalSender, 'dave-external-sender'],
  [VOICE_OPCODE.daveProposals, 'dave-proposals'],
  [VOICE_OPCODE.daveAnnounceCommit, 'dave-announce-commit'],
  [VOICE_OPCODE.daveWelcome, 'dave-welcome'],
]);

/** Reads a binary frame from the server, `u16 seq | u8 op | body`. Null when it is shorter than 3 bytes. */
export function parseBinaryFrame(bytes: Uint8Array): VoiceFrame | null {
  if (bytes.byteLength < 3) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const op = view.getUint8(2);
  const kind = BINARY_KINDS.get(op);
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + 3, bytes.byteLength - 3);
  const message = kind === undefined ? 'unknown' : { kind, body };
  return { seq: view.getUint16(0), op, message };
}

/** A binary frame to the server, `u8 op | body`. */
export function writeBinaryFrame(op: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + body.byteLength);
  bytes[0] = op;
  bytes.set(body, 1);
  return bytes;
}
