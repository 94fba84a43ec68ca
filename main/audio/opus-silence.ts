import { frameSamplesOf, MAX_PACKET_SAMPLES } from './opus-packet.ts';

/** 20 ms of silence as Discord's clients send it, five in a row, at the end of a talkspurt. Not to be written to. */
export const SILENCE_FRAME = Uint8Array.of(0xf8, 0xff, 0xfe);

/** The grid of Ogg Opus: the shortest frame, 2.5 ms, in 48 kHz samples. */
const SHORTEST_FRAME_SAMPLES = 120;
/** TOC bytes of mono full-band CELT with frames of 20, 10, 5 and 2.5 ms, longest first. */
const SILENCE_TOCS = [0xf8, 0xf0, 0xe8, 0xe0] as const;

/** Whether it is a silence frame: `F8 FF FE`, or the stereo form `FC FF FE` that was observed too. */
export function isSilenceFrame(opus: Uint8Array): boolean {
  return (
    opus.byteLength === 3 &&
    (opus[0] === 0xf8 || opus[0] === 0xfc) &&
    opus[1] === 0xff &&
    opus[2] === 0xfe
  );
}

/**
 * `samples` of silence in the fewest packets, the longest (120 ms) first. Each packet decodes to silence by itself. The
 * list may hold one object many times: do not write to it. Throws unless `samples` is a multiple of 120, 0 included.
 */
export function writeSilence(samples: number): Uint8Array[] {
  if (samples < 0 || samples % SHORTEST_FRAME_SAMPLES !== 0) {
    throw new Error(`${String(samples)} samples of silence are no multiple of 120`);
  }
  const packets = new Array<Uint8Array>(Math.floor(samples / MAX_PACKET_SAMPLES)).fill(LONGEST);
  const restSamples = samples % MAX_PACKET_SAMPLES;
  if (restSamples > 0) packets.push(silencePacket(restSamples));
  return packets;
}

/** One packet of up to 120 ms, of the longest frames that divide it: at most 48 of 2.5 ms. */
function silencePacket(samples: number): Uint8Array {
  const toc = SILENCE_TOCS.find((each) => samples % frameSamplesOf(each) === 0) ?? 0xe0;
  const frameCount = samples / frameSamplesOf(toc);
  if (frameCount === 1) return Uint8Array.of(toc, 0xff, 0xfe);
  const packet = new Uint8Array(2 + 2 * frameCount);
  packet[0] = toc | 3; // code 3: any number of frames (RFC 6716 §3.2.5)
  packet[1] = frameCount; // CBR, no padding
  for (let at = 2; at < packet.byteLength; at += 2) packet.set([0xff, 0xfe], at);
  return packet;
}

const LONGEST = silencePacket(MAX_PACKET_SAMPLES);

/**
 * A packet that stands for one lost frame, as RFC 7845 §4.1 asks: the TOC of the packet before (`previous`) with code
 * 0 and no data, which makes a decoder conceal the loss. Throws when `previous` is empty.
 */
export function concealmentPacket(previous: Uint8Array): {
  packet: Uint8Array;
  frameSamples: number;
} {
  const toc = previous[0];
  if (toc === undefined) throw new Error('an empty packet has no TOC to conceal with');
  return { packet: Uint8Array.of(toc & 0xfc), frameSamples: frameSamplesOf(toc) };
}
