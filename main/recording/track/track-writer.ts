import { createHash, randomInt, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { OpusPacket } from '../../audio/opus-packet.ts';
import {
  FIRST_POSITION,
  GRID_SAMPLES,
  snapToGrid,
  toTimelinePosition,
  type TimelinePosition,
} from '../../audio/timeline-position.ts';
import { OggOpusMuxer } from '../../ogg/ogg-opus.ts';
import { AppendFile, type AppendFileOptions } from './append-file.ts';
import { TalkRuns, type TalkRun } from './talk-runs.ts';
import { concealment, granuleOf, silence, toLastPage, type TimedPacket } from './track-stream.ts';

/** Silence up to this length is made at once; more waits in line, so that no packet of any track waits for it. */
const MOST_AT_ONCE_SAMPLES = 10 * 48_000;

/** Packets made before others get their turn: 30 s of silence, well below a millisecond. */
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
  readonly talk: readonly TalkRun[];
  /** Samples of the recording that Tapedeck filled with silence. */
  readonly silenceAdded: number;
}

/** One speaker's append-only file: Opus packets as sent, at their places, and what fills the time between them. */
export class TrackWriter implements AsyncDisposable {
  readonly file: string;
  readonly #disk: AppendFile;
  readonly #muxer: OggOpusMuxer;
  /** Over everything before the last page, which is written anew when it turns out to be the last. */
  readonly #hash: Hash = createHash('sha256');
  readonly #talk = new TalkRuns();
  /** What waits behind a long silence, in order. */
  readonly #line: Iterator<TimedPacket>[] = [];
  #atWork: Promise<void> | null = null;
  #lastPage: Uint8Array;
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

  /** Where the next packet can go at the earliest. */
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

  get bytesWritten(): number {
    return this.#disk.writtenBytes;
  }

  /**
   * Puts an Opus packet at that place and fills the time since the packet before: concealment for as many frames as the
   * lost packets held, by the packet before, then silence. 'late' when the place is taken, or the disk has failed for
   * good. Only queues bytes.
   */
  append(position: TimelinePosition, packet: TrackPacket): 'written' | 'late' {
    const start = snapToGrid(position);
    if (start < this.#end || !this.#disk.takes) return 'late';
    const { opus, shape, lostBefore } = packet;
    this.#fill(start, lostBefore);
    const { durationSamples } = shape;
    const timed = { packet: opus, durationSamples };
    if (this.#atWork === null) this.#mux(timed);
    else this.#enqueue([timed], durationSamples);
    this.#talk.add({ position: start, durationSamples, packet: opus });
    this.#end = toTimelinePosition(start + durationSamples);
    this.#lastDuration = durationSamples;
    this.#previous = packet;
    return 'written';
  }

  /** Fills with silence up to `samples` (the nearest place on the grid), where nothing can come any more. */
  padTo(samples: number): void {
    const target = snapToGrid(samples);
    if (target <= this.#end || !this.#disk.takes) return;
    this.#silenceAdded += Math.max(0, target) - Math.max(0, this.#end);
    this.#enqueue(silence(target - this.#end), target - this.#end);
    this.#end = target;
    this.#lastDuration = GRID_SAMPLES;
  }

  /** Sends the page under way after the others and brings everything to the disk. Never rejects. */
  flush(): Promise<void> {
    if (this.#atWork === null) this.#flushPage();
    return this.#disk.flush();
  }

  /**
   * Ends the track at `samples`, at least `leastSamples`, and closes the file; what a full disk kept out is tried once
   * more. Null when the disk failed.
   */
  async finish(samples: number): Promise<FinishedTrack | null> {
    const over = Math.ceil(-((samples - FIRST_POSITION) % GRID_SAMPLES)) + GRID_SAMPLES;
    const paddedTo = samples + (over % GRID_SAMPLES);
    if (paddedTo > this.#end) {
      this.padTo(paddedTo);
      this.#silenceAdded -= paddedTo - samples; // what is trimmed is not in the recording
    }
    await this.#atWork;
    this.#flushPage();
    await this.#disk.retry();
    if (this.#sound) {
      this.#lastPage = toLastPage(this.#lastPage, granuleOf(samples));
      await this.#disk.replaceLast(this.#lastPage);
    }
    await this.#disk.close();
    if (!this.#sound) return null;
    const sha256 = this.#hash.update(this.#lastPage).digest('hex');
    return { sha256, talk: this.#talk.runs(), silenceAdded: this.#silenceAdded };
  }

  /** Closes the file as it is. */
  async close(): Promise<void> {
    await this.#atWork;
    await this.#disk.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** False after a disk error: the file then has to be closed from what is in it. */
  get #sound(): boolean {
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

  /** At once where that is little and nothing waits; otherwise in line, in slices. */
  #enqueue(packets: Iterable<TimedPacket>, samples: number): void {
    if (this.#atWork === null && samples <= MOST_AT_ONCE_SAMPLES) {
      for (const packet of packets) this.#mux(packet);
      return;
    }
    this.#line.push(packets[Symbol.iterator]());
    this.#atWork ??= this.#work().finally(() => {
      this.#atWork = null;
    });
  }

  async #work(): Promise<void> {
    while (this.#line.length > 0) {
      await setImmediate();
      this.#slice();
    }
  }

  #slice(): void {
    for (let made = 0; made < SLICE_PACKETS; made += 1) {
      const next = this.#line[0]?.next();
      if (next === undefined) return;
      if (next.done === true) this.#line.shift();
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
    this.#hash.update(this.#lastPage);
    this.#lastPage = page;
    this.#disk.push(page);
  }
}
