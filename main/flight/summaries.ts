import { createHash } from 'node:crypto';
import { toError } from '../base/errors.ts';
import type { FlightFacts, FlightKind } from '../base/flight-log.ts';
import { parseJson } from '../base/json.ts';
import { keysOf, type Pseudonyms } from './pseudonyms.ts';

/** What a line holds beside its time and kind; null: no line. */
export type Summary = Readonly<Record<string, unknown>> | null;

/** Of a binary message of end-to-end encryption. */
const HEAD_BYTES = 48;

/** Members of a dispatch that are told with their values, less whatever names somebody. */
const OWN_STATE = 'VOICE_STATE_UPDATE';

/** Fields of log lines that hold words of ours or of the protocol. */
const LOG_WORDS = new Set([
  'reason',
  'code',
  'mode',
  'why',
  'text',
  'error',
  'step',
  'type',
  'call',
  'message',
]);

/** What came during one step, by names of the protocol. */
const MOST_CAME = 600;

const REST_HEADERS = [
  'content-type',
  'cf-ray',
  'retry-after',
  'via',
  'x-ratelimit-global',
  'x-ratelimit-scope',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset-after',
];

/** The frame's opcode, and the name of a dispatch: `2` or `READY`. */
export function labelOf(facts: FlightFacts): string {
  const frame = member(facts, 'frame');
  const name = member(frame, 't') ?? member(frame, 'op') ?? member(facts, 'op') ?? '?';
  return typeof name === 'number' ? String(name) : dispatchName(name);
}

/** The name of a dispatch, when it can only be one of the protocol. */
function dispatchName(name: unknown): string {
  return typeof name === 'string' && /^[A-Z_]{1,60}$/.test(name) ? name : '?';
}

/** Makes lines of facts, and keeps whatever is nobody's business out of them. */
export class Summaries {
  readonly #names: Pseudonyms;
  /** Ours, from READY. */
  #userId: unknown = null;

  constructor(names: Pseudonyms) {
    this.#names = names;
  }

