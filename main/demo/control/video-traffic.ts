import type { SeededRandom } from '../../base/seeded-random.ts';
import { toRtpTimestamp } from '../../rtp/rtp-timestamp.ts';
import type { SentLog } from '../sent-log.ts';
import type { MediaServer } from '../voice/media-server.ts';
import { videoSsrcs } from '../voice/voice-news.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import type { VoiceSession } from '../voice/voice-session.ts';

const EVERY_MS = 20;
const PACKETS = 3;
const PACKET_BYTES = 900;
/** H264 and its retransmissions, of payload types that Discord uses. */
const VIDEO_PAYLOAD_TYPE = 103;
const RTX_PAYLOAD_TYPE = 104;
const PACKET_SAMPLES = 960;

export interface VideoOptions {
  readonly media: MediaServer;
  readonly voice: VoiceServer;
  readonly random: SeededRandom;
  readonly log: SentLog;
}

/** Sends each client a camera of every speaker, 150 packets and 50 retransmissions a second each, until cleared. */
export function startVideoTraffic(options: VideoOptions): NodeJS.Timeout {
  let count = 0;
  return setInterval(() => {
    for (const session of options.voice.sessions) sendVideo(session, count, options);
    count += 1;
  }, EVERY_MS);
}

function sendVideo(
  session: VoiceSession,
  count: number,
  { media, voice, random, log }: VideoOptions,
): void {
  if (!media.receivers.includes(session)) return;
  const timestamp = toRtpTimestamp(count * PACKET_SAMPLES);
  const send = (ssrc: number, payloadType: number, sequence: number): void => {
    const fields = { ssrc, payloadType, sequence: sequence & 0xffff, timestamp };
    const payload = random.bytes(PACKET_BYTES);
    const datagram = session.cipher?.seal(fields, payload);
    if (datagram === undefined) return;
    media.sendRaw(session, datagram);
    const common = { position: null, paddingBytes: 0, epoch: null, group: null } as const;
    log.write({
      ...common,
      event: 'packet',
      to: session.userId,
      userId: null,
      kind: 'video',
      fate: 'sent',
      ssrc,
      sequence: fields.sequence,
      timestamp,
      payloadBytes: payload.byteLength,
    });
  };
  for (const speaker of voice.news.speakersIn(session.grant.channelId)) {
    const { video, rtx } = videoSsrcs(speaker.ssrc);
    for (let packet = 0; packet < PACKETS; packet += 1) {
      send(video, VIDEO_PAYLOAD_TYPE, count * PACKETS + packet);
    }
    send(rtx, RTX_PAYLOAD_TYPE, count);
  }
}
