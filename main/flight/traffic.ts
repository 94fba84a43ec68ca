import type { PacketFate } from '../base/flight-log.ts';
import { uint16At, uint32At } from '../rtp/big-endian.ts';
import { sequenceDistance } from '../rtp/sequence.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** SSRCs that are told apart in one voice session; packets of more are counted, but not by SSRC. */
const MOST_LANES = 128;

/** Headers kept in whole of each SSRC. */
const HEADERS = 32;

/** Counters are taken every ten. */
const MOST_SECONDS = 60;

/** Datagrams and frames that are told in part, of each kind and voice session. */
const REFUSALS = 16;

/** Upper bounds of size classes: padding and silence, speech at usual bit rates, music, more. */
const SIZES = [32, 64, 128, 256, 512, 1024, 1500, Infinity] as const;

const RTP_HEADER_BYTES = 12;
const SILENCE = 0xf8fffe;

interface Lane {
  firstMs: number;
  lastMs: number;
  packets: number;
  highest: number;
  expected: number;
  padding: number;
  extension: number;
  csrc: number;
  marker: number;
  readonly headers: string[];
  toldHeaders: number;
  /** `op 5 after 120 ms`, from the first packet or before it. */
  named: { readonly op: number; readonly atMs: number } | null;
}

/**
 * Counts what comes over UDP in one voice session: whole numbers for every packet, and words for the first few of each
 * kind. Times are those of the caller.
 */
