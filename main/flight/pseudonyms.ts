import { createHmac, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { redactTokens } from '../../preload/contract/bot-token.ts';

/** Ids and addresses that are remembered; of more the oldest are forgotten. */
const MOST_REMEMBERED = 512;

/** Characters of a free text: Discord's close reasons and errors are shorter. */
const MOST_TEXT = 200;

const MOST_DEPTH = 5;
const MOST_MEMBERS = 64;

/** An array of more numbers may be a key. */
const MOST_NUMBERS = 8;

/** A larger number may be an id. */
const LARGEST_NUMBER = 2 ** 48;

/** Strings of the protocol that say nothing of anybody. */
const KEPT = new Set(['mode', 'modes', 'protocol', 'audio_codec', 'video_codec']);
const ADDRESSES = new Set(['ip', 'address', 'endpoint']);
const HASHED = /(?:^|_)(?:ids?|token)$/;
const HARMLESS = /^[a-z0-9_]{1,64}$/i;
const DISCORD_HOST = /^[a-z0-9.-]+\.discord(?:app)?\.(?:media|gg|com)$/;

/**
 * Replaces what could name somebody or open something, before it is written: ids and tokens by an HMAC of a key that
 * nobody keeps, addresses by their family and a number. The same id has the same name within one run only.
 */
export class Pseudonyms {
  readonly #key = randomBytes(32);
  readonly #ids = new Map<string, string>();
  /** Snowflakes seen, as MLS writes them: 8 bytes, in hex. */
  readonly #inBinary = new Map<string, string>();
  readonly #addresses = new Map<string, string>();

  /** `#` and 10 hex digits for an id, a session or a token. */
  id(value: string): string {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const name = `#${createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 10)}`;
    remember(this.#ids, value, name);
    if (/^\d{15,20}$/.test(value)) {
      remember(
        this.#inBinary,
        BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0'),
        name,
      );
    }
    return name;
  }

  /** `ipv4-1` for the first IPv4 address of the run, and so on; a host of Discord's own as it is. */
  host(host: string): string {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (DISCORD_HOST.test(bare)) return bare;
    const known = this.#addresses.get(bare);
    if (known !== undefined) return known;
    const family = { 4: 'ipv4', 6: 'ipv6' }[isIP(bare)] ?? 'host';
    const isOwn =
      family === 'ipv4' ? bare.startsWith('127.') : bare === '::1' || bare === 'localhost';
    const name = `${family}${isOwn ? '-loopback' : ''}-${String(this.#addresses.size + 1)}`;
    remember(this.#addresses, bare, name);
    return name;
  }

  /** As `host`, with the port behind it where `endpoint` has one. */
  endpoint(endpoint: string): string {
    const [, host = endpoint, port] = /^(.*?)(:\d{1,5})?$/.exec(endpoint) ?? [];
    return isIP(endpoint) === 6 ? this.host(endpoint) : `${this.host(host)}${port ?? ''}`;
  }

  /** A text from outside: no token, id, address, path or file name of a person is left in its first 200 characters. */
  text(text: string): string {
    const short = redactTokens(text.slice(0, 4 * MOST_TEXT))
      .replaceAll(/(['"])[^'"\n]*[\\/][^'"\n]*\1/g, '<path>')
      .replaceAll(/\b\d{4}-\d\d-\d\d \d\d-\d\d-\d\d .*/g, '<recording>')
      .replaceAll(/(?:file:\/\/)?(?:\b[a-z]:)?(?:[\\/][^\s\\/:()'"]+)+(?=[\\/])/gi, '…')
      .replaceAll(/\b\d{15,20}\b/g, (id) => this.id(id))
      .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, (address) => this.host(address))
      .replaceAll(/\b[0-9a-f]{1,4}:(?:[0-9a-f]{0,4}:){2,}[0-9a-f:.]*/gi, (address) =>
        isIP(address) === 6 ? this.host(address) : address,
      );
    return short.slice(0, MOST_TEXT);
  }

  /** Bytes in hex, with every id that was seen before replaced by zeros. */
  hex(bytes: Uint8Array): string {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
    let masked = hex;
    for (const id of this.#inBinary.keys()) masked = masked.replaceAll(id, '0'.repeat(id.length));
    return masked;
  }

  /**
   * A JSON value with its shape, its numbers and the words of the protocol; every other string is told by its length.
   */
  shape(value: unknown, key = '', depth = 0): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number')
      return Math.abs(value) < LARGEST_NUMBER ? value : this.id(String(value));
    if (typeof value === 'string') return this.#string(value, key);
    if (typeof value !== 'object' || depth >= MOST_DEPTH) return typeof value;
    if (Array.isArray(value)) {
      const isLong = value.length > MOST_NUMBERS && value.some((one) => typeof one === 'number');
      if (isLong) return `numbers(${String(value.length)})`;
      const members = value.slice(0, MOST_MEMBERS).map((one) => this.shape(one, key, depth + 1));
      return value.length > MOST_MEMBERS ? [...members, `of ${String(value.length)}`] : members;
    }
    const members = Object.entries(value).slice(0, MOST_MEMBERS);
    return Object.fromEntries(
      members.map(([name, one]) => [safeKey(name), this.shape(one, name, depth + 1)]),
    );
  }

  #string(value: string, key: string): string {
    if (HASHED.test(key)) return this.id(value);
    if (ADDRESSES.has(key)) return this.endpoint(value);
    if (/^\d{15,20}$/.test(value)) return this.id(value);
    if (KEPT.has(key) && HARMLESS.test(value)) return value;
    return `string(${String(value.length)})`;
  }
}

/** The names of an object's members; of arrays with their length. Null when it is no object. */
export function keysOf(value: unknown): Record<string, number | null> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const members = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(
    members.map(([name, one]) => [safeKey(name), Array.isArray(one) ? one.length : null]),
  );
}

/** A member's name, when it can only be one of the protocol. */
function safeKey(name: string): string {
  return /^[a-z_][a-z0-9_]{0,39}$/i.test(name) ? name : '?';
}

function remember(map: Map<string, string>, key: string, name: string): void {
  map.set(key, name);
  const [oldest] = map.keys();
  if (map.size > MOST_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
