import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from './loopback.ts';
import { NetworkError } from './network-error.ts';

/** An HTTP proxy that opens tunnels (CONNECT). */
export interface Proxy {
  readonly scheme: 'http' | 'https';
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, for people and logs. */
  readonly name: string;
  /** Value of `Proxy-Authorization`; null without a user name. */
  readonly authorization: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** As curl has it: small letters first, the one for all schemes last. */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * The proxy for an `https` or `wss` address, by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; null for a direct way, which
 * is every way to this computer. Throws NetworkError `proxy-unusable`.
 */
export function proxyFor(url: URL, env: Environment): Proxy | null {
  if (isLoopbackHost(url.hostname)) return null;
  const [variable] = VARIABLES.filter((name) => (env[name] ?? '').trim() !== '');
  if (variable === undefined) return null;
  if (isExempt(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return null;
  const proxy = parseProxy(env[variable] ?? '');
  if (proxy === null) throw new NetworkError('proxy-unusable', { variable });
  return proxy;
}

/** `http://user:password@host:port`; without a scheme it is http. Null when it is no such address. */
function parseProxy(text: string): Proxy | null {
  const trimmed = text.trim();
  const address = trimmed.includes('://') ? trimmed : `http://${trimmed}`;
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, port, username, password } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') return null;
  const scheme = protocol === 'http:' ? 'http' : 'https';
  const portNumber = port === '' ? (scheme === 'http' ? 80 : 443) : Number(port);
  const login = `${decoded(username)}:${decoded(password)}`;
  return {
    scheme,
    host: withoutBrackets(hostname),
    port: portNumber,
    name: `${hostname}:${String(portNumber)}`,
    authorization: username === '' ? null : `Basic ${Buffer.from(login).toString('base64')}`,
  };
}

/**
 * Does `NO_PROXY` name the address? Entries are parted by commas or spaces: a host, `.suffix` or `*.suffix` for all
 * below it, `*` for all, an IP address or a range such as `10.0.0.0/8`; each with `:port` or without.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = withoutBrackets(url.hostname);
  const port = url.port === '' ? '443' : url.port;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '') return false;
      const { name, port: named } = splitPort(entry);
      return (named === null || named === port) && matchesHost(name, host);
    });
}

/** An IPv6 address has a port only behind brackets. */
function splitPort(entry: string): { name: string; port: string | null } {
  const match = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry);
  const [, name = entry, port = null] = match ?? [];
  return { name: withoutBrackets(name), port };
}

function matchesHost(name: string, host: string): boolean {
  if (name === '*' || name === host) return true;
  if (name.includes('/')) return isInRange(name, host);
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') && host.endsWith(suffix);
}

function isInRange(range: string, host: string): boolean {
  const [net = '', bits = ''] = range.split('/');
  const family = isIP(net);
  if (family === 0 || family !== isIP(host)) return false;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(net, Number(bits), type);
  return list.check(host, type);
}

/** `[::1]` as `::1`. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** A percent sign that stands for itself is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no such code: typed as it is
  }
}
