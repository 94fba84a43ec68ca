import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { OpusPacket } from '../../audio/opus-packet.ts';
import {
  FIRST_POSITION,
  GRID_SAMPLES,
  snapToGrid,
  toTimelinePosition,
  type TimelinePosition,
} from '../../audio/timeline-position.ts';
import { SAMPLE_RATE_HZ } from '../../base/sample-rate.ts';
import { OggOpusMuxer } from '../../ogg/ogg-opus.ts';
import { AppendFile, type AppendFileOptions } from './append-file.ts';
import { MOST_RUNS, TalkRuns, type TalkRun } from './talk-runs.ts';
import { concealment, granuleOf, silence, toLastPage, type TimedPacket } from './track-stream.ts';

/** 10 s: silence up to this length is made at once; longer silence is made in slices and holds up no other track. */
const MOST_AT_ONCE_SAMPLES = 10 * SAMPLE_RATE_HZ;

/** A queue of 64 KiB, and 2 minutes of silence. */
const WAITING_BYTES = 96 * 1024;

/** A stretch of talk as lines of the manifest and in the last event. */
const BYTES_PER_RUN = 100;

/** Packets that a slice makes: 30 s of silence, well below a millisecond of work. */
const SLICE_PACKETS = 250;

export interface TrackWriterOptions extends AppendFileOptions {
  /** `tracks/01-name.opus` */
  readonly file: string;
  /** Absolute path of the same. */
  readonly path: string;
  /** "KEY=value" each: whose track it is, for players and for a recovery. */
  readonly tags: readonly string[];
}

/** An Opus packet that was parsed and found valid, and how many packets were lost right before it. */
export interface TrackPacket {
  readonly opus: Uint8Array;
  /** By `parseOpusPacket`. */
  readonly shape: OpusPacket;
  readonly lostBefore: number;
}

/** A track that is complete on disk. */
export interface FinishedTrack {
  readonly sha256: string;
  readonly talk: TalkRun[];
  /** Samples of the recording that Tapedeck filled with silence. */
  readonly silenceAdded: number;
}

/** One speaker's append-only file: Opus packets as sent, at their positions, with concealment and silence between. */
export class TrackWriter implements AsyncDisposable {
  readonly file: string;
  readonly #disk: AppendFile;
  readonly #muxer: OggOpusMuxer;
  readonly #talk = new TalkRuns();
  /** Packets still to be muxed, in order: a long silence, and what was appended behind it. */
  readonly #queue: Iterator<TimedPacket>[] = [];
  #draining: Promise<void> | null = null;
  /** `finish` writes it again as the end of the stream. */
  #lastPage: Uint8Array;
  /** The packet appended last; losses behind it are concealed by its TOC. */
  #previous: TrackPacket | null = null;
  #end = FIRST_POSITION;
  #lastDuration = 0;
  #silenceAdded = 0;

  constructor(options: TrackWriterOptions) {
    this.file = options.file;
    this.#disk = new AppendFile(options.path, options);
    const { tags } = options;
    this.#muxer = new OggOpusMuxer({ serial: randomInt(0x1_0000_0000), tags });
    this.#lastPage = this.#muxer.headerPages();
    this.#disk.push(this.#lastPage);
  }

  /** The first position that is free. */
  get endPosition(): TimelinePosition {
    return this.#end;
  }

