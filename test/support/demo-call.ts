import { z } from 'zod';
import { parseRtpPacket } from '../../main/rtp/rtp-packet.ts';
import type { RtpPacket } from '../../main/rtp/rtp-packet.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';
import type { TransportCipher } from '../../main/rtp/transport-cipher.ts';
import type { TransportMode } from '../../main/rtp/transport-modes.ts';
import type { Joined, RawSocket } from './raw-client.ts';
import { RawUdp, openVoice } from './raw-client.ts';

const description = z.object({ secret_key: z.array(z.number()).length(32) });

/** The fields of Ready's `d` that the tests read. */
export const readyShape = z.object({
  ssrc: z.number(),
  port: z.number(),
  modes: z.array(z.string()),
});

/** A raw client in a call, which can open transport encryption. */
export interface DemoCall {
  readonly voice: RawSocket;
  readonly udp: RawUdp;
  readonly ssrc: number;
  readonly cipher: TransportCipher;
}

/** Identifies, discovers its address, selects the protocol and reads the session description. */
export async function enterCall(
  joined: Joined,
  mode: TransportMode = 'aead_aes256_gcm_rtpsize',
): Promise<DemoCall> {
  const voice = await openVoice(joined.endpoint);
  voice.send(0, joined.identify);
  const { ssrc, port } = readyShape.parse((await voice.op(2)).d);
  const udp = new RawUdp(port);
  await udp.discover(ssrc);
  voice.send(1, { protocol: 'udp', data: { address: '127.0.0.1', port: udp.port, mode } });
  const { secret_key: key } = description.parse((await voice.op(4)).d);
  return { voice, udp, ssrc, cipher: createTransportCipher(mode, Uint8Array.from(key)) };
}

/** The RTP packets among the datagrams that open under the call's transport key. */
export function heardPackets(
  { cipher }: DemoCall,
  datagrams: readonly Buffer[],
): { readonly packet: RtpPacket; readonly payload: Uint8Array }[] {
  return datagrams.flatMap((datagram) => {
    const packet = parseRtpPacket(datagram);
    const payload = packet === null ? null : cipher.open(packet);
    return packet === null || payload === null ? [] : { packet, payload };
  });
}
