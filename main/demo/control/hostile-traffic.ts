import { toRtpTimestamp } from '../../rtp/rtp-timestamp.ts';
import { DAVE_OPS } from '../dave/dave-payloads.ts';
import type { MediaServer } from '../voice/media-server.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { SentLog, PacketLine } from '../sent-log.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import type { VoiceSession } from '../voice/voice-session.ts';

const EVERY_MS = 60;
const VIDEO_PAYLOAD_TYPE = 101;

export interface HostileOptions {
  readonly media: MediaServer;
  readonly voice: VoiceServer;
  readonly random: SeededRandom;
  readonly log: SentLog;
}

/** Every 60 ms sends each client something to survive and not to record, until the timer given back is cleared. */
export function startHostileTraffic(options: HostileOptions): NodeJS.Timeout {
  return setInterval(() => {
    for (const session of options.voice.sessions) sendSomethingHostile(session, options);
  }, EVERY_MS);
}

function sendSomethingHostile(session: VoiceSession, { media, random, log }: HostileOptions): void {
  const { cipher } = session;
  if (cipher === null) return;
  const send = (kind: PacketLine['kind'], datagram: Uint8Array): void => {
    media.sendRaw(session, datagram);
    log.write({
      event: 'packet',
      to: session.userId,
      userId: null,
      kind,
      fate: 'sent',
      ssrc: 0,
      sequence: 0,
      timestamp: 0,
      position: null,
      paddingBytes: 0,
      payloadBytes: datagram.byteLength,
      epoch: null,
      group: null,
    });
  };
  const strange = {
    sequence: random.integer(2 ** 16),
    timestamp: toRtpTimestamp(random.integer(2 ** 32)),
    ssrc: random.integer(2 ** 32),
  };
  const sealed = (): Uint8Array => cipher.seal(strange, random.bytes(40));
  const acts: readonly (() => void)[] = [
    () => send('junk', random.bytes(random.integer(200))),
    () => send('junk', Uint8Array.of(0x80, 0x78, ...random.bytes(random.integer(60)))), // no valid ciphertext
    () => send('junk', sealed().subarray(0, random.integer(40))),
    () => send('junk', flipBit(sealed(), random)),
    () =>
      send('rtcp', cipher.sealRtcp(Uint8Array.of(0x81, 0xc9, 0, 7, 0, 0, 0, 1), random.bytes(24))),
    () =>
      send(
        'video',
        cipher.seal({ ...strange, payloadType: VIDEO_PAYLOAD_TYPE }, random.bytes(300)),
      ),
    () => session.line?.send('{"op":5,"d":{"user_id":'), // not JSON
    () => session.line?.send('[]'),
    () => session.line?.send(Buffer.of(1)), // binary, too short for its header
    () => session.sendBinary(98, random.bytes(random.integer(100))),
    () => session.sendBinary(DAVE_OPS.proposals, random.bytes(random.integer(200))),
    () => session.sendNumbered(DAVE_OPS.prepareTransition, null),
    () => session.sendNumbered(DAVE_OPS.executeTransition, { transition_id: 'soon' }),
    () => session.sendNumbered(DAVE_OPS.prepareEpoch, { transition_id: 0, epoch: -1 }),
    () => session.sendNumbered(99, { what: 'an opcode of next year' }),
    () => session.sendNumbered(5, { speaking: 'yes', ssrc: null }),
    () => session.sendNumbered(18, { user_id: session.userId, flags: 2, more: [1, 2, 3] }),
  ];
  acts[random.integer(acts.length)]?.();
}

function flipBit(datagram: Uint8Array, random: SeededRandom): Uint8Array {
  const flipped = Buffer.from(datagram);
  const at = 12 + random.integer(flipped.byteLength - 12);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random.integer(8)), at);
  return flipped;
}
