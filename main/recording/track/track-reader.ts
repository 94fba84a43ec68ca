import { parseOpusPacket } from '../../audio/opus-packet.ts';
import { toTimelinePosition, type TimelinePosition } from '../../audio/timeline-position.ts';
import type { OggFinding } from '../../ogg/ogg-finding.ts';
import { OggOpusReader, type OggOpusPacket } from '../../ogg/ogg-opus-reader.ts';
import { OPUS_VENDOR, PRE_SKIP } from '../../ogg/ogg-opus.ts';
import { openRegular } from '../open-regular.ts';
import { orStorageError } from '../storage-error.ts';

/** One packet of a track. `packet` is valid until the next packet is asked for. */
export interface TrackPacket {
  readonly position: TimelinePosition;
  readonly durationSamples: number;
  readonly packet: Uint8Array;
}

export interface ReadTrackOptions {
  /** Called for each fault of the file; one is that a recording under way has no last page. */
  readonly onFinding?: (finding: OggFinding) => void;
}

/**
 * The packets of the track in `file` (absolute), in order, a piece of the file at a time. Damage is skipped; packets
 * behind it keep their positions. Throws StorageError when the file cannot be read.
 */
export async function* readTrack(
  file: string,
  options: ReadTrackOptions = {},
): AsyncGenerator<TrackPacket, void, undefined> {
  const reader = openReader(options);
  for await (const bytes of readPieces(file)) {
    for (const packet of reader.feed(bytes)) yield toTrackPacket(packet);
  }
  for (const packet of reader.end()) yield toTrackPacket(packet);
}

/** A reader that measures Opus packets. */
export function openReader(options: ReadTrackOptions): OggOpusReader {
  return new OggOpusReader({
    packetSamples: (packet) => parseOpusPacket(packet)?.durationSamples ?? null,
    ...options,
  });
}

/** Position of a packet: its end granule less its duration and the pre-skip. */
export function toTrackPacket(packet: OggOpusPacket): TrackPacket {
  const start = Number(packet.endGranule) - packet.durationSamples - PRE_SKIP;
  return {
    position: toTimelinePosition(start),
    durationSamples: packet.durationSamples,
    packet: packet.packet,
  };
}

/** What begins a track of ours. */
export interface TrackHead {
  /** Of the Ogg stream: a copy has the same, another track another. */
  readonly serial: number;
  /** "KEY=value" each. */
  readonly comments: readonly string[];
}

/** The head of a file (absolute) that Tapedeck wrote as a track; null for any other file, and one that cannot be read. */
export async function readTrackHead(file: string): Promise<TrackHead | null> {
  try {
    const reader = openReader({});
    for await (const bytes of readPieces(file)) {
      reader.feed(bytes);
      break; // the headers stand in the first piece
    }
    const { state, tags } = reader;
    if (state === null || tags?.vendor !== OPUS_VENDOR || !isTrackHead(reader)) return null;
    return { serial: state.serial, comments: tags.comments };
  } catch {
    return null; // what cannot be read is nobody's
  }
}

/** Whether the headers read so far are those of a track: two channels, mapping family 0, gain 0, our pre-skip. */
export function isTrackHead({ head, tags }: Pick<OggOpusReader, 'head' | 'tags'>): boolean {
  return (
    tags !== null &&
    head?.preSkip === PRE_SKIP &&
    head.channels === 2 &&
    head.outputGain === 0 &&
    head.mappingFamily === 0
  );
}

/** So small that reading a file made to do harm holds up nothing else in this thread for long. */
const PIECE_BYTES = 128 * 1024;

/** A file's bytes in order, each piece in memory of its own. Throws StorageError. */
export async function* readPieces(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const refused = { cannot: 'read', file } as const;
  await using handle = await orStorageError(refused, () => openRegular(file, 'read'));
  for (;;) {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    const { bytesRead } = await orStorageError(refused, () => handle.read(piece));
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
  }
}
