import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseOpusPacket } from '../../main/audio/opus-packet.ts';
import { writeSilence } from '../../main/audio/opus-silence.ts';
import { OggOpusMuxer, PRE_SKIP } from '../../main/ogg/ogg-opus.ts';
import type { RecordingInfo } from '../../main/recording/library.ts';
import type { Manifest } from '../../main/recording/manifest.ts';
import { NO_COUNTS } from '../../main/recording/manifest.ts';

/** One track of a made-up recording: Opus packets from granule position 0 on, without a gap. */
export interface MadeTrack {
  readonly file: string;
  readonly userId: string | null;
  readonly packets: readonly Uint8Array[];
}

/** A track's file: `packets`, then silence up to `samples`. `open` leaves out silence and the last page. */
export function writeTrack(
  packets: readonly Uint8Array[],
  samples: number,
  ending: 'closed' | 'open' = 'closed',
): Uint8Array {
  const muxer = new OggOpusMuxer({ serial: 1 });
  const end = BigInt(samples + PRE_SKIP);
  const pages = [muxer.headerPages()];
  const push = (packet: Uint8Array): void => {
    pages.push(...muxer.push(packet, parseOpusPacket(packet)?.durationSamples ?? 0));
  };
  for (const packet of packets) if (muxer.granulePosition < end) push(packet);
  const missing = Math.max(0, Number(end - muxer.granulePosition));
  if (ending === 'closed') {
    for (const packet of writeSilence(Math.ceil(missing / 120) * 120)) push(packet);
    pages.push(muxer.finish(end));
  } else {
    const page = muxer.flush();
    if (page !== null) pages.push(page);
  }
  return Buffer.concat(pages);
}

/** Writes a recording's folder with those tracks, without its manifest, which is in the answer. */
export async function makeRecording(
  folder: string,
  made: {
    readonly samples: number;
    readonly tracks: readonly MadeTrack[];
    readonly manifest?: Partial<Manifest>;
  },
): Promise<RecordingInfo> {
  await mkdir(path.join(folder, 'tracks'), { recursive: true });
  const live = made.manifest?.state === 'recording';
  let sizeBytes = 0;
  for (const { file, packets } of made.tracks) {
    const name = path.join(folder, file);
    await writeFile(name, writeTrack(packets, made.samples, live ? 'open' : 'closed'));
    sizeBytes += (await stat(name)).size;
  }
  const manifest: Manifest = {
    schema: 1,
    state: 'complete',
    app: 'tapedeck 0.1.0',
    startedAt: '2026-11-23T10:15:30.123Z',
    stoppedAt: null,
    reason: 'user',
    sampleRate: 48_000,
    samples: made.samples,
    guild: { id: '1', name: 'guild' },
    channel: { id: '2', name: 'channel', kind: 'voice' },
    transport: 'aead_aes256_gcm_rtpsize',
    dave: { version: 0, transitions: 0 },
    people: [],
    tracks: made.tracks.map(({ file, userId }) => ({
      userId,
      name: path.posix.basename(file, '.opus'),
      file,
      samples: made.samples,
      sha256: null,
      ...NO_COUNTS,
    })),
    rejected: { 'not-rtp': 0, 'transport-auth': 0, 'payload-type': 0, 'unknown-ssrc': 0 },
    gaps: [],
    markers: [],
    pauses: [],
    consent: {},
    ...made.manifest,
  };
  return { folder, manifest, live, sizeBytes };
}
