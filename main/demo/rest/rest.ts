import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { parseJson } from '../../base/json.ts';
import { Edge } from './edge.ts';
import { RateLimits } from './rate-limits.ts';
import { REST_ERRORS, invalidForm, restError } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import { OPEN_ROUTES, ROUTES } from './rest-routes.ts';
import type { OpenRoute, Route } from './route.ts';
import type { SentLog } from '../sent-log.ts';
import type { Interactions } from '../world/interactions.ts';
import type { World } from '../world/world.ts';
import type { DemoBot } from '../world/world-types.ts';

/** An answer that a test puts in the place of the real one, or the real one late. */
export interface PlannedAnswer {
  readonly method: string;
  /** Matched against the path below `/api/v10`. */
  readonly path: RegExp;
  /** `real`: what is asked for is done. */
  readonly answer: RestAnswer | 'real';
  /** How long after the request, which is acted on at once, it is answered; absent: at once. */
  readonly afterMs?: number;
  /** How many requests get this answer. */
  readonly times: number;
}

export interface DemoRestOptions {
  readonly world: World;
  readonly interactions: Interactions;
  readonly bots: readonly DemoBot[];
  /** Host and port of the main gateway. */
  readonly gatewayHost: string;
  readonly log: SentLog;
}

const PREFIX = /^\/api\/v(?:9|10)(?=\/)/;
const MOST_BODY_BYTES = 1 << 20;
/** `DiscordBot ($url, $version)` and free text after it. */
const USER_AGENT = /^DiscordBot \(https?:\/\/[^,\s]+, [^)]+\)/;

/** The REST side of the simulated Discord: API v10, and v9, which has the same endpoints in the same form. */
export class DemoRest {
  readonly edge = new Edge();
  readonly #options: DemoRestOptions;
  readonly #limits = new RateLimits();
  #planned: PlannedAnswer[] = [];

  constructor(options: DemoRestOptions) {
    this.#options = options;
  }

  /** The next `times` requests that match get the planned answer. */
  plan(planned: PlannedAnswer): void {
    this.#planned.push(planned);
  }

  /** All requests get their real answers again. */
  forgetPlans(): void {
    this.#planned = [];
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MOST_BODY_BYTES) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const { answer, afterMs = 0 } = this.#answer(request, Buffer.concat(chunks).toString('utf8'));
      const { method = '', url = '' } = request;
      this.#options.log.write({ event: 'rest', method, path: url, status: answer.status });
      if (afterMs === 0) send(response, answer);
      else setTimeout(() => send(response, answer), afterMs).unref();
    });
  }

  #answer(
    request: IncomingMessage,
    body: string,
  ): { readonly answer: RestAnswer; readonly afterMs?: number | undefined } {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? '';
    const path = url.pathname.replace(PREFIX, '');
    if (path === url.pathname) return { answer: REST_ERRORS.notFound };
    if (!USER_AGENT.test(request.headers['user-agent'] ?? '')) {
      return { answer: REST_ERRORS.blocked };
    }
    const page = this.edge.answer(method, path);
    if (page !== null) return { answer: page };
    const planned = this.#takePlanned(method, path);
    const isReal = planned === null || planned.answer === 'real';
    const answer = isReal ? this.#realAnswer(request, { method, path, body }) : planned.answer;
    return { answer, afterMs: planned?.afterMs };
  }

  #realAnswer(
    request: IncomingMessage,
    { method, path, body }: { method: string; path: string; body: string },
  ): RestAnswer {
    const scheme = request.socket instanceof TLSSocket ? 'wss' : 'ws';
    const gatewayUrl = `${scheme}://${this.#options.gatewayHost}`;
    const { world, interactions } = this.#options;
    const parsed = parseBody(request, body);
    const common = { world, interactions, gatewayUrl };
    const open = findRoute(OPEN_ROUTES, method, path);
    if (open !== null && open !== 'other-method') {
      const { route, parts } = open;
      return parsed.ok ? route.run({ ...common, parts, body: parsed.json }) : parsed.answer;
    }
    const bot = this.#options.bots.find(
      (one) => request.headers.authorization === `Bot ${one.token}`,
    );
    if (bot === undefined) return REST_ERRORS.unauthorized;
    const found = findRoute(ROUTES, method, path);
    if (found === null) return REST_ERRORS.notFound;
    if (found === 'other-method') return REST_ERRORS.wrongMethod;
    const { route, parts } = found;
    const major = parts['guild'] ?? parts['channel'] ?? '';
    const name = `${method} ${route.path} ${major}`;
    const bucket = { name, owner: bot.userId, limit: route.limit };
    const { headers, refused } = this.#limits.take(bucket, performance.now());
    if (refused !== null) return { ...refused, headers: { ...headers, ...refused.headers } };
    const answer = parsed.ok
      ? route.run({ ...common, bot, parts, body: parsed.json })
      : parsed.answer;
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }

  #takePlanned(method: string, path: string): PlannedAnswer | null {
    const planned = this.#planned.find((one) => one.method === method && one.path.test(path));
    if (planned === undefined) return null;
    const rest = this.#planned.filter((one) => one !== planned);
    this.#planned = planned.times > 1 ? [...rest, { ...planned, times: planned.times - 1 }] : rest;
    return planned;
  }
}

/** Null: nothing is at that path; `other-method`: something is, but not for that method. */
function findRoute<R extends OpenRoute | Route>(
  routes: readonly R[],
  method: string,
  path: string,
): { route: R; parts: Record<string, string> } | 'other-method' | null {
  let known = false;
  for (const route of routes) {
    const parts = matchPath(route.path, path);
    if (parts === null) continue;
    if (route.method === method) return { route, parts };
    known = true;
  }
  return known ? 'other-method' : null;
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const parts: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const value = given[index] ?? '';
    if (name.startsWith(':')) parts[name.slice(1)] = value;
    else if (name !== value) return null;
  }
  return parts;
}

function parseBody(
  request: IncomingMessage,
  body: string,
): { ok: true; json: unknown } | { ok: false; answer: RestAnswer } {
  if (request.method === 'GET' || body === '') return { ok: true, json: {} };
  if (request.headers['content-type']?.startsWith('application/json') !== true) {
    return {
      ok: false,
      answer: invalidForm('_', 'Expected "Content-Type" header to be application/json.'),
    };
  }
  const json = parseJson(body);
  if (json === undefined) {
    return { ok: false, answer: restError(400, 50109, 'The request body contains invalid JSON.') };
  }
  return { ok: true, json };
}

function send(response: ServerResponse, { status, body, headers = {} }: RestAnswer): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
  } else if (typeof body === 'string') {
    response
      .writeHead(status, { 'Content-Type': 'text/html; charset=UTF-8', ...headers })
      .end(body);
  } else {
    response
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(JSON.stringify(body));
  }
}
