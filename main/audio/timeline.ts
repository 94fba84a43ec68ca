import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { timestampDistance } from '../rtp/sequence.ts';
import type { RtpTimestamp } from '../rtp/rtp-timestamp.ts';
import { ArrivalOffsets, KEPT_PACKETS, type Estimate } from './arrival-offsets.ts';
import { OffsetBounds } from './offset-bounds.ts';
import {
  FIRST_POSITION,
  GRID_SAMPLES,
  snapToGrid,
  toTimelinePosition,
  type TimelinePosition,
} from './timeline-position.ts';

/** What the time line needs of a packet. Times and durations are 48 kHz samples, times counted from sample 0. */
export interface ArrivedPacket {
  readonly timestamp: RtpTimestamp;
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  /** When this process read the packet, which arrived no later. */
  readonly arrivedAtSamples: number;
  /** When the packet arrived at the earliest; left out when it was read as soon as it arrived. */
  readonly earliestAtSamples?: number;
  readonly durationSamples: number;
  /** How many times the sender has begun to count anew. Left out: never. */
  readonly numbering?: number;
}

/** Where a packet belongs on the recording. */
export interface Placement {
  /**
   * First sample of the packet. The track refuses the packet as late when another stream or silence has that sample.
   */
  readonly position: TimelinePosition;
  /** True where arrival times set the place: at a talkspurt, a jump of the sender's clock, or a drift above 200 ms. */
  readonly startsTalkspurt: boolean;
}

/**
 * How much later than its RTP time says a packet has to arrive, in samples, to show that the sender's clock stood still
 * meanwhile. It depends on what the clock has done so far:
 */
const FROZEN_PAUSE: Readonly<Record<SenderClock, number>> = {
  /** Not known yet: longer than networks hold packets back as a rule. */
  unknown: 400 * SAMPLES_PER_MS,
  /** Stood still in silence (bots): even a short pause is found at its real length. */
  frozen: 80 * SAMPLES_PER_MS,
  /** Went on in silence (official clients): a packet up to 3 s late is the network's doing. */
  running: 3_000 * SAMPLES_PER_MS,
};

/**
 * A pause of the RTP clock is real when the packet behind the pause arrives within 400 ms of its RTP time: room for
 * jitter and for one packet held back.
 */
const CONFIRMED = 400 * SAMPLES_PER_MS;

/** Shorter pauses of the RTP clock belong to the talkspurt: within it frames stay exactly as far apart as they were sent. */
const SHORTEST_PAUSE = 200 * SAMPLES_PER_MS;

/** A longer pause of the RTP clock that arrival confirms shows a clock that goes on in silence. */
const TELLING_PAUSE = 400 * SAMPLES_PER_MS;

/**
 * No packet is placed more than 5 s after its arrival: no jitter buffer is that long, so it is a flood or a broken
 * clock.
 */
const MOST_AHEAD = 5_000 * SAMPLES_PER_MS;

/** In a talkspurt without pauses (music), RTP clock and arrival are compared every 512 packets. */
const DRIFT_CHECK_PACKETS = 512;

/** A comparison sets the place right when arrival is ahead by more than this: half an hour of a clock 100 ppm off. */
const MOST_DRIFT = 200 * SAMPLES_PER_MS;

/**
 * A pause leaves the anchor alone when the clocks agree within 5 ms: the rest is jitter, and moving the anchor would be
 * heard.
 */
const AGREEMENT = 5 * SAMPLES_PER_MS;

/**
 * A sender that counts anew in its numbers goes on by the same clock when its packets arrive within 20 ms of their RTP
 * time: a clock that begins anew is further off.
 */
const SAME_CLOCK = 20 * SAMPLES_PER_MS;

/**
 * A clock that is this much further ahead, from one packet to the next, than the time between their arrivals has begun
 * anew: the earlier packet was not held so long.
 */
const MOST_LEAP = 5_000 * SAMPLES_PER_MS;

/**
 * Two estimates of one person's place, of an SSRC and of the one that follows it, are off by the network's jitter: by so
 * much at most.
 */
const MOST_OVERLAP = 100 * SAMPLES_PER_MS;

/** A packet and 3 behind it tell a pause of the sender from one packet that was held back. */
const TELLING_PACKETS = 4;

/** What a sender's RTP clock does while nobody speaks. */
type SenderClock = 'unknown' | 'running' | 'frozen';

/** The time since the sender's clock last jumped, and the offset as last estimated; its `count` is 0 before that. */
interface Era extends Estimate {
  /** Number of the first packet: arrivals of earlier packets say nothing about the clock. */
  readonly firstSequence: number;
}

/** An RTP time and its position on the recording, in samples: within a talkspurt every place is counted from it. */
interface Anchor {
  readonly rtpTime: number;
  readonly position: number;
}

/** The packet placed last. */
interface Placed {
  readonly sequence: number;
  readonly rtpTime: number;
  readonly durationSamples: number;
  readonly numbering: number;
}

/** The newest packet observed. */
interface Clock {
  readonly timestamp: RtpTimestamp;
  /** Unwrapped. */
  readonly rtpTime: number;
  readonly arrivedAtSamples: number;
  readonly numbering: number;
}

