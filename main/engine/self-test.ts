import { OpusDecoder } from '../audio/opus-decoder.ts';
import { ExternalSender } from '../dave/external-sender.ts';
import { daveVersionSpoken, MlsMember } from '../dave/mls-backend.ts';
import { appendProposals } from '../dave/mls-wire.ts';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';
import { isSilenceFrame } from '../audio/opus-silence.ts';
import { createTransportCipher } from '../rtp/transport-cipher.ts';
import type { TransportMode } from '../rtp/transport-modes.ts';

interface KnownPacket {
  readonly mode: TransportMode;
  readonly keyHex: string;
  readonly datagramHex: string;
}

/** Silence frames in the two modes every voice server offers. */
const KNOWN_PACKETS: readonly KnownPacket[] = [
  {
    // Captured from Discord's servers; published by discord.js, packages/voice/__mocks__/rtp.ts.
    mode: 'aead_aes256_gcm_rtpsize',
    keyHex: '6d4dc31b6f32e754b3ffd9d922e3136ac31496ed260465d2055a08f13adf1818',
    datagramHex: '8078a39c9f0b83f00000c5b7af5b6665c306c88f75486c2ca57b79316f26030000005a',
  },
  {
    // Made with libsodium; the same as in test/vectors/transport-cipher.test.ts.
    mode: 'aead_xchacha20_poly1305_rtpsize',
    keyHex: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    datagramHex: '80780001000003c0000030394e48a3f0d0625983f9eb56de939a643b331eaa00000007',
  },
];

/** 20 ms of speech, 960 samples: a packet of assets/demo-speech/theo.opus, which opusenc made. */
const KNOWN_SPEECH_HEX =
  '78844488e8326040b3c8f775bf74bc91dbe7ea3e81e0c7077ed7614a3bb3c1ebc830e5bb1a18f5df48d574fc6318a20597fe0fbea1f8def1';

/** Can this installation open packets of Discord's? Null when it can, else the first mode that fails. */
export function failingTransportMode(): TransportMode | null {
  return KNOWN_PACKETS.find((known) => !opensToSilence(known))?.mode ?? null;
}

/**
 * Can this installation take part in an encrypted call? A group of two in memory, with the voice server's part between
 * them: one opens what the other sealed. Throws DaveError, `library-missing` when the library does not load.
 */
export function encryptsEndToEnd(): boolean {
  const channelId = '41771983423143937';
  const server = new ExternalSender(channelId);
  const [speakerId, listenerId] = ['104694319306248192', '127121515262115840'] as const;
  const join = (userId: string): { member: MlsMember; keyPackage: Uint8Array } => {
    const member = new MlsMember({ version: daveVersionSpoken(), userId, channelId });
    const keyPackage = member.makeKeyPackage();
    member.setExternalSender(server.packageBody());
    return { member, keyPackage };
  };
  const [speaker, listener] = [join(speakerId), join(listenerId)];
  const [, ...proposals] = appendProposals([server.add(0, listener.keyPackage)]); // less the operation
  const answer = speaker.member.append(Uint8Array.from(proposals), [speakerId, listenerId]);
  if (answer === null || answer.welcome === null) return false;
  speaker.member.processCommit(answer.commit);
  listener.member.processWelcome(answer.welcome);
  const speech = fromHex(KNOWN_SPEECH_HEX);
  const opened = listener.member.open(speakerId, speaker.member.seal(speech));
  return opened !== null && Buffer.from(speech).equals(opened);
}

/** Can this installation turn Opus into sound? */
export function decoderWorks(): boolean {
  const samples = new OpusDecoder().decode(fromHex(KNOWN_SPEECH_HEX));
  return samples.length === 2 * 960 && samples.some((value) => value !== 0);
}

function opensToSilence({ mode, keyHex, datagramHex }: KnownPacket): boolean {
  const packet = parseRtpPacket(fromHex(datagramHex));
  if (packet === null) return false;
  const opened = createTransportCipher(mode, fromHex(keyHex)).open(packet);
  return opened !== null && isSilenceFrame(opened);
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
