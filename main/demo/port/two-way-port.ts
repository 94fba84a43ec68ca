import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as HttpsServer, createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { generate } from 'selfsigned';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

let ownCertificate: Promise<Certificate> | null = null;

/** A certificate for loopback that is its own authority: `cert` is also what a client has to trust. One a process. */
export function loopbackCertificate(): Promise<Certificate> {
  ownCertificate ??= createCertificate(); // takes 0.2 s
  return ownCertificate;
}

async function createCertificate(): Promise<Certificate> {
  const altNames = [
    { type: 2 as const, value: 'localhost' },
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

/** What answers on a port. Of `url` the path, the query and the scheme (`ws` or `wss`) are the client's. */
export interface PortHandlers {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onSocket: (socket: WebSocket, url: URL) => void;
}

/** First byte of a TLS connection (RFC 8446 §5.1, handshake); that of HTTP is a letter. */
const TLS_HANDSHAKE = 22;

/** `refuses`: every connection is reset; `silent`: nothing passes either way, and all of it comes late, when `open` again. */
export type Reach = 'open' | 'refuses' | 'silent';

/** One loopback port that answers HTTP and WebSocket, plain and over TLS alike. */
export class TwoWayPort implements AsyncDisposable {
  readonly port: number;
  readonly #gate: Gate;
  readonly #close: () => Promise<void>;

  private constructor(port: number, { gate, close }: { gate: Gate; close: () => Promise<void> }) {
    this.port = port;
    this.#gate = gate;
    this.#close = close;
  }

  /** `port` 0: any free one. Throws the system's error when it is taken. */
  static async listen(
    options: { readonly port: number; readonly certificate: Certificate },
    handlers: PortHandlers,
  ): Promise<TwoWayPort> {
    const webSockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
    const serve = (server: Server): Server =>
      server.on('request', handlers.onRequest).on('upgrade', (request, socket, head) => {
        webSockets.handleUpgrade(request, socket, head, (opened) => {
          opened.on('error', () => undefined); // a bad frame: ws closes the socket by itself
          const scheme = server instanceof HttpsServer ? 'wss' : 'ws';
          handlers.onSocket(opened, new URL(request.url ?? '/', `${scheme}://localhost`));
        });
      });
    const plain = serve(createHttpServer());
    const tls = serve(createHttpsServer(options.certificate));
    const gate = new Gate((socket) => {
      socket.once('readable', () => {
        const first: unknown = socket.read(1);
        if (!Buffer.isBuffer(first)) return; // ended without a byte
        socket.unshift(first);
        (first[0] === TLS_HANDSHAKE ? tls : plain).emit('connection', socket);
      });
    });
    const listener = createServer((socket) => gate.arrive(socket));
    const port = await new Promise<number>((resolve, reject) => {
      listener.once('error', reject).listen(options.port, '127.0.0.1', () => {
        const address = listener.address();
        resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
      });
    });
    const close = async (): Promise<void> => {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const client of webSockets.clients) client.terminate();
      gate.destroyAll();
      await closed;
    };
    return new TwoWayPort(port, { gate, close });
  }

  /** Of those who are connected, and of those who try to. */
  setReach(reach: Reach): void {
    this.#gate.setReach(reach);
  }

  close(): Promise<void> {
    return this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The sockets of a port, and whether anything passes. */
class Gate {
  readonly #admit: (socket: Socket) => void;
  readonly #open = new Set<Socket>();
  readonly #waiting = new Set<Socket>();
  #reach: Reach = 'open';

  constructor(admit: (socket: Socket) => void) {
    this.#admit = admit;
  }

  arrive(socket: Socket): void {
    if (this.#reach === 'refuses') {
      socket.resetAndDestroy();
      return;
    }
    this.#open.add(socket);
    socket.on('close', () => this.#forget(socket));
    socket.on('error', () => socket.destroy()); // a peer may vanish before its first byte
    if (this.#reach === 'silent') this.#waiting.add(socket);
    else this.#admit(socket);
  }

  setReach(reach: Reach): void {
    const before = this.#reach;
    if (reach === before) return;
    this.#reach = reach;
    for (const socket of this.#open) {
      if (reach === 'refuses') socket.resetAndDestroy();
      else if (this.#waiting.delete(socket)) this.#admit(socket);
      else if (reach === 'silent') socket.pause().cork();
      else socket.resume().uncork();
    }
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#waiting.delete(socket);
  }
}
