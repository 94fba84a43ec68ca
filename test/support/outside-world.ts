import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { Outside } from './ways-out.ts';

/** A page, and an HTTP server and a TURN server (UDP and TCP, on one port) on loopback that keep what they hear. */
export class OutsideWorld implements AsyncDisposable {
  readonly #http = createHttpServer((request, response) => {
    if (request.url === '/page') {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>A page</title>');
      return;
    }
    this.requests.push(request.url ?? '');
    response.end();
  });
  readonly #tcp = createTcpServer((socket) => {
    this.turnStreams += 1;
    socket.on('error', () => undefined); // the page may cut it
    socket.on('data', () => socket.destroy());
  });
  readonly #udp = createSocket('udp4');
  /** Paths asked for. */
  readonly requests: string[] = [];
  /** TCP connections to the HTTP server, also those that ask for nothing. */
  connections = 0;
  turnStreams = 0;
  turnDatagrams = 0;

  static async open(): Promise<OutsideWorld> {
    const world = new OutsideWorld();
    world.#http.on('connection', () => (world.connections += 1));
    await once(world.#http.listen(0, '127.0.0.1'), 'listening');
    await once(world.#tcp.listen(0, '127.0.0.1'), 'listening');
    world.#udp.bind(portOf(world.#tcp), '127.0.0.1');
    await once(world.#udp, 'listening');
    world.#udp.on('message', () => (world.turnDatagrams += 1));
    return world;
  }

  /** The address of a page that anything is allowed to. */
  get page(): string {
    return `http://${this.outside.http}/page`;
  }

  get outside(): Outside {
    return {
      http: `127.0.0.1:${String(portOf(this.#http))}`,
      turn: `127.0.0.1:${String(portOf(this.#tcp))}`,
      domain: 'way-out.invalid', // RFC 2606: no such domain ever is
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    for (const server of [this.#http, this.#tcp])
      await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => {
      this.#udp.close(resolve);
    });
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}
