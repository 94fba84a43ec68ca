import { readFileSync } from 'node:fs';
import { parseOpusPacket } from '../../audio/opus-packet.ts';
import { findUpwards } from '../../base/find-upwards.ts';
import { OggOpusReader } from '../../ogg/ogg-opus-reader.ts';
import type { Voice } from './people.ts';

/** Everything that one voice says, pauses included, packet by packet; speakers loop it. */
export interface SpeechSource {
  readonly name: string;
  /** One Opus packet for every 20 ms, in pauses too. */
  readonly packets: readonly Uint8Array[];
  /** True for each packet that lies in a talkspurt. */
  readonly talks: readonly boolean[];
  /** Where each packet starts in the voice's file, decoded: 48 kHz samples, the pre-skip already cut. */
  readonly positions: readonly number[];
  /** Samples at the start that a decoder of the file drops. */
  readonly preSkip: number;
}

export const FRAME_SAMPLES = 960;
export const FRAME_MS = 20;
const SPURTS_TAG = 'TALKSPURTS=';

const known = new Map<Voice, SpeechSource>();

/** Reads assets/demo-speech once for each voice. Throws when a file is missing or is not what the README there says. */
export function loadSpeech(voice: Voice): SpeechSource {
  const loaded = known.get(voice) ?? readSpeech(voice);
  known.set(voice, loaded);
  return loaded;
}

/** The same voice without the packets between talkspurts. */
export function withoutPauses(source: SpeechSource): SpeechSource {
  const isTalk = (_: unknown, index: number): boolean => source.talks[index] === true;
  return {
    ...source,
    packets: source.packets.filter(isTalk),
    talks: source.talks.filter(isTalk),
    positions: source.positions.filter(isTalk),
  };
}

function readSpeech(voice: Voice): SpeechSource {
  const file = findUpwards(`assets/demo-speech/${voice}.opus`);
  const reader = new OggOpusReader({
    packetSamples: (packet) => parseOpusPacket(packet)?.durationSamples ?? null,
  });
  const packets = reader.feed(readFileSync(file)).map(({ packet }) => packet);
  const { head, tags } = reader;
  const tag = tags?.comments.find((comment) => comment.startsWith(SPURTS_TAG));
  if (head === null || tag === undefined) throw new Error(`no demo speech: ${file}`);
  const talks = packets.map(() => false);
  for (const spurt of tag.slice(SPURTS_TAG.length).split(' ')) {
    const [from = 0, to = 0] = spurt.split('-').map(Number);
    const end = Math.ceil((to + head.preSkip) / FRAME_SAMPLES);
    talks.fill(true, Math.floor((from + head.preSkip) / FRAME_SAMPLES), end);
  }
  const positions = packets.map((_, index) => index * FRAME_SAMPLES - head.preSkip);
  return { name: voice, packets, talks, positions, preSkip: head.preSkip };
}
