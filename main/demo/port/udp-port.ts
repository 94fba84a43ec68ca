import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

const RECEIVE_BUFFER_BYTES = 1 << 22;

/** One UDP port on loopback. */
export class UdpPort implements AsyncDisposable {
  readonly port: number;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('error', () => undefined); // a datagram to a client that has gone may fail
  }

  /** Any free port. Datagrams that come before `answer` are lost. */
  static async open(): Promise<UdpPort> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(0, '127.0.0.1', () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    return new UdpPort(socket);
  }

  answer(onDatagram: (datagram: Buffer, from: UdpAddress) => void): void {
    this.#socket.on('message', onDatagram);
  }

  send(datagram: Uint8Array, to: UdpAddress): void {
    this.#socket.send(datagram, to.port, to.address);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
