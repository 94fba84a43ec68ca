// @ts-expect-error -- the package brings no types; `Sodium` declares the part of it in use
import untypedSodium from 'sodium-native';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { payloadAfterClearHeader, payloadAfterFixedHeader } from './rtp-payload.ts';
import { FIXED_HEADER_BYTES } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { rtpHeaderBytes, writeRtpPacket } from './rtp-writer.ts';
import type { RtpFields } from './rtp-writer.ts';
import { TRANSPORT_MODE_TRAITS } from './transport-modes.ts';
import type { TransportMode } from './transport-modes.ts';

/** libsodium's calls: output first; opening AEADs throws when the tag does not fit, opening a box returns false. */
interface Sodium {
  crypto_aead_xchacha20poly1305_ietf_encrypt: (...args: AeadArguments) => void;
  crypto_aead_xchacha20poly1305_ietf_decrypt: (...args: AeadOpenArguments) => void;
  crypto_secretbox_easy: (...args: BoxArguments) => void;
  crypto_secretbox_open_easy: (...args: BoxArguments) => boolean;
}
type Bytes = Uint8Array;
type AeadArguments = [out: Bytes, plain: Bytes, ad: Bytes, secret: null, nonce: Bytes, key: Bytes];
type AeadOpenArguments = [
  out: Bytes,
  secret: null,
  sealed: Bytes,
  ad: Bytes,
  nonce: Bytes,
  key: Bytes,
];
type BoxArguments = [out: Bytes, input: Bytes, nonce: Bytes, key: Bytes];
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- see the import
const sodium: Sodium = untypedSodium;

const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** Common header and sender's SSRC (RFC 3550 §6.4): clear in every mode. */
const RTCP_CLEAR_BYTES = 8;

/** Opens and seals the packets of one voice session in one mode; knows nothing of end-to-end encryption. */
export interface TransportCipher {
  readonly mode: TransportMode;
  /**
   * The payload in memory of its own, without CSRCs, extension and padding; empty when nothing is left or their
   * lengths are impossible. Null when authentication fails or the packet is too short.
   */
  open(packet: RtpPacket): Uint8Array | null;
  /** A whole datagram under the next nonce of this cipher's own counter. Throws on fields that do not fit. */
  seal(fields: RtpFields, payload: Uint8Array): Uint8Array;
  /** Body of an RTCP datagram behind its 8 clear bytes; null when authentication fails or the datagram is too short. */
  openRtcp(datagram: Uint8Array): Uint8Array | null;
  /** A whole RTCP datagram; `clear8` is the header and the sender's SSRC. Throws unless `clear8` has 8 bytes. */
  sealRtcp(clear8: Uint8Array, body: Uint8Array): Uint8Array;
}

/** Fixed nonces, for vectors and repeatable runs. */
export interface NonceOptions {
  /** Where the 4-byte counter starts; 0 when absent. It wraps at 2³². */
  readonly firstNonce?: number;
  /** Source of the 24 bytes of `xsalsa20_poly1305_suffix`; `randomBytes` of `node:crypto` when absent. */
  readonly randomNonce?: (byteLength: number) => Uint8Array;
}

/** `key`: the 32 bytes of Session Description (op 4). Throws when the length differs. */
export function createTransportCipher(
  mode: TransportMode,
  key: Uint8Array,
  nonces: NonceOptions = {},
): TransportCipher {
  if (key.byteLength !== KEY_BYTES) {
    throw new Error(`key has ${String(key.byteLength)} bytes, not ${String(KEY_BYTES)}`);
  }
  return new ModeCipher(mode, Buffer.from(key), nonces);
}

/** One algorithm under one key. `sealed` is ciphertext and tag in the algorithm's own order. */
interface Primitive {
  readonly nonceBytes: number;
  decrypt(sealed: Uint8Array, clear: Uint8Array, nonce: Buffer): Uint8Array | null;
  encrypt(plain: Uint8Array, clear: Uint8Array, nonce: Buffer): Uint8Array;
}

class ModeCipher implements TransportCipher {
  readonly mode: TransportMode;
  readonly #traits: (typeof TRANSPORT_MODE_TRAITS)[TransportMode];
  readonly #primitive: Primitive;
  readonly #nonce: Buffer; // reused: every call is synchronous
  readonly #trailerBytes: number;
  readonly #randomNonce: (byteLength: number) => Uint8Array;
  #counter: number;