  of(kind: FlightKind, facts: FlightFacts): Summary {
    switch (kind) {
      case 'rest':
        return this.#rest(facts);
      case 'gateway':
        return facts['way'] === 'in' ? this.#dispatch(facts) : this.#sent(facts);
      case 'voice':
        return this.#voice(facts);
      case 'gateway-open':
      case 'voice-open':
        return this.#address(facts['url']);
      case 'gateway-end':
      case 'voice-end': {
        const { kind: by, ...said } = this.#words(facts);
        return { by, ...said };
      }
      case 'voice-server':
        return this.#voiceServer(facts);
      case 'discovery':
        return this.#discovery(facts);
      case 'log': {
        const { level, part, message, fields } = facts;
        return { level, part, message, ...prefixed(this.#words(fields)) };
      }
      case 'check':
        return { name: facts['name'], ...this.#words(facts) };
      case 'keepalive':
        return null;
    }
  }

  /** Numbers and booleans, and texts that are known to hold words only. */
  #words(fields: unknown): Record<string, unknown> {
    if (typeof fields !== 'object' || fields === null) return {};
    const kept = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      if (typeof value === 'number' || typeof value === 'boolean' || value === null)
        return [[name, value]];
      if (typeof value !== 'string') return [];
      if (/^(?:kind|came|awaited)$/.test(name)) return [[name, value.slice(0, MOST_CAME)]];
      return LOG_WORDS.has(name) ? [[name, this.#names.text(value)]] : [];
    });
    return Object.fromEntries(kept);
  }

  #rest({ method, template, askedAtMs, answer, error }: FlightFacts): Summary {
    const told = { method, template, tookMs: Math.round(performance.now() - Number(askedAtMs)) };
    if (error !== undefined) return { ...told, failed: this.#names.text(causesOf(error)) };
    const body = member(answer, 'text');
    const text = typeof body === 'string' ? body : '';
    const status = member(answer, 'status');
    const isJson = /^\s*[[{]/.test(text) || text === '';
    const code = isJson && status !== 200 ? member(parseJson(text), 'code') : undefined;
    return {
      ...told,
      status,
      ...(typeof code === 'number' ? { code } : {}),
      bytes: text.length,
      headers: this.#headers(member(answer, 'headers')),
      ...(isJson ? {} : { begins: this.#names.text(text) }),
    };
  }

  #headers(headers: unknown): Record<string, string> {
    if (!(headers instanceof Headers)) return {};
    return Object.fromEntries(
      REST_HEADERS.flatMap((name) => {
        const value = headers.get(name);
        return value === null ? [] : [[name, this.#names.text(value)]];
      }),
    );
  }

  #dispatch({ chars, frame }: FlightFacts): Summary {
    if (frame === null) return { way: 'in', chars, malformed: true };
    const [op, type, d] = [member(frame, 'op'), member(frame, 't'), member(frame, 'd')];
    const told = {
      way: 'in',
      op,
      t: type === null ? null : dispatchName(type),
      s: member(frame, 's'),
      chars,
    };
    if (op !== 0) return op === 11 ? told : { ...told, d: this.#names.shape(d) };
    if (type === 'READY') this.#userId = member(member(d, 'user'), 'id');
    if (type !== OWN_STATE || member(d, 'user_id') !== this.#userId)
      return { ...told, keys: keysOf(d) };
    const state = Object.entries(toObject(d)).filter(([name]) => name !== 'member');
    return { ...told, own: this.#names.shape(Object.fromEntries(state)) };
  }

  #sent({ text }: FlightFacts): Summary {
    const frame = parseJson(String(text));
    const [op, d] = [member(frame, 'op'), member(frame, 'd')];
    return { way: 'out', op, chars: String(text).length, d: this.#names.shape(d) };
  }

  #voice({ way, frame, op, d, body, bytes, isBinary }: FlightFacts): Summary {
    if (way === 'out')
      return body instanceof Uint8Array
        ? { way, op, ...this.#binary(body) }
        : { way, op, d: this.#names.shape(d) };
    const told = { way, op: member(frame, 'op'), seq: member(frame, 'seq') };
    if (!(bytes instanceof Uint8Array)) return told;
    if (frame === null) return { ...told, malformed: true, bytes: bytes.byteLength };
    if (isBinary === true) return { ...told, ...this.#binary(bytes.subarray(3)) };
    const payload = member(parseJson(Buffer.from(bytes).toString('utf8')), 'd');
    const fault = member(frame, 'fault');
    return {
      ...told,
      bytes: bytes.byteLength,
      d: this.#names.shape(payload),
      ...(member(frame, 'message') === 'malformed' ? { malformed: fault ?? true } : {}),
      ...(member(frame, 'message') === 'unknown' ? { unknown: true } : {}),
    };
  }

  #binary(body: Uint8Array): Record<string, unknown> {
    return {
      bytes: body.byteLength,
      sha256: createHash('sha256').update(body).digest('hex'),
      head: this.#names.hex(body.subarray(0, HEAD_BYTES)),
    };
  }

  #voiceServer({ done, data, endpoint, token }: FlightFacts): Summary {
    const [at, secret] = [endpoint ?? member(data, 'endpoint'), token ?? member(data, 'token')];
    return {
      done,
      endpoint: typeof at === 'string' ? this.#names.endpoint(at) : null,
      token: typeof secret === 'string' ? this.#names.id(secret) : null,
      keys: keysOf(data),
    };
  }

  #discovery({ address, local, server }: FlightFacts): Summary {
    const [ip, serverIp] = [member(address, 'ip'), member(server, 'ip')];
    return {
      isReadable: address !== null,
      own: typeof ip === 'string' ? this.#names.host(ip) : null,
      samePort: member(address, 'port') === member(local, 'port'),
      server: typeof serverIp === 'string' ? this.#names.host(serverIp) : null,
    };
  }

  #address(address: unknown): Summary {
    const url = new URL(String(address));
    return { scheme: url.protocol.slice(0, -1), address: this.#names.endpoint(url.host) };
  }
}

function member(value: unknown, name: string): unknown {
  return toObject(value)[name];
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A log line's own `message` stays what it is. */
function prefixed(fields: Record<string, unknown>): Record<string, unknown> {
  const { message, ...others } = fields;
  return message === undefined ? others : { ...others, said: message };
}

/** What was thrown and why, as one line: `fetch failed: connect ECONNREFUSED`. */
function causesOf(thrown: unknown): string {
  const said: string[] = [];
  for (let one = thrown; one !== undefined && said.length < 4; one = toError(one).cause)
    said.push(toError(one).message);
  return said.join(': ');
}