/**
 * Places one SSRC's packets on the recording. Positions are on the 2.5 ms grid, from `FIRST_POSITION` on, and never
 * before the end of the packet placed last. Within a talkspurt the sender's RTP clock rules; where a talkspurt starts,
 * arrival times do, filtered of the network's jitter.
 */
export class Timeline {
  readonly #offsets = new ArrivalOffsets();
  #clock: Clock | null = null;
  /**
   * Numbers of packets observed and not yet placed at which the clock begins anew: what arrives from there on says nothing
   * about the packets before.
   */
  #leaps: number[] = [];
  /** Highest sequence number observed. */
  #observedTo = -Infinity;
  #kind: SenderClock = 'unknown';
  #era: Era = { firstSequence: -Infinity, offsetSamples: 0, count: 0 };
  #anchor: Anchor = { rtpTime: 0, position: 0 };
  #last: Placed | null = null;
  #end: number = FIRST_POSITION;
  #sinceCheck = 0;
  /** Offsets of packets that were read late: upper bounds. */
  readonly #bounds = new OffsetBounds();

  /**
   * Notes when a packet arrived, before its turn to be placed: packets behind the first of a talkspurt show where the
   * talkspurt belongs. Optional, since `place` observes a packet that is newer than all observed.
   */
  observe(packet: ArrivedPacket): void {
    const rtpTime = this.#unwrap(packet);
    const { sequence, arrivedAtSamples, earliestAtSamples = arrivedAtSamples } = packet;
    if (sequence > this.#observedTo) this.#advance(packet, rtpTime);
    const offset = arrivedAtSamples - rtpTime;
    if (earliestAtSamples === arrivedAtSamples) this.#offsets.add(sequence, offset);
    else this.#bounds.add(sequence, offset);
    this.#observedTo = Math.max(this.#observedTo, sequence);
  }

  /**
   * The packet's place. To be called in order of the sequence numbers. Null, with nothing placed, when the place would
   * be more than 5 s after the packet's arrival. `freeFrom`: what comes before is taken, by another SSRC of the person;
   * a talkspurt that would begin up to 100 ms before goes on from there.
   */
  place(packet: ArrivedPacket, freeFrom = FIRST_POSITION): Placement | null {
    if (packet.sequence > this.#observedTo) this.observe(packet);
    const rtpTime = this.#unwrap(packet);
    const step = this.#judge(packet, rtpTime);
    while ((this.#leaps[0] ?? Infinity) <= packet.sequence) this.#leaps.shift();
    if (step === 'jump') this.#beginEra(packet, rtpTime);
    if (step !== 'goes-on') {
      this.#estimateEra();
      // Where the estimate would put the packet more than 5 s into the future, anchor at the packet's arrival instead.
      if (rtpTime + this.#era.offsetSamples > packet.arrivedAtSamples + MOST_AHEAD)
        this.#beginEra(packet, rtpTime);
      const wanted = rtpTime + this.#era.offsetSamples;
      const expected = this.#anchor.position + rtpTime - this.#anchor.rtpTime;
      if (step === 'jump' || Math.abs(wanted - expected) > AGREEMENT) {
        const position = Math.max(snapToGrid(wanted), this.#end);
        const goesOnThere = freeFrom > position && freeFrom <= position + MOST_OVERLAP;
        this.#anchor = { rtpTime, position: goesOnThere ? freeFrom : position };
      }
    }
    const steps = Math.round((rtpTime - this.#anchor.rtpTime) / GRID_SAMPLES);
    const position = Math.max(this.#anchor.position + steps * GRID_SAMPLES, this.#end);
    const startsTalkspurt = step !== 'goes-on';
    if (position > packet.arrivedAtSamples + MOST_AHEAD && this.#end > FIRST_POSITION) return null;
    const { sequence, durationSamples, numbering = 0 } = packet;
    this.#last = { sequence, rtpTime, durationSamples, numbering };
    this.#end = position + packet.durationSamples;
    return { position: toTimelinePosition(position), startsTalkspurt };
  }

  /** Whether a packet goes on in its talkspurt, starts one by the same clock, or shows that the clock jumped. */
  #judge(packet: ArrivedPacket, rtpTime: number): 'goes-on' | 'pause' | 'jump' {
    const last = this.#last;
    if (last === null) return 'jump';
    if ((packet.numbering ?? 0) !== last.numbering) return this.#judgeAnew(packet, rtpTime);
    if (rtpTime < last.rtpTime) return 'jump'; // the clock leapt back
    const lostNumbers = packet.sequence - last.sequence - 1;
    const lead = rtpTime - last.rtpTime - last.durationSamples;
    const pause = lead - lostNumbers * Math.max(last.durationSamples, packet.durationSamples);
    const late = this.#lateness(packet, rtpTime);
    if (pause > SHORTEST_PAUSE) {
      if (Math.abs(late) > CONFIRMED) return 'jump';
      if (pause > TELLING_PAUSE) this.#kind = 'running';
      return 'pause';
    }
    if (late < -CONFIRMED) return 'jump'; // earlier than any network: the clock leapt ahead
    if (late > FROZEN_PAUSE[this.#kind]) {
      if (this.#kind === 'unknown' && lead >= 0) this.#kind = 'frozen';
      return 'jump';
    }
    return this.#drifted(rtpTime) ? 'pause' : 'goes-on';
  }

  /** The sender counts anew: whether its clock goes on. */
  #judgeAnew(packet: ArrivedPacket, rtpTime: number): 'pause' | 'jump' {
    const { sequence, arrivedAtSamples, earliestAtSamples = arrivedAtSamples } = packet;
    const ahead = this.#offsets.estimate(sequence, this.#nextLeap(sequence));
    const expected = rtpTime + this.#era.offsetSamples;
    const isAsked = ahead !== null && ahead.count >= TELLING_PACKETS;
    const latest = isAsked ? rtpTime + ahead.offsetSamples : arrivedAtSamples;
    const earliest = isAsked ? latest : earliestAtSamples;
    const goesOn = expected >= earliest - SAME_CLOCK && expected <= latest + SAME_CLOCK;
    return goesOn ? 'pause' : 'jump';
  }

  /**
   * Samples by which the packet arrived later than the clock of the era says. When that is more than 80 ms, or the
   * packet was read late, packets behind it are asked too: one packet held back is no pause.
   */
  #lateness(packet: ArrivedPacket, rtpTime: number): number {
    const { sequence, arrivedAtSamples, earliestAtSamples = arrivedAtSamples } = packet;
    const expected = rtpTime + this.#era.offsetSamples;
    const latest = arrivedAtSamples - expected;
    const own = Math.min(latest, Math.max(0, earliestAtSamples - expected));
    const isCertain = earliestAtSamples === arrivedAtSamples;
    if (isCertain && Math.abs(own) <= FROZEN_PAUSE.frozen) return own;
    const ahead = this.#offsets.estimate(sequence, this.#nextLeap(sequence));
    if (ahead === null || ahead.count < TELLING_PACKETS) return own;
    const late = ahead.offsetSamples - this.#era.offsetSamples;
    return isCertain ? late : Math.min(latest, late);
  }

  #beginEra({ sequence, arrivedAtSamples }: ArrivedPacket, rtpTime: number): void {
    const offsetSamples = arrivedAtSamples - rtpTime; // until estimated
    this.#era = { firstSequence: sequence, offsetSamples, count: 0 };
  }

  #estimateEra(): void {
    const estimate = this.#estimate();
    if (estimate === null) return;
    this.#era = { ...this.#era, ...estimate };
    this.#sinceCheck = 0;
  }

  /**
   * The offset by the packets of the era that were read when they arrived; by the bounds of those that were read late
   * where there are no others, or where a bound is more than 80 ms below.
   */
  #estimate(): Estimate | null {
    const { firstSequence } = this.#era;
    const [leap = Infinity] = this.#leaps;
    const estimate = this.#offsets.estimate(firstSequence, leap);
    // The bound is no older than the packets of the estimate, since clocks drift.
    const oldest = Math.max(firstSequence, this.#observedTo - KEPT_PACKETS);
    const bound = this.#bounds.least(oldest, leap);
    if (estimate === null || bound === null) return estimate ?? bound;
    const isRefuted = bound.offsetSamples < estimate.offsetSamples - FROZEN_PAUSE.frozen;
    return isRefuted ? bound : estimate;
  }

  /**
   * Whether the places of a talkspurt without pauses have fallen more than 200 ms behind arrival. Compares after as
   * many packets as the last estimate was made of, 8 to 512, and estimates anew.
   */
  #drifted(rtpTime: number): boolean {
    this.#sinceCheck += 1;
    if (this.#sinceCheck < Math.min(DRIFT_CHECK_PACKETS, Math.max(8, this.#era.count)))
      return false;
    this.#estimateEra();
    const placed = this.#anchor.position + rtpTime - this.#anchor.rtpTime;
    return rtpTime + this.#era.offsetSamples - placed > MOST_DRIFT;
  }

  /** The first number behind that one at which the clock begins anew; Infinity without one. */
  #nextLeap(sequence: number): number {
    return this.#leaps.find((leap) => leap > sequence) ?? Infinity;
  }

  /** Takes a packet that is newer than all, and notes where the clock begins anew. */
  #advance(
    { timestamp, sequence, arrivedAtSamples, numbering = 0 }: ArrivedPacket,
    rtpTime: number,
  ): void {
    const clock = this.#clock;
    if (clock !== null) {
      const step = rtpTime - clock.rtpTime;
      const waited = arrivedAtSamples - clock.arrivedAtSamples;
      if (numbering !== clock.numbering || step < 0 || step > waited + MOST_LEAP)
        this.#leaps.push(sequence);
    }
    this.#clock = { timestamp, rtpTime, arrivedAtSamples, numbering };
  }

  /** RTP time without wraps, counted from the first packet. */
  #unwrap({ timestamp }: ArrivedPacket): number {
    const clock = this.#clock;
    return clock === null ? 0 : clock.rtpTime + timestampDistance(timestamp, clock.timestamp);
  }
}
