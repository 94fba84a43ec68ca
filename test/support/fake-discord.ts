import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import type { RawData } from 'ws';
import { ready } from './discord-payloads.ts';

/** One request to the REST server. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer of the REST server: an object body is sent as JSON, `hangUp` closes the socket instead. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object | string;
  readonly hangUp?: true;
}

export interface SeenFrame {
  readonly op: number;
  readonly d: unknown;
}

/** A REST server and a main gateway on loopback that do only what the test tells them. */
export class FakeDiscord implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  readonly connections: FakeConnection[] = [];
  /** Answer of GET /gateway/bot beside its `url`. */
  sessionStartLimit = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 };
  gatewayUrl: string | null = null;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #answers = new Map<string, FakeAnswer[]>();
  readonly #arrivals = new Mailbox<FakeConnection>();

  private constructor({ upgradeStatus }: { readonly upgradeStatus?: number }) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#sockets = new WebSocketServer({
      server: this.#server,
      verifyClient: (_, tell) => tell(upgradeStatus === undefined, upgradeStatus),
    });
    this.#sockets.on('connection', (socket, request) => {
      const connection = new FakeConnection(socket, request);
      this.connections.push(connection);
      this.#arrivals.put(connection);
    });
  }

  /** `upgradeStatus`: HTTP status in place of every WebSocket. */
  static async start(options: { readonly upgradeStatus?: number } = {}): Promise<FakeDiscord> {
    const fake = new FakeDiscord(options);
    await new Promise<void>((resolve) => {
      fake.#server.listen(0, '127.0.0.1', resolve);
    });
    return fake;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  get apiUrl(): URL {
    return new URL(`http://127.0.0.1:${String(this.port)}/api/v10`);
  }

  /** Where READY tells to resume: the same server under another path, so that a test can tell. */
  get resumeUrl(): string {
    return `ws://127.0.0.1:${String(this.port)}/resume`;
  }

  /** Queues answers for `METHOD /path`, each used once; afterwards the plain one comes again. */
  answer(call: string, ...answers: FakeAnswer[]): void {
    this.#answers.set(call, [...(this.#answers.get(call) ?? []), ...answers]);
  }

  /** The next WebSocket that was or will be opened. */
  nextConnection(): Promise<FakeConnection> {
    return this.#arrivals.take();
  }

  /** Greets the next connection and answers its Identify with READY. */
  async welcome(sessionId: string, change: object = {}): Promise<FakeConnection> {
    const connection = await this.nextConnection();
    connection.hello();
    await connection.next(2);
    connection.dispatch(
      'READY',
      ready(sessionId, { resume_gateway_url: this.resumeUrl, ...change }),
      1,
    );
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
    const { method = '', headers } = request;
    const path = (request.url ?? '').replace('/api/v10', '');
    const body: unknown = text === '' ? null : JSON.parse(text);
    this.requests.push({ method, path, headers, body });
    const answer = this.#answers.get(`${method} ${path}`)?.shift() ?? this.#usual(path);
    if (answer.hangUp === true) {
      request.socket.destroy();
      return;
    }
    const isJson = typeof answer.body !== 'string';
    response.writeHead(answer.status ?? 200, {
      'content-type': isJson ? 'application/json' : 'text/html',
      ...answer.headers,
    });
    response.end(isJson ? JSON.stringify(answer.body ?? {}) : answer.body);
  }

  #usual(path: string): FakeAnswer {
    if (path !== '/gateway/bot') return { body: { id: '1', username: 'tapedeck' } };
    const url = this.gatewayUrl ?? `ws://127.0.0.1:${String(this.port)}`;
    return { body: { url, shards: 1, session_start_limit: this.sessionStartLimit } };
  }
}

/** One WebSocket of the main gateway, seen from the server. */
export class FakeConnection {
  readonly socket: WebSocket;
  /** Path and query it was opened with. */
  readonly url: string;
  /** Resolves with the close code that came from the client, 1006 without one. */
  readonly closed: Promise<number>;
  readonly seen: SeenFrame[] = [];
  readonly #mail = new Map<number, Mailbox<SeenFrame>>();

  readonly headers: IncomingMessage['headers'];

  constructor(socket: WebSocket, { url = '', headers }: IncomingMessage) {
    this.socket = socket;
    this.url = url;
    this.headers = headers;
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('message', (data) => {
      const frame = toFrame(data);
      this.seen.push(frame);
      this.#box(frame.op).put(frame);
    });
  }

  send(message: object): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  hello(intervalMs = 45_000): void {
    this.send({ op: 10, d: { heartbeat_interval: intervalMs }, s: null, t: null });
  }

  dispatch(type: string, data: unknown, sequence: number): void {
    this.send({ op: 0, d: data, s: sequence, t: type });
  }

  /** The next message with that opcode that was or will be received. */
  next(op: number): Promise<SeenFrame> {
    return this.#box(op).take();
  }

  #box(op: number): Mailbox<SeenFrame> {
    const known = this.#mail.get(op);
    if (known !== undefined) return known;
    const box = new Mailbox<SeenFrame>();
    this.#mail.set(op, box);
    return box;
  }
}

/** A queue whose readers wait. */
class Mailbox<T> {
  readonly #items: T[] = [];
  readonly #readers: ((item: T) => void)[] = [];

  put(item: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#items.push(item);
    else reader(item);
  }

  take(): Promise<T> {
    const [item] = this.#items.splice(0, 1);
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#readers.push(resolve));
  }
}

function toFrame(data: RawData): SeenFrame {
  const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
  const frame: unknown = JSON.parse(text);
  if (typeof frame !== 'object' || frame === null || !('op' in frame) || !('d' in frame))
    throw new Error(`not a frame: ${text}`);
  return { op: Number(frame.op), d: frame.d };
}
