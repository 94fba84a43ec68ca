import { uint32At } from './big-endian.ts';

/** `rtp` has version 2 and 12 bytes or more, any payload type; `unknown` is anything that is none of the others. */
export type DatagramKind = 'rtp' | 'rtcp' | 'keepalive-echo' | 'ip-discovery' | 'unknown';

const RTP_HEADER_BYTES = 12; // RFC 3550 §5.1
const RTCP_HEADER_BYTES = 8; // common header and the sender's SSRC, RFC 3550 §6.4
const DISCOVERY_BYTES = 74; // Discord, "IP Discovery": type, length, SSRC, 64 bytes of address, port
const DISCOVERY_RESPONSE = 0x0002_0046; // type 2 and the length of the rest, 70
const KEEPALIVE_ECHO = 0x1337_f00d; // observed: answer of the voice server to 13 37 CA FE

/**
 * What a datagram on the voice socket is, by its first bytes. RTP and RTCP share the port and are told apart by the
 * whole second byte, 200 to 206 being RTCP (RFC 5761 §4): with the marker bit masked, 201 would be payload type 73.
 */
export function classifyDatagram(datagram: Uint8Array): DatagramKind {
  if (datagram.byteLength < RTCP_HEADER_BYTES) return 'unknown';
  const start = uint32At(datagram, 0);
  if (start >>> 30 === 2) {
    const second = (start >> 16) & 0xff;
    if (second >= 200 && second <= 206) return 'rtcp';
    return datagram.byteLength >= RTP_HEADER_BYTES ? 'rtp' : 'unknown';
  }
  if (start === KEEPALIVE_ECHO) return 'keepalive-echo';
  if (start === DISCOVERY_RESPONSE && datagram.byteLength === DISCOVERY_BYTES) {
    return 'ip-discovery';
  }
  return 'unknown';
}
