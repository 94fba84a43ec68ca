import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { VOICES } from '../../main/demo/talk/people.ts';
import type { DemoServer } from '../../main/demo/start-demo-server.ts';
import { type ProbedPacket, probePackets } from './ffprobe.ts';

/** A line of the sent log (`SentLog`) for a packet. */
const packetLine = z.object({
  atMs: z.number(),
  event: z.literal('packet'),
  to: z.string(),
  userId: z.string().nullable(),
  ssrc: z.number(),
  sequence: z.number(),
  timestamp: z.number(),
  position: z.number().nullable(),
  kind: z.enum(['speech', 'silence', 'relayed', 'padding', 'zeros', 'junk', 'rtcp', 'video']),
  fate: z.enum(['sent', 'dropped', 'reordered', 'duplicated']),
  payloadBytes: z.number(),
  epoch: z.number().nullable().default(null),
  group: z.number().nullable().default(null),
});
export type SentPacket = z.output<typeof packetLine>;

/** A line of the sent log for a packet that a client sent. */
const receivedLine = z.object({
  event: z.literal('received'),
  userId: z.string(),
  ssrc: z.number(),
  sequence: z.number(),
  timestamp: z.number(),
  payload: z.string(),
  speaking: z.number().nullable(),
  refusal: z.string().nullable(),
});
type ReceivedPacket = z.output<typeof receivedLine>;

/** A line of the sent log: that user was given the keys of that group and epoch. */
const keysLine = z.object({
  atMs: z.number(),
  event: z.literal('dave'),
  message: z.literal('keys'),
  userId: z.string(),
  group: z.number(),
  epoch: z.number(),
});

/** A line of the sent log: a person joined, who has that voice. */
const entersLine = z.object({
  event: z.literal('person'),
  message: z.literal('enters'),
  userId: z.string(),
  voice: z.string(),
});

/** A line of the sent log: the voice server ended a session, and dropped what was on its way. */
const sessionEndLine = z.object({
  atMs: z.number(),
  event: z.literal('voice'),
  message: z.literal('session ended'),
  userId: z.string(),
});

export interface Sent {
  /** Every packet sent to our bot, in order. */
  readonly packets: readonly SentPacket[];
  /** Every packet that a client sent, our bot or another, in order. */
  readonly received: readonly ReceivedPacket[];
  /** SHA-256 of that packet's Opus packet; null when it is not from a voice's file. */
  readonly hashOf: (packet: SentPacket) => string | null;
  /**
   * Whether that packet was encrypted under keys that our bot was not given in the voice session of the packet, or after
   * it: those of an earlier session end with it.
   */
  readonly neverGiven: (packet: SentPacket) => boolean;
  /** Which of the demo's voices that person has. */
  readonly voiceOf: (userId: string | null) => string | null;
  /** When our bot's voice sessions were ended by the voice server, on the log's clock. */
  readonly sessionEndsMs: readonly number[];
}

/** Reads the sent log so far. */
export async function readSent(demo: DemoServer): Promise<Sent> {
  demo.flushLog();
  return readSentFile(demo.sentLog, demo.setting.bot.userId);
}

/** Reads a sent log from its file. */
async function readSentFile(file: string, botId: string): Promise<Sent> {
  const text = await readFile(file, 'utf8');
  const lines = text.split('\n').flatMap((line): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return []; // the last line may be half written
    }
  });
  const packets = lines
    .flatMap((line) => packetLine.safeParse(line).data ?? [])
    .filter(({ to }) => to === botId);
  const voices = new Map(
    lines
      .flatMap((line) => entersLine.safeParse(line).data ?? [])
      .map(({ userId, voice }) => [userId, voice] as const),
  );
  const received = lines.flatMap((line) => receivedLine.safeParse(line).data ?? []);
  const sources = await readSources();
  const hashOf = ({ kind, position, userId, payloadBytes }: SentPacket): string | null => {
    if (kind === 'silence') return SILENCE_HASH;
    const packet = sources.get(voices.get(userId ?? '') ?? '')?.get(position ?? NaN);
    return packet?.byteLength === payloadBytes ? packet.sha256 : null;
  };
  const voiceOf = (userId: string | null): string | null => voices.get(userId ?? '') ?? null;
  const sessionEndsMs = lines
    .flatMap((line) => sessionEndLine.safeParse(line).data ?? [])
    .filter(({ userId }) => userId === botId)
    .map(({ atMs }) => atMs);
  const givenMs = new Map(
    lines
      .flatMap((line) => keysLine.safeParse(line).data ?? [])
      .filter(({ userId }) => userId === botId)
      .map(({ group, epoch, atMs }) => [`${String(group)} ${String(epoch)}`, atMs] as const),
  );
  const neverGiven = ({ group, epoch, atMs }: SentPacket): boolean => {
    if (group === null) return false;
    const beganMs = sessionEndsMs.findLast((endMs) => endMs <= atMs) ?? -Infinity;
    const keysMs = givenMs.get(`${String(group)} ${String(epoch)}`);
    return keysMs === undefined || keysMs < beganMs;
  };
  return { packets, received, hashOf, neverGiven, voiceOf, sessionEndsMs };
}

/** Whether a packet carries sound, so that the recording must have it. */
export function isAudio({ kind }: SentPacket): boolean {
  return kind === 'speech' || kind === 'silence' || kind === 'relayed';
}

/** The counts that a stream must have when all of it was sent during the recording. */
export function trueCounts(stream: readonly SentPacket[]) {
  const arrived = stream.filter(({ fate }) => fate !== 'dropped');
  const [first, last] = [stream.findIndex(isThere), stream.findLastIndex(isThere)];
  const between = first < 0 ? [] : stream.slice(first, last + 1);
  return {
    audio: arrived.filter(isAudio).length,
    padding: arrived.filter((packet) => !isAudio(packet)).length,
    lost: between.filter(({ fate }) => fate === 'dropped').length,
    duplicate: arrived.filter(({ fate }) => fate === 'duplicated').length,
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Discord's silence frame, at the end of a talkspurt. */
const SILENCE_HASH = sha256(Uint8Array.of(0xf8, 0xff, 0xfe));

/** The packets of each voice's file, by position. */
type Sources = ReadonlyMap<string, ReadonlyMap<number, ProbedPacket>>;
let known: Promise<Sources> | null = null;

/** The packets of the voices' files, which are read once. */
function readSources(): Promise<Sources> {
  known ??= Promise.all(
    VOICES.map(async (voice) => {
      const file = path.resolve(import.meta.dirname, `../../assets/demo-speech/${voice}.opus`);
      const packets = await probePackets(file);
      return [voice, new Map(packets.map((packet) => [packet.position, packet]))] as const;
    }),
  ).then((sources) => new Map(sources));
  return known;
}

function isThere({ fate }: SentPacket): boolean {
  return fate !== 'dropped';
}
