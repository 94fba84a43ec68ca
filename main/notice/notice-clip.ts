import { readFileSync } from 'node:fs';
import { parseOpusPacket } from '../audio/opus-packet.ts';
import { SILENCE_FRAME } from '../audio/opus-silence.ts';
import { findUpwards } from '../base/find-upwards.ts';
import { OggOpusReader } from '../ogg/ogg-opus-reader.ts';

/** Opus packets of 20 ms each. */
export type Clip = readonly Uint8Array[];

/** Silence that ends a talkspurt, so that decoders do not interpolate. */
const CLOSING: Clip = Array.from({ length: 5 }, () => SILENCE_FRAME);

let loaded: Clip | null = null;

/** What people hear, from assets/notice-sound, with the silence behind it; read once. Throws when the file is missing. */
export function noticeClip(): Clip {
  loaded ??= [...readPackets(findUpwards('assets/notice-sound/recording.opus')), ...CLOSING];
  return loaded;
}

function readPackets(file: string): Clip {
  const reader = new OggOpusReader({
    packetSamples: (packet) => parseOpusPacket(packet)?.durationSamples ?? null,
  });
  return reader.feed(readFileSync(file)).map(({ packet }) => packet);
}