export class Traffic {
  readonly #names: Pseudonyms;
  readonly #tell: (facts: Readonly<Record<string, unknown>>) => void;
  readonly #lanes = new Map<number, Lane>();
  readonly #named = new Map<number, { readonly op: number; readonly atMs: number }>();
  readonly #fates: Record<PacketFate | 'silence' | 'padding' | 'zeros', number> = {
    'transport-auth': 0,
    'transport-opened': 0,
    plain: 0,
    opened: 0,
    unopened: 0,
    silence: 0,
    padding: 0,
    zeros: 0,
  };
  #kinds: Record<string, number> = {};
  readonly #firstBytes = new Uint32Array(256);
  readonly #payloadTypes = new Uint32Array(128);
  readonly #sizes = new Uint32Array(SIZES.length);
  #seconds: Readonly<Record<string, unknown>>[] = [];
  #refusedTransport = 0;
  #refusedFrames = 0;
  #arrivedAtMs = 0;
  #isQuiet = true;

  /** `tell` takes the first datagrams and frames that do not open, in part. */
  constructor(names: Pseudonyms, tell: (facts: Readonly<Record<string, unknown>>) => void) {
    this.#names = names;
    this.#tell = tell;
  }

  /** One datagram; `kind` as `classifyDatagram` says. */
  datagram(datagram: Uint8Array, kind: string, nowMs: number): void {
    this.#isQuiet = false;
    this.#arrivedAtMs = nowMs;
    this.#kinds[kind] = (this.#kinds[kind] ?? 0) + 1;
    const size = datagram.byteLength;
    let sizeClass = 0;
    while (size > (SIZES[sizeClass] ?? Infinity)) sizeClass += 1;
    this.#count(this.#sizes, sizeClass);
    this.#count(this.#firstBytes, datagram[0] ?? 0);
    if (kind !== 'rtp') return;
    const second = datagram[1] ?? 0;
    this.#count(this.#payloadTypes, second & 0x7f);
    const lane = this.#lane(uint32At(datagram, 8), datagram, nowMs);
    if (lane === null) return;
    const ahead = sequenceDistance(uint16At(datagram, 2), lane.highest);
    if (ahead > 0) {
      lane.highest = uint16At(datagram, 2);
      lane.expected += ahead;
    }
    const first = datagram[0] ?? 0;
    lane.packets += 1;
    lane.lastMs = nowMs;
    if ((first & 0x20) !== 0) lane.padding += 1;
    if ((first & 0x10) !== 0) lane.extension += 1;
    if ((first & 0x0f) !== 0) lane.csrc += 1;
    if ((second & 0x80) !== 0) lane.marker += 1;
    if (lane.headers.length < HEADERS)
      lane.headers.push(this.#header(datagram, nowMs - lane.firstMs));
  }

  /** What became of a datagram, payload or frame. */
  packet(fate: PacketFate, bytes: Uint8Array, why?: string | null): void {
    this.#fates[fate] += 1;
    switch (fate) {
      case 'transport-opened':
        return this.#look(bytes);
      case 'transport-auth':
        return this.#refuseTransport(bytes);
      case 'unopened':
        return this.#refuseFrame(bytes, why ?? '');
      case 'plain':
      case 'opened':
        return;
    }
  }

  /** The voice gateway named whose an SSRC is. */
  name(ssrc: number, op: number, nowMs: number): void {
    if (this.#named.size < MOST_LANES && !this.#named.has(ssrc))
      this.#named.set(ssrc, { op, atMs: nowMs });
    const lane = this.#lanes.get(ssrc);
    if (lane !== undefined) lane.named ??= { op, atMs: nowMs };
  }

  /** A second is over. */
  second(): void {
    if (this.#seconds.length >= MOST_SECONDS) return;
    this.#seconds.push({
      ...this.#kinds,
      firstBytes: drain(this.#firstBytes, (byte) => byte.toString(16).padStart(2, '0')),
      payloadTypes: drain(this.#payloadTypes, String),
      sizes: drain(this.#sizes, (index) => `to ${String(SIZES[index])}`),
    });
    this.#kinds = {};
  }

  /** What was counted since the last call, and each SSRC so far; null when nothing came. */
  take(): Readonly<Record<string, unknown>> | null {
    if (this.#isQuiet) return null;
    this.#isQuiet = true;
    this.second();
    const told = {
      seconds: this.#seconds,
      fates: { ...this.#fates },
      ssrcs: Array.from(this.#lanes, ([ssrc, lane]) => laneFacts(ssrc, lane)),
    };
    this.#seconds = [];
    return told;
  }

  #count(counts: Uint32Array, index: number): void {
    counts[index] = (counts[index] ?? 0) + 1;
  }

  #lane(ssrc: number, datagram: Uint8Array, nowMs: number): Lane | null {
    const known = this.#lanes.get(ssrc);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MOST_LANES) return null;
    const lane: Lane = {
      firstMs: nowMs,
      lastMs: nowMs,
      packets: 0,
      expected: 1,
      highest: uint16At(datagram, 2),
      padding: 0,
      extension: 0,
      csrc: 0,
      marker: 0,
      headers: [],
      toldHeaders: 0,
      named: this.#named.get(ssrc) ?? null,
    };
    this.#lanes.set(ssrc, lane);
    return lane;
  }

  /** Milliseconds since the SSRC's first packet, and what of the packet is never encrypted, in hex. */
  #header(datagram: Uint8Array, afterMs: number): string {
    const csrcs = (datagram[0] ?? 0) & 0x0f;
    const extension = ((datagram[0] ?? 0) & 0x10) === 0 ? 0 : 4;
    const bytes = datagram.subarray(0, RTP_HEADER_BYTES + 4 * csrcs + extension);
    return `${String(Math.round(afterMs))} ${this.#names.hex(bytes)} ${String(datagram.byteLength)}`;
  }

  #look(payload: Uint8Array): void {
    const size = payload.byteLength;
    if (size === 0) this.#fates.padding += 1;
    else if (size === 3 && ((uint16At(payload, 0) << 8) | (payload[2] ?? 0)) === SILENCE)
      this.#fates.silence += 1;
    else if (payload[0] === 0 && payload.every((byte) => byte === 0)) this.#fates.zeros += 1;
  }

  #refuseTransport(datagram: Uint8Array): void {
    this.#refusedTransport += 1;
    if (this.#refusedTransport > REFUSALS) return;
    const [, header] = this.#header(datagram, 0).split(' ');
    const tail = this.#names.hex(
      datagram.subarray(Math.max(RTP_HEADER_BYTES, datagram.byteLength - 4)),
    );
    this.#tell({ refused: 'transport', header, bytes: datagram.byteLength, tail });
  }

  /** Of a frame only what is behind its ciphertext: tag, nonce, ranges, size and marker. */
  #refuseFrame(frame: Uint8Array, why: string): void {
    this.#refusedFrames += 1;
    if (this.#refusedFrames > REFUSALS) return;
    const size = frame.byteLength;
    const isMarked = frame[size - 1] === 0xfa && frame[size - 2] === 0xfa;
    const supplement = isMarked ? Math.min(frame[size - 3] ?? 0, size, 32) : 0;
    const tail = supplement === 0 ? null : this.#names.hex(frame.subarray(size - supplement));
    const arrivedAtMs = Math.round(this.#arrivedAtMs);
    this.#tell({ refused: 'frame', bytes: size, tail, arrivedAtMs, why: this.#names.text(why) });
  }
}

function laneFacts(ssrc: number, lane: Lane): Readonly<Record<string, unknown>> {
  const { packets, expected, padding, extension, csrc, marker, named, headers } = lane;
  const fresh = headers.slice(lane.toldHeaders);
  lane.toldHeaders = headers.length;
  return {
    ssrc,
    firstMs: Math.round(lane.firstMs),
    lastMs: Math.round(lane.lastMs),
    packets,
    lost: Math.max(0, expected - packets),
    padding,
    extension,
    csrc,
    marker,
    named: named === null ? null : { op: named.op, afterMs: Math.round(named.atMs - lane.firstMs) },
    ...(fresh.length === 0 ? {} : { headers: fresh }),
  };
}

/** What was counted, by name, without zeros; counts begin anew. */
function drain(counts: Uint32Array, nameOf: (index: number) => string): Record<string, number> {
  const told: Record<string, number> = {};
  counts.forEach((count, index) => {
    if (count > 0) told[nameOf(index)] = count;
  });
  counts.fill(0);
  return told;
}
