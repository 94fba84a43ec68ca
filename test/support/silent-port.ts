import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A TCP port on loopback to which nobody is to connect: counts who does, and hangs up. */
export class SilentPort implements AsyncDisposable {
  readonly #server: Server;
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.connections += 1;
      socket.destroy();
    });
  }

  static async open(): Promise<SilentPort> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new SilentPort(server);
  }

  /** `host:port` by another name: IPv4's loopback in the form of IPv6, which connects to it and is no loopback name. */
  get otherName(): string {
    return `[::ffff:7f00:1]:${String(this.port)}`;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
