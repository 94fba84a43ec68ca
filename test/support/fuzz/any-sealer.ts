import { createCipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { TransportMode } from '../../../main/rtp/transport-modes.ts';

type Call<Arguments extends unknown[]> = (...args: Arguments) => void;
type Aead = Call<
  [out: Buffer, plain: Uint8Array, ad: Uint8Array, secret: null, nonce: Buffer, key: Uint8Array]
>;
type Box = Call<[out: Buffer, plain: Uint8Array, nonce: Buffer, key: Uint8Array]>;

/** sodium-native comes without types. */
const sodium = z
  .object({
    crypto_aead_xchacha20poly1305_ietf_encrypt: z.custom<Aead>((value) => value !== undefined),
    crypto_secretbox_easy: z.custom<Box>((value) => value !== undefined),
  })
  .parse(createRequire(import.meta.url)('sodium-native'));

const TAG_BYTES = 16;

/** Modes whose nonce is a counter in the packet's last 4 bytes. */
export type CounterMode = Exclude<TransportMode, 'xsalsa20_poly1305' | 'xsalsa20_poly1305_suffix'>;

/**
 * Encrypts a packet for the transport, whatever its header says, without the code under test. In `rtpsize` modes as
 * many bytes stay clear as the header claims to have.
 */
export class AnySealer {
  readonly #key: Uint8Array;
  readonly #mode: CounterMode;
  #counter = 0;

  constructor(key: Uint8Array, mode: CounterMode) {
    this.#key = key;
    this.#mode = mode;
  }

  seal(packet: Uint8Array): Uint8Array {
    const flags = packet[0] ?? 0;
    const header = 12 + 4 * (flags & 0x0f) + ((flags & 0x10) === 0 ? 0 : 4);
    const clearBytes = Math.min(packet.byteLength, this.#mode.endsWith('rtpsize') ? header : 12);
    const clear = packet.subarray(0, clearBytes);
    const nonce = Buffer.alloc(24);
    this.#counter = (this.#counter + 1) >>> 0;
    nonce.writeUInt32BE(this.#counter);
    const sealed = this.#sealed(packet.subarray(clearBytes), { clear, nonce });
    return Buffer.concat([clear, sealed, nonce.subarray(0, 4)]);
  }

  #sealed(
    plain: Uint8Array,
    { clear, nonce }: { readonly clear: Uint8Array; readonly nonce: Buffer },
  ): Buffer {
    const sealed = Buffer.alloc(plain.byteLength + TAG_BYTES);
    switch (this.#mode) {
      case 'aead_aes256_gcm':
      case 'aead_aes256_gcm_rtpsize': {
        const cipher = createCipheriv('aes-256-gcm', this.#key, nonce.subarray(0, 12));
        cipher.setAAD(clear);
        return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      }
      case 'aead_xchacha20_poly1305_rtpsize':
        sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
          sealed,
          plain,
          clear,
          null,
          nonce,
          this.#key,
        );
        return sealed;
      case 'xsalsa20_poly1305_lite':
      case 'xsalsa20_poly1305_lite_rtpsize':
        sodium.crypto_secretbox_easy(sealed, plain, nonce, this.#key);
        return sealed;
    }
  }
}
