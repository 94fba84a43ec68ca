import { createHash } from 'node:crypto';
import { isClientSilence, isTalk } from '../../audio/opus-silence.ts';
import type { OggFinding } from '../../ogg/ogg-finding.ts';
import type { OggOpusPacket, OggOpusReader } from '../../ogg/ogg-opus-reader.ts';
import type { OggStreamState } from '../../ogg/ogg-opus.ts';
import { PRE_SKIP } from '../../ogg/ogg-opus.ts';
import { TalkRuns, type TalkRun } from './talk-runs.ts';
import type { TimedPacket } from './track-stream.ts';
import { isTrackHead, openReader, readPieces, toTrackPacket } from './track-reader.ts';

/** Discord's clients end a talkspurt with five silence frames: packets that were sent, unlike the silence behind them. */
const SENT_SILENCE_FRAMES = 5;

/** What a track's file holds, read from end to end. */
export interface TrackScan {
  readonly findings: readonly OggFinding[];
  /** Length of the track in samples of the recording, from sample 0; 0 without packets. */
  readonly samples: number;
  /** Durations of all packets together, whatever their positions. */
  readonly packetSamples: number;
  /** Whether the headers are those of a track of ours. */
  readonly headed: boolean;
  /** Whether the file has its last page (EOS). */
  readonly ended: boolean;
  /** The last page with packets, which can be written again as the end of the track; null without packets. */
  readonly lastPage: LastPage | null;
  /** Where the stream stands behind the last valid page, and that page's end in the file; null without a page. */
  readonly goesOn: (OggStreamState & { readonly offset: number }) | null;
  /** "KEY=value" each. */
  readonly comments: readonly string[];
  readonly talk: TalkRun[];
  readonly counts: ScanCounts;
  /** Of all bytes of the file. */
  readonly sha256: string;
}

/** A page and its packets; `offset` in bytes from the start of the file. */
export interface LastPage {
  readonly offset: number;
  readonly packets: readonly TimedPacket[];
}

/** As well as a file can tell: packets as sent, concealed frames, samples of silence beyond Discord's silence frames. */
export interface ScanCounts {
  readonly packets: number;
  readonly lost: number;
  readonly silenceAdded: number;
}

/** The counts of a scanned track once it is filled up with silence to `samples`. */
export function countsInFile({ counts, ...before }: TrackScan, samples: number): ScanCounts {
  const silenceAdded = Math.max(0, counts.silenceAdded + samples - before.samples);
  return { ...counts, silenceAdded: Math.min(silenceAdded, samples) };
}

/** Reads a track (absolute path) from end to end in bounded memory. Throws StorageError. */
export async function scanTrack(file: string): Promise<TrackScan> {
  const scanner = new Scanner();
  for await (const bytes of readPieces(file)) scanner.feed(bytes);
  return scanner.end();
}

class Scanner {
  readonly #findings: OggFinding[] = [];
  readonly #reader: OggOpusReader;
  readonly #talk = new TalkRuns();
  readonly #hash = createHash('sha256');
  readonly #counts = { packets: 0, lost: 0, silenceAdded: 0 };
  /** Silence frames since the last talk; from the sixth on they count as added. */
  #silenceFrames = SENT_SILENCE_FRAMES;
  #lastPage: { offset: number; packets: TimedPacket[] } | null = null;
  #packetSamples = 0;
  #end = 0;

  constructor() {
    this.#reader = openReader({
      onFinding: (finding) => {
        if (this.#findings.length < 1_000) this.#findings.push(finding);
      },
    });
  }

  feed(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (const packet of this.#reader.feed(bytes)) this.#take(packet);
  }

  end(): TrackScan {
    for (const packet of this.#reader.end()) this.#take(packet);
    const { tags, ended, endGranule, state, lastPageEnd } = this.#reader;
    const samples = endGranule === null ? this.#end : Number(endGranule) - PRE_SKIP;
    return {
      findings: this.#findings,
      samples: Math.max(0, samples),
      packetSamples: this.#packetSamples,
      headed: isTrackHead(this.#reader),
      ended,
      lastPage: this.#lastPage,
      goesOn: state === null ? null : { ...state, offset: lastPageEnd },
      comments: tags?.comments ?? [],
      talk: this.#talk.runs(Math.max(0, samples)),
      counts: this.#counts,
      sha256: this.#hash.digest('hex'),
    };
  }

  #take(found: OggOpusPacket): void {
    const { packet, durationSamples, pageOffset } = found;
    if (this.#lastPage?.offset !== pageOffset) this.#lastPage = { offset: pageOffset, packets: [] };
    this.#lastPage.packets.push({ packet, durationSamples });
    const placed = toTrackPacket(found);
    this.#packetSamples += durationSamples;
    this.#end = placed.position + durationSamples;
    this.#talk.add(placed);
    this.#count(packet, this.#end - Math.max(0, Math.min(this.#end, placed.position)));
  }

  /** `recordedSamples`: the part of the packet that is not before sample 0. */
  #count(packet: Uint8Array, recordedSamples: number): void {
    if (packet.byteLength === 1) {
      this.#counts.lost += 1;
    } else if (isTalk(packet)) {
      this.#silenceFrames = 0;
      this.#counts.packets += 1;
    } else if (isClientSilence(packet) && this.#silenceFrames < SENT_SILENCE_FRAMES) {
      this.#silenceFrames += 1;
      this.#counts.packets += 1;
    } else {
      this.#silenceFrames = SENT_SILENCE_FRAMES;
      this.#counts.silenceAdded += Math.max(0, recordedSamples);
    }
  }
}
