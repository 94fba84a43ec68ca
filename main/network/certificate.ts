import * as tls from 'node:tls';
import { systemErrorCode } from '../base/errors.ts';
import { NetworkError } from './network-error.ts';

/** What a server showed of itself before it was trusted or not. */
export interface SeenCertificate {
  /** Who vouches for it, by its common name, else its organization. */
  readonly issuer: string;
  readonly validFromMs: number;
  readonly validToMs: number;
}

const NAME_CHARACTERS_AT_MOST = 80;
const DAY_MS = 86_400_000;

/** A certificate that ran out longer ago than this is kept by no server that anybody uses. */
const CLOCK_DOUBT_MS = 365 * DAY_MS;

/** OpenSSL's names for what is wrong with a chain of certificates (Node.js: TLS, X509 certificate error codes). */
const CHAIN_ERROR =
  /^(UNABLE_TO_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|ERROR_IN_CERT_|CRL_)/;

/** The certificate that a socket was shown; null when there is none. To be called before the socket closes. */
export function seenCertificate(socket: tls.TLSSocket): SeenCertificate | null {
  const shown: Partial<tls.PeerCertificate> = socket.getPeerCertificate();
  if (shown.issuer === undefined) return null;
  const { CN, O, OU } = shown.issuer;
  return {
    issuer: shownName([CN, O, OU].flat().find((name) => name !== undefined) ?? '?'),
    validFromMs: Date.parse(shown.valid_from ?? ''),
    validToMs: Date.parse(shown.valid_to ?? ''),
  };
}

/** A stranger's text, for a sentence: one line, 80 characters at most. */
function shownName(text: string): string {
  return text.replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, NAME_CHARACTERS_AT_MOST);
}

/** Why a TLS connection to `host` failed; null when it was not TLS that did. `nowMs` is our clock, Unix time. */
export function tlsFailure(
  error: Error,
  { host, seen, nowMs }: { host: string; seen: SeenCertificate | null; nowMs: number },
): NetworkError | null {
  const code = systemErrorCode(error) ?? '';
  const cause = { cause: error };
  const issuer = seen?.issuer ?? '?';
  const clockWrong = (date: number): NetworkError =>
    new NetworkError('clock-wrong', { host, now: day(nowMs), date: day(date) }, cause);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return new NetworkError('certificate-wrong-host', { host, issuer }, cause);
  if (code === 'CERT_NOT_YET_VALID') return clockWrong(seen?.validFromMs ?? NaN);
  if (code === 'CERT_HAS_EXPIRED') {
    const endedMs = seen?.validToMs ?? NaN;
    if (nowMs - endedMs > CLOCK_DOUBT_MS) return clockWrong(endedMs);
    return new NetworkError('certificate-expired', { host, issuer, date: day(endedMs) }, cause);
  }
  if (CHAIN_ERROR.test(code))
    return new NetworkError('certificate-untrusted', { host, issuer }, cause);
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code))
    return new NetworkError('tls-failed', { host, code }, cause);
  return null;
}

/** `2026-12-01`, or `?` where there is no such day. */
function day(ms: number): string {
  return Number.isNaN(ms) ? '?' : new Date(ms).toISOString().slice(0, 10);
}

let trust: tls.SecureContext | undefined;

/**
 * Whom TLS connections trust: Node's own authorities with NODE_EXTRA_CA_CERTS, and those of the system's store where the
 * runtime can read it (from Node.js 22.15 on, and in Electron).
 */
export function trustedAuthorities(): tls.SecureContext {
  trust ??= tls.createSecureContext(readStores());
  return trust;
}

/** No `ca` stands for what the runtime trusts by itself. */
function readStores(): { ca?: string[] } {
  const read: unknown = 'getCACertificates' in tls ? tls.getCACertificates : null;
  if (!isStoreReader(read)) return {};
  return { ca: [...new Set([...read('default'), ...read('system')])] };
}

function isStoreReader(value: unknown): value is (store: 'default' | 'system') => string[] {
  return typeof value === 'function';
}
