import { Timeline } from '../../main/audio/timeline.ts';
import { type RtpTimestamp, toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { type BufferedPacket, JitterBuffer, SETTLE_MS } from '../../main/rtp/jitter-buffer.ts';

/** What happens to one speaker's packets; times in milliseconds. */
export interface Impairment {
  readonly seed: number;
  readonly minutes: number;
  readonly clock?: 'running' | 'frozen';
  readonly jitterMs?: number;
  /** A talkspurt's first packet is delayed by up to this much more. */
  readonly firstHeldMs?: number;
  readonly loss?: number;
  readonly driftPpm?: number;
  readonly spurtMs?: readonly [number, number];
  readonly pauseMs?: readonly [number, number];
  readonly observe?: 'yes' | 'no';
}

/** How far a packet was placed from its time on the sender's clock, and in which talkspurt it is. */
export interface PlacementError {
  readonly errorMs: number;
  readonly spurt: number;
}

const BASE_DELAY_MS = 40;

/**
 * Sends talkspurts through a simulated network, a jitter buffer and a time line, and gives where each packet was
 * placed.
 */
export function simulate(impairment: Impairment): PlacementError[] {
  const random = randomFrom(impairment.seed);
  const sent = speech(impairment, random);
  const arrivals = sent
    .filter((_, index) => index === 0 || random() >= (impairment.loss ?? 0))
    .map((packet) => ({
      ...packet,
      arrivedAtMs: packet.sentMs + delay(impairment, packet, random),
    }))
    .sort((a, b) => a.arrivedAtMs - b.arrivedAtMs);
  const sentBySequence = new Map(sent.map((packet) => [packet.sequence, packet]));
  const buffer = new JitterBuffer<BufferedSpeech>({ settleMs: SETTLE_MS });
  const timeline = new Timeline();
  const placements: PlacementError[] = [];
  const place = (nowMs: number): void => {
    for (const { packet } of buffer.ready(nowMs)) {
      const { sequence, timestamp, arrival } = packet;
      const placed = timeline.place(toArrived(sequence, timestamp, arrival.latestMs));
      if (placed === null) throw new Error('a packet was refused its place');
      const truth = sentBySequence.get(sequence);
      if (truth === undefined) throw new Error('a packet that nobody sent');
      placements.push({ errorMs: placed.position / 48 - truth.sentMs, spurt: truth.spurt });
    }
  };
  let tickMs = 0;
  for (const { sequence, timestamp, arrivedAtMs } of arrivals) {
    for (; tickMs < arrivedAtMs; tickMs += 20) place(tickMs);
    if (impairment.observe !== 'no') timeline.observe(toArrived(sequence, timestamp, arrivedAtMs));
    const arrival = { latestMs: arrivedAtMs, earliestMs: arrivedAtMs };
    buffer.push({ sequence, timestamp, arrival });
    place(arrivedAtMs);
  }
  place(Infinity);
  return placements;
}

const toArrived = (sequence: number, timestamp: ReturnType<typeof toRtpTimestamp>, ms: number) => ({
  sequence,
  timestamp,
  arrivedAtSamples: Math.round(ms * 48),
  durationSamples: 960,
});

interface BufferedSpeech extends BufferedPacket {
  readonly timestamp: RtpTimestamp;
}

interface Sent {
  readonly sequence: number;
  readonly timestamp: ReturnType<typeof toRtpTimestamp>;
  readonly sentMs: number;
  readonly spurt: number;
  readonly first: boolean;
}

/** Packets of 20 ms; five silence frames end each talkspurt, as with Discord's clients. */
function speech(impairment: Impairment, random: () => number): Sent[] {
  const [leastSpurt, mostSpurt] = impairment.spurtMs ?? [1_000, 12_000];
  const [leastPause, mostPause] = impairment.pauseMs ?? [300, 5_000];
  const tickMs = 20 / (1 + (impairment.driftPpm ?? 0) / 1e6); // a sender with a fast clock sends sooner
  const start = Math.floor(random() * 2 ** 32);
  const sent: Sent[] = [];
  let tick = Math.floor(random() * 100);
  let timestampTicks = 0;
  for (let spurt = 0; tick * tickMs < impairment.minutes * 60_000; spurt += 1) {
    const count = Math.round((leastSpurt + random() * (mostSpurt - leastSpurt)) / 20) + 5;
    for (let index = 0; index < count; index += 1) {
      sent.push({
        sequence: 65_000 + sent.length,
        timestamp: toRtpTimestamp(start + timestampTicks * 960),
        sentMs: tick * tickMs,
        spurt,
        first: index === 0,
      });
      tick += 1;
      timestampTicks += 1;
    }
    const pause = Math.round((leastPause + random() * (mostPause - leastPause)) / 20);
    tick += pause;
    if (impairment.clock !== 'frozen') timestampTicks += pause;
  }
  return sent;
}

function delay(impairment: Impairment, packet: Sent, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const held = packet.first ? random() * (impairment.firstHeldMs ?? 0) : 0;
  return Math.max(0, BASE_DELAY_MS + normal * (impairment.jitterMs ?? 0) + held);
}

/** Park and Miller's generator: the same numbers on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Largest difference of an error from the median error, in ms: an offset common to all packets is no error. */
export function worstErrorMs(placements: readonly PlacementError[]): number {
  const errors = placements.map(({ errorMs }) => errorMs).sort((a, b) => a - b);
  const middle = errors[Math.floor(errors.length / 2)] ?? 0;
  return Math.max(middle - (errors[0] ?? 0), (errors.at(-1) ?? 0) - middle);
}
