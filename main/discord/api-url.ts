import { isLoopbackHost } from '../network/loopback.ts';
import { mayName } from './allowed-hosts.ts';

/** Discord's own REST API, version 10. */
export const DEFAULT_API_URL = 'https://discord.com/api/v10';

/** What `checkApiUrl` found. `not-loopback`: plain `http` to a host that is not this computer. */
export type CheckedApiUrl =
  | { readonly kind: 'accepted'; readonly url: URL }
  | { readonly kind: 'not-an-address' }
  | { readonly kind: 'not-loopback' };

/** Checks a REST base: `https` anywhere, `http` for loopback hosts only; no user name, query or fragment. */
export function checkApiUrl(text: string): CheckedApiUrl {
  const url = parseUrl(text.trim());
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return { kind: 'not-an-address' };
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return { kind: 'not-an-address' };
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) return { kind: 'not-loopback' };
  return { kind: 'accepted', url };
}

/** What `gatewayUrl` found. `host-refused`: an address in order, at a host that this API may not send us to. */
export type CheckedGatewayUrl =
  | { readonly kind: 'accepted'; readonly url: URL }
  | { readonly kind: 'not-an-address' }
  | { readonly kind: 'host-refused'; readonly host: string };

/**
 * Address of the main gateway with its query (`/?v=10&encoding=json`), from the `url` of GET /gateway/bot or from
 * READY's `resume_gateway_url`. Not an address when it is none of a WebSocket, or plain `ws` without an `http` REST base
 * and a loopback host.
 */
export function gatewayUrl(apiUrl: URL, text: string): CheckedGatewayUrl {
  const url = parseUrl(text);
  if (url === null || url.username !== '' || url.password !== '') return { kind: 'not-an-address' };
  const plain = url.protocol === 'ws:';
  if (plain && !(apiUrl.protocol === 'http:' && isLoopbackHost(url.hostname)))
    return { kind: 'not-an-address' };
  if (!plain && url.protocol !== 'wss:') return { kind: 'not-an-address' };
  if (!mayName(apiUrl, 'gateway', url.hostname)) return { kind: 'host-refused', host: url.host };
  url.search = '?v=10&encoding=json';
  url.hash = '';
  return { kind: 'accepted', url };
}

export interface VoiceEndpoint {
  /** `host:port` or `host`: what a voice URL is built from. */
  readonly endpoint: string;
  /** Null for a host that this API may not send us to: it is never connected to. */
  readonly scheme: 'ws' | 'wss' | null;
}

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\d{1,5}))?$/i;

/**
 * Checks the `endpoint` of VOICE_SERVER_UPDATE: host and port, nothing else. Null when it holds a scheme, a path, a
 * user name or anything a URL would read differently. Port 80, which never was a voice server's port, is cut; every
 * other port stays. The scheme is `ws` only for a loopback host behind an `http` REST base.
 */
export function voiceEndpoint(apiUrl: URL, text: string): VoiceEndpoint | null {
  const match = HOST_AND_PORT.exec(text);
  const host = match?.[1];
  const port = match?.[2];
  if (host === undefined || (port !== undefined && !isPort(port))) return null;
  // A number in disguise such as 0x7f000001 or 127.1 parses to another host name than it shows.
  const url = parseUrl(`wss://${host}`);
  if (url?.hostname !== host.toLowerCase()) return null;
  const endpoint = port === undefined || port === '80' ? host : `${host}:${port}`;
  if (!mayName(apiUrl, 'voice', url.hostname)) return { endpoint, scheme: null };
  const scheme = apiUrl.protocol === 'http:' && isLoopbackHost(url.hostname) ? 'ws' : 'wss';
  return { endpoint, scheme };
}

function isPort(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 0xffff;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
