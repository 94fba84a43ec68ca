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

export interface ArrivedPacket {
  readonly timestamp: RtpTimestamp;
  /** Extended: a plain integer, no wrap. */
  readonly sequence: number;
  /** When it was read, in samples since the recording began; it arrived no later. */
  readonly arrivedAtSamples: number;
  /** When it arrived at the earliest; left out when it was read as soon as it arrived. */
  readonly earliestAtSamples?: number;
  readonly durationSamples: number;
}

export interface Placement {
  /** Where its place is taken, the packet is late: the track refuses it. */
  readonly position: TimelinePosition;
  /** Whether the time line was set anew by the arrival clock here. */
  readonly startsTalkspurt: boolean;
}

const MS = 48;

/** A pause on the arrival clock that the RTP clock does not know is a sender whose clock stood still, when longer than: */
const FROZEN_PAUSE: Readonly<Record<SenderClock, number>> = {
  /** Longer than networks hold packets back as a rule. */
  unknown: 400 * MS,
  /** Seen to stand still in silence (bots): their pauses are found at their real length. */
  frozen: 80 * MS,
  /** Seen to go on in silence (official clients): what comes late is the network's doing, or a computer that slept. */
  running: 3_000 * MS,
};

/** An RTP pause counts as real when arrival confirms it this well: jitter and one packet held back. */
const CONFIRMED = 400 * MS;

/** Shorter pauses of the RTP clock belong to the talkspurt: within it frames stay exactly as far apart as they were sent. */
const SHORTEST_PAUSE = 200 * MS;

/** From this length on a pause tells the two kinds of clock apart. */
const TELLING_PAUSE = 400 * MS;

/** More than any jitter buffer's worth ahead of its arrival, a packet is not believed: a flood, or a broken clock. */
const MOST_AHEAD = 5_000 * MS;

/** Within a spurt that never ends (music) the clocks are compared so often, in packets, … */
const DRIFT_CHECK_PACKETS = 512;

/** … and set right when they are so far apart: half an hour of a clock 100 ppm off. */
const MOST_DRIFT = 200 * MS;

/** A pause leaves the time line alone when the clocks agree this well: what is left is jitter, and setting it right is heard. */
const AGREEMENT = 5 * MS;

/** Looking ahead, so many packets tell a pause of the sender from one packet that was held back. */
const TELLING_PACKETS = 4;

/** What a sender's RTP clock does while nobody speaks. */
type SenderClock = 'unknown' | 'running' | 'frozen';

/** An RTP time pinned to a place: within a talkspurt the RTP clock rules. */
interface Anchor {
  readonly rtpTime: number;
  readonly position: number;
}

/** The packet placed last. */
interface Placed {
  readonly sequence: number;
  readonly rtpTime: number;
  readonly durationSamples: number;
}

/**
 * One SSRC's clock on the recording: packets in order of their numbers, each to the sample where its sender's clock
 * puts it. Where a talkspurt starts, the clock is set by arrival times, filtered of the network's jitter.
 */
export class Timeline {
  readonly #offsets = new ArrivalOffsets();
  /** Unwrapped time of the newest packet known, and its timestamp. */
  #clock: { readonly timestamp: RtpTimestamp; readonly rtpTime: number } | null = null;
  #observedTo = -Infinity;
  #kind: SenderClock = 'unknown';
  /** First packet since the sender's clock last jumped: arrivals before it say nothing about it. */
  #eraStart = -Infinity;
  /** Arrival minus RTP time of this era as last estimated. */
  #eraOffset = 0;
  #eraCount = 0;
  #anchor: Anchor = { rtpTime: 0, position: 0 };
  #last: Placed | null = null;
  #end: number = FIRST_POSITION;
  #sinceCheck = 0;
  /** Of packets that were read late: they arrived no later, and the last of them hardly earlier. */
  readonly #bounds = new OffsetBounds();

  /**
   * Tells of a packet when it arrives, before it is its turn to be placed: what follows a talkspurt's first packet shows
   * where the talkspurt belongs. Optional; `place` makes up for it.
   */
  observe(packet: ArrivedPacket): void {
    const rtpTime = this.#unwrap(packet);
    const { sequence, arrivedAtSamples, earliestAtSamples = arrivedAtSamples } = packet;
    const offset = arrivedAtSamples - rtpTime;
    if (earliestAtSamples === arrivedAtSamples) this.#offsets.add(sequence, offset);
    else this.#bounds.add(sequence, offset);
    this.#observedTo = Math.max(this.#observedTo, sequence);
  }

