import { isIP } from 'node:net';

/** Both ways: type, length, ssrc, address, port. */
const DISCOVERY_BYTES = 74;

const REQUEST = 1;
const RESPONSE = 2;
/** What the length field says: the bytes after it. */
const REST_BYTES = 70;

/** An IPv4 or IPv6 address and a UDP port. */
export interface UdpAddress {
  readonly ip: string;
  readonly port: number;
}

/**
 * Asks the voice server which public address our datagrams come from (Discord: IP discovery), 74 bytes:
 *
 * | 0 u16 type | 2 u16 length of the rest | 4 u32 ssrc | 8 address, 64 bytes ASCII, NUL-terminated | 72 u16 port |
 *
 * `ssrc` is ours, from Ready; address and port stay zero.
 */
export function writeDiscoveryRequest(ssrc: number): Uint8Array {
  const bytes = new Uint8Array(DISCOVERY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, REQUEST);
  view.setUint16(2, REST_BYTES);
  view.setUint32(4, ssrc);
  return bytes;
}

/**
 * Our public address from an answer of the same layout. Null when it is not type 2 for this ssrc with exactly 74
 * bytes, an IP address and a port.
 */
export function parseDiscoveryResponse(bytes: Uint8Array, ssrc: number): UdpAddress | null {
  if (bytes.byteLength !== DISCOVERY_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== RESPONSE || view.getUint16(2) !== REST_BYTES) return null;
  if (view.getUint32(4) !== ssrc) return null;
  const field = bytes.subarray(8, 72);
  const end = field.indexOf(0);
  const ip = String.fromCharCode(...field.subarray(0, end === -1 ? field.length : end));
  const port = view.getUint16(72);
  return isIP(ip) !== 0 && port > 0 ? { ip, port } : null;
}