  /** The shortest length of a recording that cuts off less than a packet of this track. */
  get leastSamples(): number {
    return Math.max(0, this.#end - Math.max(0, this.#lastDuration - 1));
  }

  /** Samples of the recording that Tapedeck filled with silence. */
  get silenceAdded(): number {
    return this.#silenceAdded;
  }

  /**
   * Bytes that ending this track may still take on the disk, at most: what waits in memory, 2 minutes of silence, and its
   * talk map in events and manifest.
   */
  get bytesToFinish(): number {
    return WAITING_BYTES + Math.min(this.#talk.count, MOST_RUNS) * BYTES_PER_RUN;
  }

  get bytesWritten(): number {
    return this.#disk.writtenBytes;
  }

  /** What of the file is on the disk, as `AppendFile` tells it. */
  get onDisk(): AppendFile['onDisk'] {
    return this.#disk.onDisk;
  }

  /**
   * Puts an Opus packet at `position` and fills the time before it: concealment for the frames of `lostBefore` packets
   * like the one before, then silence. 'late' when the position is taken, or the disk has failed for good. Only queues
   * bytes.
   */
  append(position: TimelinePosition, packet: TrackPacket): 'written' | 'late' {
    const start = snapToGrid(position);
    if (start < this.#end || !this.#disk.takes) return 'late';
    const { opus, shape, lostBefore } = packet;
    this.#fill(start, lostBefore);
    const { durationSamples } = shape;
    const timed = { packet: opus, durationSamples };
    if (this.#draining === null) this.#mux(timed);
    else this.#enqueue([timed], durationSamples);
    this.#talk.add({ position: start, durationSamples, packet: opus });
    this.#end = toTimelinePosition(start + durationSamples);
    this.#lastDuration = durationSamples;
    this.#previous = packet;
    return 'written';
  }

  /** Fills with silence up to `samples`, snapped to the grid; an earlier packet is late from then on. */
  padTo(samples: number): void {
    const target = snapToGrid(samples);
    if (target <= this.#end || !this.#disk.takes) return;
    this.#silenceAdded += Math.max(0, target) - Math.max(0, this.#end);
    this.#enqueue(silence(target - this.#end), target - this.#end);
    this.#end = target;
    this.#lastDuration = GRID_SAMPLES;
  }

  /** Writes the page under way and syncs the file. Never rejects: a failure goes to `onError`. */
  flush(): Promise<void> {
    if (this.#draining === null) this.#flushPage();
    return this.#disk.flush();
  }

  /**
   * Ends the track at `samples`, at least `leastSamples`, and closes the file; bytes that a full disk kept out are tried
   * once more. Null when the disk failed.
   */
  async finish(samples: number): Promise<FinishedTrack | null> {
    const over = Math.ceil(-((samples - FIRST_POSITION) % GRID_SAMPLES)) + GRID_SAMPLES;
    const paddedTo = samples + (over % GRID_SAMPLES);
    if (paddedTo > this.#end) {
      this.padTo(paddedTo);
      this.#silenceAdded -= paddedTo - samples; // trimmed samples are not in the recording
    }
    await this.#draining;
    this.#flushPage();
    await this.#disk.retry();
    if (this.#isIntact) {
      this.#lastPage = toLastPage(this.#lastPage, granuleOf(samples));
      await this.#disk.replaceLast(this.#lastPage);
    }
    await this.#disk.close();
    if (!this.#isIntact) return null;
    const { sha256 } = this.onDisk;
    return { sha256, talk: this.#talk.runs(samples), silenceAdded: this.#silenceAdded };
  }

  /** Closes the file as it is. */
  async close(): Promise<void> {
    await this.#draining;
    await this.#disk.close();
  }

  /** Removes the file; what is appended from here on is late. Throws the system's error. */
  async discard(): Promise<void> {
    const discarded = this.#disk.discard();
    this.#queue.length = 0;
    await discarded;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** False after a disk error: the file then has to be sealed by `sealTrack`. */
  get #isIntact(): boolean {
    return this.#disk.failure === null;
  }

  #fill(start: TimelinePosition, lostPackets: number): void {
    const room = start - this.#end;
    if (room === 0) return;
    const lost = this.#lostFrames(lostPackets, room);
    if (lost.frameCount > 0 && this.#previous !== null)
      this.#enqueue(concealment(this.#previous.opus, lost.frameCount), lost.samples);
    const rest = room - lost.samples;
    if (rest === 0) return;
    this.#enqueue(silence(rest), rest);
    this.#silenceAdded += Math.max(0, start - Math.max(0, start - rest));
  }

  /** How many frames to conceal, as far as there is room. */
  #lostFrames(lostPackets: number, room: number): { frameCount: number; samples: number } {
    if (this.#previous === null || lostPackets === 0) return { frameCount: 0, samples: 0 };
    const { frameCount, frameSamples } = this.#previous.shape;
    const fitting = Math.min(lostPackets * frameCount, Math.floor(room / frameSamples));
    return { frameCount: fitting, samples: fitting * frameSamples };
  }

  /** Muxes up to 10 s at once while the queue is empty; otherwise queues the packets, to be muxed in slices. */
  #enqueue(packets: Iterable<TimedPacket>, samples: number): void {
    if (this.#draining === null && samples <= MOST_AT_ONCE_SAMPLES) {
      for (const packet of packets) this.#mux(packet);
      return;
    }
    this.#queue.push(packets[Symbol.iterator]());
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = null;
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await setImmediate();
      this.#slice();
    }
  }

  #slice(): void {
    for (let made = 0; made < SLICE_PACKETS; made += 1) {
      const next = this.#queue[0]?.next();
      if (next === undefined) return;
      if (next.done === true) this.#queue.shift();
      else this.#mux(next.value);
    }
  }

  #mux({ packet, durationSamples }: TimedPacket): void {
    for (const page of this.#muxer.push(packet, durationSamples)) this.#write(page);
  }

  #flushPage(): void {
    const page = this.#muxer.flush();
    if (page !== null) this.#write(page);
  }

  #write(page: Uint8Array): void {
    this.#lastPage = page;
    this.#disk.push(page);
  }
}