  /**
   * The packet's place. To be called in order of the sequence numbers. Null when the place would be more than 5 s after
   * the packet's arrival: a flood, or a broken clock.
   */
  place(packet: ArrivedPacket): Placement | null {
    if (packet.sequence > this.#observedTo) this.observe(packet);
    const rtpTime = this.#unwrap(packet);
    const step = this.#judge(packet, rtpTime);
    if (step === 'jump') this.#beginEra(packet, rtpTime);
    if (step !== 'goes-on') {
      this.#estimateEra();
      // Where the estimate would put the packet more than 5 s into the future, anchor at the packet's arrival instead.
      if (rtpTime + this.#eraOffset > packet.arrivedAtSamples + MOST_AHEAD)
        this.#beginEra(packet, rtpTime);
      const wanted = rtpTime + this.#eraOffset;
      const expected = this.#anchor.position + rtpTime - this.#anchor.rtpTime;
      if (step === 'jump' || Math.abs(wanted - expected) > AGREEMENT) {
        this.#anchor = { rtpTime, position: Math.max(snapToGrid(wanted), this.#end) };
      }
    }
    const steps = Math.round((rtpTime - this.#anchor.rtpTime) / GRID_SAMPLES);
    const position = Math.max(this.#anchor.position + steps * GRID_SAMPLES, this.#end);
    const startsTalkspurt = step !== 'goes-on';
    if (position > packet.arrivedAtSamples + MOST_AHEAD && this.#end > FIRST_POSITION) return null;
    this.#last = { sequence: packet.sequence, rtpTime, durationSamples: packet.durationSamples };
    this.#end = position + packet.durationSamples;
    return { position: toTimelinePosition(position), startsTalkspurt };
  }

  /** Whether a packet goes on in its talkspurt, starts one by the same clock, or shows that the clock jumped. */
  #judge(packet: ArrivedPacket, rtpTime: number): 'goes-on' | 'pause' | 'jump' {
    const last = this.#last;
    if (last === null) return 'jump';
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

  /** How much later than the era's clock says the packet arrived, or as much as those behind it show to be the sender's doing. */
  #lateness(packet: ArrivedPacket, rtpTime: number): number {
    const { sequence, arrivedAtSamples, earliestAtSamples = arrivedAtSamples } = packet;
    const expected = rtpTime + this.#eraOffset;
    const latest = arrivedAtSamples - expected;
    const own = Math.min(latest, Math.max(0, earliestAtSamples - expected));
    const isCertain = earliestAtSamples === arrivedAtSamples;
    if (isCertain && Math.abs(own) <= FROZEN_PAUSE.frozen) return own;
    const ahead = this.#offsets.estimate(sequence);
    if (ahead === null || ahead.count < TELLING_PACKETS) return own;
    const late = ahead.offsetSamples - this.#eraOffset;
    return isCertain ? late : Math.min(latest, late);
  }

  #beginEra({ sequence, arrivedAtSamples }: ArrivedPacket, rtpTime: number): void {
    this.#eraStart = sequence;
    this.#eraCount = 0;
    this.#eraOffset = arrivedAtSamples - rtpTime; // until estimated
  }

  #estimateEra(): void {
    const estimate = this.#estimate();
    if (estimate === null) return;
    this.#eraOffset = estimate.offsetSamples;
    this.#eraCount = estimate.count;
    this.#sinceCheck = 0;
  }

  /** Packets that were read when they arrived tell more, unless others cannot have arrived so late. */
  #estimate(): Estimate | null {
    const estimate = this.#offsets.estimate(this.#eraStart);
    // No older than what it is held against: clocks drift.
    const oldest = Math.max(this.#eraStart, this.#observedTo - KEPT_PACKETS);
    const bound = this.#bounds.least(oldest);
    if (estimate === null || bound === null) return estimate ?? bound;
    const isRefuted = bound.offsetSamples < estimate.offsetSamples - FROZEN_PAUSE.frozen;
    return isRefuted ? bound : estimate;
  }

  /** Every so often: has a spurt that never ends run away from the arrival clock? Early on the estimate is refined. */
  #drifted(rtpTime: number): boolean {
    this.#sinceCheck += 1;
    if (this.#sinceCheck < Math.min(DRIFT_CHECK_PACKETS, Math.max(8, this.#eraCount))) return false;
    this.#estimateEra();
    const placed = this.#anchor.position + rtpTime - this.#anchor.rtpTime;
    return rtpTime + this.#eraOffset - placed > MOST_DRIFT;
  }

  /** RTP time without wraps, counted from the first packet. */
  #unwrap({ timestamp, sequence }: ArrivedPacket): number {
    const clock = this.#clock ?? { timestamp, rtpTime: 0 };
    const rtpTime = clock.rtpTime + timestampDistance(timestamp, clock.timestamp);
    if (this.#clock === null || sequence > this.#observedTo) this.#clock = { timestamp, rtpTime };
    return rtpTime;
  }
}