  constructor(mode: TransportMode, key: Buffer, nonces: NonceOptions) {
    this.mode = mode;
    this.#traits = TRANSPORT_MODE_TRAITS[mode];
    this.#primitive = PRIMITIVES[this.#traits.cipher](key);
    this.#nonce = Buffer.alloc(this.#primitive.nonceBytes);
    this.#trailerBytes = { counter: 4, random: this.#nonce.byteLength, header: 0 }[
      this.#traits.nonce
    ];
    this.#randomNonce = nonces.randomNonce ?? randomBytes;
    this.#counter = nonces.firstNonce ?? 0;
  }

  open(packet: RtpPacket): Uint8Array | null {
    if (this.#traits.clear === 'rtpsize') {
      const plain = this.#open(packet.datagram, packet.headerBytes);
      return plain === null ? null : payloadAfterClearHeader(packet, plain);
    }
    const plain = this.#open(packet.datagram, FIXED_HEADER_BYTES);
    return plain === null ? null : payloadAfterFixedHeader(packet, plain);
  }

  seal(fields: RtpFields, payload: Uint8Array): Uint8Array {
    const clear = this.#traits.clear === 'rtpsize' ? rtpHeaderBytes(fields) : FIXED_HEADER_BYTES;
    return this.#seal(writeRtpPacket(fields, payload), clear);
  }

  openRtcp(datagram: Uint8Array): Uint8Array | null {
    return this.#open(datagram, RTCP_CLEAR_BYTES);
  }

  sealRtcp(clear8: Uint8Array, body: Uint8Array): Uint8Array {
    if (clear8.byteLength !== RTCP_CLEAR_BYTES) {
      throw new Error(`RTCP header has ${String(clear8.byteLength)} bytes, not 8`);
    }
    return this.#seal(Buffer.concat([clear8, body]), RTCP_CLEAR_BYTES);
  }

  #open(datagram: Uint8Array, clearBytes: number): Uint8Array | null {
    const sealedEnd = datagram.byteLength - this.#trailerBytes;
    if (sealedEnd < clearBytes + TAG_BYTES) return null;
    const clear = viewOf(datagram, 0, clearBytes);
    if (this.#trailerBytes === 0) this.#setNonce(clear, 0);
    else this.#setNonce(datagram, sealedEnd);
    return this.#primitive.decrypt(viewOf(datagram, clearBytes, sealedEnd), clear, this.#nonce);
  }

  #seal(packet: Uint8Array, clearBytes: number): Uint8Array {
    const clear = viewOf(packet, 0, clearBytes);
    const trailer = this.#nextTrailer();
    this.#setNonce(this.#trailerBytes === 0 ? clear : trailer, 0);
    const sealed = this.#primitive.encrypt(viewOf(packet, clearBytes), clear, this.#nonce);
    return Buffer.concat([clear, sealed, trailer]);
  }

  /** Nonce: `source` from `start` to its end (a trailer of 4 or 24 bytes, a header of 12 or 8), then zeros. */
  #setNonce(source: Uint8Array, start: number): void {
    const nonce = this.#nonce;
    for (let at = 0; at < nonce.byteLength; at += 1) nonce[at] = source[start + at] ?? 0;
  }

  #nextTrailer(): Uint8Array {
    if (this.#traits.nonce === 'random') return this.#randomNonce(this.#trailerBytes);
    const trailer = Buffer.alloc(this.#trailerBytes);
    if (this.#traits.nonce === 'counter') {
      trailer.writeUInt32BE(this.#counter);
      this.#counter = (this.#counter + 1) >>> 0;
    }
    return trailer;
  }
}

const PRIMITIVES = {
  'aes-256-gcm': (key: Buffer): Primitive => ({
    nonceBytes: 12,
    decrypt(sealed, clear, nonce) {
      const tagAt = sealed.byteLength - TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAAD(clear);
      decipher.setAuthTag(viewOf(sealed, tagAt));
      const plain = decipher.update(viewOf(sealed, 0, tagAt));
      try {
        decipher.final();
        return plain;
      } catch {
        return null; // throws when the tag does not fit, and only then
      }
    },
    encrypt(plain, clear, nonce) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(clear);
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
  }),

  'xchacha20-poly1305': (key: Buffer): Primitive => ({
    nonceBytes: 24,
    decrypt(sealed, clear, nonce) {
      const plain = Buffer.allocUnsafe(sealed.byteLength - TAG_BYTES);
      try {
        sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(plain, null, sealed, clear, nonce, key);
        return plain;
      } catch {
        return null; // "could not verify data"; lengths were checked before
      }
    },
    encrypt(plain, clear, nonce) {
      const sealed = Buffer.allocUnsafe(plain.byteLength + TAG_BYTES);
      sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, plain, clear, null, nonce, key);
      return sealed;
    },
  }),

  secretbox: (key: Buffer): Primitive => ({
    nonceBytes: 24,
    decrypt(sealed, _clear, nonce) {
      const plain = Buffer.allocUnsafe(sealed.byteLength - TAG_BYTES);
      return sodium.crypto_secretbox_open_easy(plain, sealed, nonce, key) ? plain : null;
    },
    encrypt(plain, _clear, nonce) {
      const sealed = Buffer.allocUnsafe(plain.byteLength + TAG_BYTES);
      sodium.crypto_secretbox_easy(sealed, plain, nonce, key);
      return sealed;
    },
  }),
} as const satisfies Record<string, (key: Buffer) => Primitive>;

/** Cheaper than `subarray`, which looks up the species of what it views first. */
function viewOf(bytes: Uint8Array, start: number, end: number = bytes.byteLength): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
