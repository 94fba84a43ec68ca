/** 5 ms: the gain is down before the peak is there, slowly enough not to click. */
const LOOK_AHEAD_FRAMES = 240;
/** Time constant of the way back to gain 1: 100 ms. */
const RELEASE_PER_FRAME = 1 / 4800;
/** A gain this near to 1 changes no 16-bit value by more than a third of a step: from there on the gain is 1. */
const SNAP = 1e-5;

/**
 * A block of a sum, interleaved: Int16Array when every value fits into 16 bits, else Int32Array. A block has at least
 * LOOK_AHEAD_FRAMES frames, except the last one.
 */
export type SumBlock = Int16Array | Int32Array;

/**
 * Limits a sum to 16 bits. While the sum fits, the gain is exactly 1 and values pass unchanged; for a peak that does not
 * fit, the gain of all channels falls within 5 ms before the peak and recovers over some tenths of a second. Holds one
 * block back, to look ahead.
 */
export class Limiter {
  readonly #channels: 1 | 2;
  /** Frames of silence before the first block, in which the gain can fall for a peak at the block's very start. */
  #leadIn = LOOK_AHEAD_FRAMES - 1;
  #held: SumBlock | null = null;
  /** Gain after attack and release, before smoothing; of the last LOOK_AHEAD_FRAMES frames, as a ring. */
  readonly #recent = new Float64Array(LOOK_AHEAD_FRAMES).fill(1);
  #recentAt = 0;
  /** How many of `#recent` are below 1: 0 means idle. */
  #below = 0;
  #envelope = 1;
  /** Sum of 1 − gain over `#recent`. */
  #reduction = 0;

  constructor(channels: 1 | 2) {
    this.#channels = channels;
  }

  /** Takes the next block, which the limiter then owns; returns the block before it, limited. Null for the first. */
  push(block: SumBlock): Int16Array | null {
    const held = this.#held;
    this.#held = block;
    return held === null ? null : this.#limit(held, block);
  }

  /** The last block, limited; null when there was none. */
  flush(): Int16Array | null {
    const held = this.#held;
    this.#held = null;
    return held === null ? null : this.#limit(held, new Int16Array(0));
  }

  #limit(block: SumBlock, next: SumBlock): Int16Array {
    const idle = this.#below === 0 && this.#envelope === 1;
    if (idle && block instanceof Int16Array && next instanceof Int16Array) {
      this.#leadIn = 0;
      return block;
    }
    const needed = this.#neededGains(block, next);
    for (const gain of needed.subarray(0, this.#leadIn)) this.#smooth(gain);
    const out = new Int16Array(block.length);
    for (let at = 0, frame = this.#leadIn; at < block.length; frame += 1) {
      const gain = this.#smooth(needed[frame] ?? 1);
      for (const end = at + this.#channels; at < end; at += 1)
        out[at] = clamp16((block[at] ?? 0) * gain);
    }
    this.#leadIn = 0;
    return out;
  }

  /** For each frame of the lead-in and `block` the smallest gain that any frame from it to LOOK_AHEAD_FRAMES − 1 later needs. */
  #neededGains(block: SumBlock, next: SumBlock): Float64Array {
    const start = this.#leadIn;
    const end = start + block.length / this.#channels;
    const ahead = Math.min(LOOK_AHEAD_FRAMES - 1, next.length / this.#channels);
    const gains = new Float64Array(end + ahead).fill(1, 0, start);
    for (let frame = start; frame < end; frame += 1)
      gains[frame] = this.#fits(block, frame - start);
    for (let frame = 0; frame < ahead; frame += 1) gains[end + frame] = this.#fits(next, frame);
    return slidingMinimum(gains, LOOK_AHEAD_FRAMES);
  }

  /** The largest gain, at most 1, at which every channel of the frame is a 16-bit value. */
  #fits(block: SumBlock, frame: number): number {
    let gain = 1;
    for (let index = frame * this.#channels; index < (frame + 1) * this.#channels; index += 1) {
      const value = block[index] ?? 0;
      if (value > 32767) gain = Math.min(gain, 32767 / value);
      else if (value < -32768) gain = Math.min(gain, -32768 / value);
    }
    return gain;
  }

  /**
   * The envelope falls at once and rises by the release; the gain is the mean of its last LOOK_AHEAD_FRAMES values. At a
   * peak each of these is at most what the peak needs, since each looked ahead as far as the mean looks back.
   */
  #smooth(needed: number): number {
    const released = this.#envelope + (1 - this.#envelope) * RELEASE_PER_FRAME;
    this.#envelope = Math.min(needed, released > 1 - SNAP ? 1 : released);
    const left = this.#recent[this.#recentAt] ?? 1;
    this.#recent[this.#recentAt] = this.#envelope;
    this.#recentAt = (this.#recentAt + 1) % LOOK_AHEAD_FRAMES;
    this.#below += (this.#envelope < 1 ? 1 : 0) - (left < 1 ? 1 : 0);
    if (this.#below === 0) this.#reduction = 0;
    else this.#reduction += left - this.#envelope;
    return 1 - this.#reduction / LOOK_AHEAD_FRAMES;
  }
}

/** For each index the least of `values` from it to `width` − 1 later (fewer at the end). */
function slidingMinimum(values: Float64Array, width: number): Float64Array {
  const least = new Float64Array(values.length);
  const candidates = new Int32Array(values.length); // indices of values that fall towards the back
  let first = 0;
  let end = 0;
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = values[index] ?? 1;
    while (end > first && (values[candidates[end - 1] ?? 0] ?? 1) >= value) end -= 1;
    candidates[end] = index;
    end += 1;
    if ((candidates[first] ?? 0) >= index + width) first += 1;
    least[index] = values[candidates[first] ?? 0] ?? 1;
  }
  return least;
}

function clamp16(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}
