import { createServer as createHttpServer } from 'node:http';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { Server as HttpsServer, createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { Server as NetServer, Socket } from 'node:net';
import { generate } from 'selfsigned';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

let ownCertificate: Promise<Certificate> | null = null;

/** A self-signed certificate for loopback: `cert` is also the authority that a client has to trust. One per process. */
export function loopbackCertificate(): Promise<Certificate> {
  ownCertificate ??= createCertificate(); // takes 0.2 s
  return ownCertificate;
}

async function createCertificate(): Promise<Certificate> {
  const altNames = [
    { type: 2 as const, value: 'localhost' },
    { type: 2 as const, value: 'discord.test' }, // for clients that come through a proxy
    { type: 7 as const, ip: '127.0.0.1' },
    { type: 7 as const, ip: '::1' },
  ];
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key, cert };
}

/** What answers on a port. Scheme (`ws`, `wss`), path and query of `url` are the client's; the host is `localhost`. */
export interface PortHandlers {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onSocket: (socket: WebSocket, url: URL) => void;
}

/** First byte of a TLS connection: content type handshake (RFC 8446 §5.1). HTTP begins with a letter. */
const TLS_HANDSHAKE = 22;

/** `refuses`: every connection is reset; `silent`: nothing passes either way until `open`, then all of it does. */
export type Reach = 'open' | 'refuses' | 'silent';

/** One loopback port that answers HTTP and WebSocket, plain and over TLS alike. */
export class TwoWayPort implements AsyncDisposable {
  readonly port: number;
  readonly #certificate: Certificate;
  readonly #listener: NetServer;
  readonly #gate: Gate;
  readonly #webSockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });

  private constructor(options: {
    readonly port: number;
    readonly certificate: Certificate;
    readonly listener: NetServer;
    readonly gate: Gate;
  }) {
    this.port = options.port;
    this.#certificate = options.certificate;
    this.#listener = options.listener;
    this.#gate = options.gate;
  }

  /** `port` 0: any free one. Throws the system's error when it is taken. Connections wait until `answer` is called. */
  static async listen(options: {
    readonly port: number;
    readonly certificate: Certificate;
  }): Promise<TwoWayPort> {
    const gate = new Gate();
    const listener = createServer((socket) => gate.arrive(socket));
    const port = await new Promise<number>((resolve, reject) => {
      listener.once('error', reject).listen(options.port, '127.0.0.1', () => {
        const address = listener.address();
        resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
      });
    });
    return new TwoWayPort({ port, certificate: options.certificate, listener, gate });
  }

  /** To be called once: `handlers` answer the connections that wait and those that come later. */
  answer(handlers: PortHandlers): void {
    const plain = this.#serve(createHttpServer(), handlers);
    const tls = this.#serve(createHttpsServer(this.#certificate), handlers);
    this.#gate.admit((socket) => {
      socket.once('readable', () => {
        const first: unknown = socket.read(1);
        if (!Buffer.isBuffer(first)) return; // ended without a byte
        socket.unshift(first);
        (first[0] === TLS_HANDSHAKE ? tls : plain).emit('connection', socket);
      });
    });
  }

  /** Applies to open connections and to new ones. */
  setReach(reach: Reach): void {
    this.#gate.setReach(reach);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    for (const client of this.#webSockets.clients) client.terminate();
    this.#gate.destroyAll();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serve(server: HttpServer, handlers: PortHandlers): HttpServer {
    return server.on('request', handlers.onRequest).on('upgrade', (request, socket, head) => {
      this.#webSockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', () => undefined); // a bad frame: ws closes the socket by itself
        const scheme = server instanceof HttpsServer ? 'wss' : 'ws';
        handlers.onSocket(opened, new URL(request.url ?? '/', `${scheme}://localhost`));
      });
    });
  }
}

/** The sockets of a port; hands each on to the servers behind it, unless the port's reach forbids it. */
class Gate {
  readonly #open = new Set<Socket>();
  /** Sockets that have not been handed on: `admit` has not been called, or the reach is `silent`. */
  readonly #waiting = new Set<Socket>();
  /** Null until `admit`. */
  #handOn: ((socket: Socket) => void) | null = null;
  #reach: Reach = 'open';

  /** Hands on the sockets that wait and those that arrive. */
  admit(handOn: (socket: Socket) => void): void {
    this.#handOn = handOn;
    for (const socket of this.#waiting) this.#letIn(socket);
  }

  arrive(socket: Socket): void {
    if (this.#reach === 'refuses') {
      socket.resetAndDestroy();
      return;
    }
    this.#open.add(socket);
    socket.on('close', () => this.#forget(socket));
    socket.on('error', () => socket.destroy()); // a peer may vanish before its first byte
    this.#waiting.add(socket);
    this.#letIn(socket);
  }

  setReach(reach: Reach): void {
    const before = this.#reach;
    if (reach === before) return;
    this.#reach = reach;
    for (const socket of this.#open) {
      if (reach === 'refuses') socket.resetAndDestroy();
      else if (this.#waiting.has(socket)) this.#letIn(socket);
      else if (reach === 'silent') socket.pause().cork();
      else socket.resume().uncork();
    }
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #letIn(socket: Socket): void {
    if (this.#handOn === null || this.#reach !== 'open') return;
    this.#waiting.delete(socket);
    this.#handOn(socket);
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#waiting.delete(socket);
  }
}
