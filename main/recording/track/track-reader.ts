import { parseOpusPacket } from '../../audio/opus-packet.ts';
import { toTimelinePosition, type TimelinePosition } from '../../audio/timeline-position.ts';
import type { OggFinding } from '../../ogg/ogg-finding.ts';
import { OggOpusReader, type OggOpusPacket } from '../../ogg/ogg-opus-reader.ts';
import { PRE_SKIP } from '../../ogg/ogg-opus.ts';
import { openRegular } from '../open-regular.ts';

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
 * behind it keep their positions. Throws the system's error when the file cannot be read.
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

const PIECE_BYTES = 256 * 1024;

/** A file's bytes in order, each piece in memory of its own. */
export async function* readPieces(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  await using handle = await openRegular(file, 'read');
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(PIECE_BYTES));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
