/** The longest duration of one Opus packet, 120 ms, in 48 kHz samples (RFC 6716 §3.2.5). */
export const MAX_PACKET_SAMPLES = 5760;

const MAX_FRAME_BYTES = 1275; // RFC 6716 §3.4, R2
/** Samples of one frame at 48 kHz by config modulo 4 (RFC 6716 table 2). */
const SILK_FRAME_SAMPLES = [480, 960, 1920, 2880] as const; // configs 0–11
const CELT_FRAME_SAMPLES = [120, 240, 480, 960] as const; // configs 16–31

/** What the first bytes of an Opus packet say. All samples are per channel at 48 kHz. */
export interface OpusPacket {
  /** 0 to 31: mode, bandwidth and frame length (RFC 6716 table 2). */
  readonly config: number;
  readonly channels: 1 | 2;
  /** 120 to 2880. */
  readonly frameSamples: number;
  /** 1 to 48. */
  readonly frameCount: number;
  /** 120 to 5760. */
  readonly durationSamples: number;
}

/** Samples of each frame in a packet with that first byte (RFC 6716 §3.1). */
export function frameSamplesOf(toc: number): number {
  const config = toc >> 3;
  const shape = config & 3;
  if (config >= 16) return CELT_FRAME_SAMPLES[shape] ?? 0;
  if (config >= 12) return (config & 1) === 0 ? 480 : 960; // hybrid
  return SILK_FRAME_SAMPLES[shape] ?? 0;
}

/**
 * Parses an Opus packet and checks all of RFC 6716 §3.4 (R1 to R7), so that every decoder takes what passes.
 * Null when it breaks a rule; frames of zero bytes (DTX, a packet of the TOC byte alone) break none.
 *
 * | config 5 | stereo 1 | code 2 |  the TOC byte; code 0: one frame, 1: two of equal size, 2: two,
 * 3: | VBR 1 | padding 1 | count 6 |, padding lengths, frame lengths, frames, padding
 */
export function parseOpusPacket(bytes: Uint8Array): OpusPacket | null {
  const toc = bytes[0];
  if (toc === undefined) return null; // R1
  const frameSamples = frameSamplesOf(toc);
  const frameCount = countFrames(bytes, toc & 3, frameSamples);
  if (frameCount === 0) return null;
  return {
    config: toc >> 3,
    channels: (toc & 4) === 0 ? 1 : 2,
    frameSamples,
    frameCount,
    durationSamples: frameCount * frameSamples,
  };
}

/** 0 when the packet breaks a rule. */
function countFrames(bytes: Uint8Array, code: number, frameSamples: number): number {
  const rest = bytes.byteLength - 1;
  if (code === 0) return rest <= MAX_FRAME_BYTES ? 1 : 0; // R2
  if (code === 1) return rest % 2 === 0 && rest / 2 <= MAX_FRAME_BYTES ? 2 : 0; // R3, R2
  if (code === 2)
    return lastFrameFits(bytes, { at: 1, end: bytes.byteLength, explicit: 1 }) ? 2 : 0; // R4

  const countByte = bytes[1];
  if (countByte === undefined) return 0; // R6, R7
  const frameCount = countByte & 0x3f;
  if (frameCount === 0 || frameCount * frameSamples > MAX_PACKET_SAMPLES) return 0; // R5
  let at = 2;
  let end = bytes.byteLength;
  if ((countByte & 0x40) !== 0) {
    let lengthByte: number | undefined;
    do {
      lengthByte = bytes[at];
      if (lengthByte === undefined) return 0;
      at += 1;
      end -= lengthByte === 255 ? 254 : lengthByte; // 255: 254 bytes, and another length follows
    } while (lengthByte === 255);
    if (end < at) return 0; // R6, R7
  }
  if ((countByte & 0x80) !== 0) {
    return lastFrameFits(bytes, { at, end, explicit: frameCount - 1 }) ? frameCount : 0; // R7
  }
  const frameBytes = (end - at) / frameCount;
  return Number.isInteger(frameBytes) && frameBytes <= MAX_FRAME_BYTES ? frameCount : 0; // R6, R2
}

/** Whether `explicit` frame lengths are at `at`, and those frames leave 0 to 1275 bytes before `end` for the last. */
function lastFrameFits(
  bytes: Uint8Array,
  { at, end, explicit }: { at: number; end: number; explicit: number },
): boolean {
  let frameBytes = 0;
  for (let frame = 0; frame < explicit; frame += 1) {
    const first = at < end ? bytes[at] : undefined;
    if (first === undefined) return false;
    at += 1;
    frameBytes += first;
    if (first < 252) continue;
    const second = at < end ? bytes[at] : undefined; // RFC 6716 §3.2.1: 252 and up have a second byte, four times
    if (second === undefined) return false;
    at += 1;
    frameBytes += 4 * second;
  }
  const last = end - at - frameBytes;
  return last >= 0 && last <= MAX_FRAME_BYTES;
}
