import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

/** How a proxy meets those who come: a user name and password it wants, or the status it always answers. */
interface ProxyManner {
  readonly login?: string;
  readonly answers?: number;
}

/** An HTTP proxy on loopback that opens tunnels, and alone knows that `discord.test` is this computer. */
export class ConnectProxy implements AsyncDisposable {
  /** `host:port` of each tunnel that was asked for. */
  readonly asked: string[] = [];
  readonly userAgents: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor({ login, answers }: ProxyManner) {
    const wanted =
      login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    this.#server = createServer().on('connect', (request, client: Socket) => {
      this.#keep(client);
      const { url = '', headers } = request;
      this.asked.push(url);
      this.userAgents.push(headers['user-agent']);
      if (answers !== undefined || headers['proxy-authorization'] !== wanted) {
        client.end(`HTTP/1.1 ${String(answers ?? 407)} No\r\ncontent-length: 2\r\n\r\nno`);
        return;
      }
      const port = Number(url.replace(/^discord\.test:/, ''));
      const server = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      this.#keep(server);
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    });
  }

  static async start(manner: ProxyManner = {}): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(manner);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#open.delete(socket));
  }
}
