import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';

/** What a client sent over the WebSocket; binary frames have their body as `d`. */
export interface ReceivedMessage {
  readonly op: number;
  readonly d: unknown;
  readonly binary: boolean;
  /** Which socket, from 1. */
  readonly connection: number;
}

/** A datagram as it arrived. */
export interface ReceivedDatagram {
  readonly bytes: Buffer;
  readonly from: RemoteInfo;
}

/** How the server behaves; without a field it behaves as Discord does. */
export interface FakeVoiceOptions {
  readonly modes?: readonly string[];
  /** Mode named in Session Description; the client's choice when absent. */
  readonly describedMode?: string;
  readonly daveVersion?: number;
  readonly heartbeatIntervalMs?: number;
  readonly answersHeartbeats?: boolean;
  /** Address of the UDP port, as Ready names it; 127.0.0.1 when absent.. */
  readonly udpAddress?: string;
  /** Number of the first numbered message; 1 when absent. */
  readonly firstSeq?: number;
  /** Connections (from 1) that get no Hello. */
  readonly silentFrom?: number;
  /** Discovery requests that go unanswered before the first answer. */
  readonly ignoredDiscoveries?: number;
  /** Called for each message; with true it has dealt with it, and the server does not answer. */
  readonly onMessage?: (message: ReceivedMessage, server: FakeVoiceServer) => boolean;
  /** Before each answer to discovery: datagrams that come first. */
  readonly beforeDiscovery?: (from: RemoteInfo, server: FakeVoiceServer) => void;
}

/** The client's SSRC in every Ready of this server. */
export const FAKE_SSRC = 0x00c0_ffee;

/** The 32-byte key in every Session Description of this server. */
export const FAKE_KEY = Uint8Array.from({ length: 32 }, (_, index) => index);

/**
 * A small voice server for tests of the client: voice gateway v8 (`ws`) and UDP on 127.0.0.1, written from Discord's
 * documentation without any of the client's code. It keeps what it receives.
 */
export class FakeVoiceServer implements AsyncDisposable {
  readonly #options: FakeVoiceOptions;
  readonly #http: WebSocketServer;
  readonly #udp: Socket;
  readonly #sockets: WebSocket[] = [];
  readonly #changes = new Set<() => void>();
  readonly messages: ReceivedMessage[] = [];
  readonly datagrams: ReceivedDatagram[] = [];
  /** Path and query of each connection. */
  readonly paths: string[] = [];
  /** Close code of each connection that ended: the client's, or 1006 when it was cut. */
  readonly closeCodes: number[] = [];
  #discoveries = 0;
  #closing: Promise<void> | null = null;
  #seq: number;

  private constructor(http: WebSocketServer, udp: Socket, options: FakeVoiceOptions) {
    this.#http = http;
    this.#udp = udp;
    this.#options = options;
    this.#seq = options.firstSeq ?? 1;
    http.on('connection', (socket, request) => {
      this.paths.push(request.url ?? '');
      this.#accept(socket);
      this.#wake();
    });
    udp.on('message', (bytes, from) => this.#takeDatagram({ bytes, from }));
  }

  static async start(options: FakeVoiceOptions = {}): Promise<FakeVoiceServer> {
    const http = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const isIPv6 = options.udpAddress === '::1';
    const udp = createSocket(isIPv6 ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
    udp.bind(0, isIPv6 ? '::1' : '127.0.0.1');
    await Promise.all([once(http, 'listening'), once(udp, 'listening')]);
    return new FakeVoiceServer(http, udp, options);
  }

  /** As Discord gives it: host and port. */
  get endpoint(): string {
    const address = this.#http.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `127.0.0.1:${String(address.port)}`;
  }

  get udpPort(): number {
    return this.#udp.address().port;
  }

  /** The client's address, from its first datagram. */
  get client(): RemoteInfo {
    const first = this.datagrams[0];
    if (first === undefined) throw new Error('no datagram yet');
    return first.from;
  }

  /** Sends `{op, d}` on the newest socket, with the next number unless `seq` says otherwise (null: none). */
  sendJson(op: number, d: unknown, seq: number | null = this.#seq++): void {
    this.#newest().send(JSON.stringify(seq === null ? { op, d } : { op, d, seq }));
  }

  /** Sends `u16 seq | u8 op | body` on the newest socket. */
  sendBinary(op: number, body: Uint8Array, seq = this.#seq++): void {
    this.#newest().send(Buffer.from([(seq >> 8) & 0xff, seq & 0xff, op, ...body]));
  }

  sendText(text: string): void {
    this.#newest().send(text);
  }

  /** Sends a binary frame as it is. */
  sendRaw(bytes: Uint8Array): void {
    this.#newest().send(bytes);
  }

  sendDatagram(bytes: Uint8Array, to: RemoteInfo = this.client): void {
    this.#udp.send(bytes, to.port, to.address);
  }

  /** Ends the newest socket with a close code. */
  closeSocket(code: number, text = ''): void {
    this.#newest().close(code, text);
  }

  /** Cuts the newest socket without a close frame: the client sees 1006. */
  cutSocket(): void {
    this.#newest().terminate();
  }

  /** Waits for what `find` gives; has no limit but the test's own. */
  async until<T>(find: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#changes.delete(wake);
          resolve();
        };
        this.#changes.add(wake);
      });
    }
  }

  /** The first message of that opcode, or the first on that connection. */
  message(op: number, connection?: number): Promise<ReceivedMessage> {
    return this.until(() =>
      this.messages.find(
        (each) => each.op === op && (connection === undefined || each.connection === connection),
      ),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    await new Promise<void>((resolve) => {
      this.#udp.close(resolve);
    });
  }

  #newest(): WebSocket {
    const socket = this.#sockets.at(-1);
    if (socket === undefined) throw new Error('no connection yet');
    return socket;
  }

  #accept(socket: WebSocket): void {
    const connection = this.#sockets.push(socket);
    socket.on('message', (data, binary) => {
      if (!Buffer.isBuffer(data)) throw new Error('unexpected kind of message');
      const message = binary
        ? { op: data.readUInt8(0), d: data.subarray(1), binary, connection }
        : { ...parse(data.toString('utf8')), binary, connection };
      this.messages.push(message);
      this.#wake();
      if (this.#options.onMessage?.(message, this) !== true) this.#answer(message);
    });
    socket.on('close', (code) => {
      this.closeCodes.push(code);
      this.#wake();
    });
    if (connection >= (this.#options.silentFrom ?? Infinity)) return;
    const interval = this.#options.heartbeatIntervalMs ?? 41_250;
    this.sendJson(8, { v: 8, heartbeat_interval: interval }, null);
  }

  #answer({ op, d }: ReceivedMessage): void {
    const { modes, describedMode, daveVersion = 0, answersHeartbeats = true } = this.#options;
    if (op === 0)
      this.sendJson(2, {
        ssrc: FAKE_SSRC,
        ip: this.#options.udpAddress ?? '127.0.0.1',
        port: this.udpPort,
        modes: modes ?? ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'],
        experiments: [],
        streams: [],
      });
    if (op === 1)
      this.sendJson(4, {
        mode: describedMode ?? modeOf(d),
        secret_key: [...FAKE_KEY],
        dave_protocol_version: daveVersion,
        audio_codec: 'opus',
        media_session_id: 'fake',
      });
    if (op === 3 && answersHeartbeats) this.sendJson(6, d, null);
    if (op === 7) this.sendJson(9, null, null);
  }

  #takeDatagram(datagram: ReceivedDatagram): void {
    this.datagrams.push(datagram);
    this.#wake();
    const { bytes, from } = datagram;
    if (bytes.length === 74 && bytes.readUInt16BE(0) === 1) this.#answerDiscovery(bytes, from);
    else if (bytes.length === 8 && bytes.readUInt32BE(0) === 0x1337_cafe)
      this.sendDatagram(Buffer.from(`1337f00d${bytes.toString('hex', 4)}`, 'hex'), from);
  }

  #answerDiscovery(request: Buffer, from: RemoteInfo): void {
    this.#discoveries += 1;
    if (this.#discoveries <= (this.#options.ignoredDiscoveries ?? 0)) return;
    this.#options.beforeDiscovery?.(from, this);
    const answer = Buffer.from(request);
    answer.writeUInt16BE(2, 0);
    answer.write(from.address, 8, 'latin1');
    answer.writeUInt16BE(from.port, 72);
    this.sendDatagram(answer, from);
  }

  #wake(): void {
    for (const change of this.#changes) change();
  }
}

const gatewayMessage = z.object({ op: z.int(), d: z.unknown().optional() });
const selectProtocol = z.object({ data: z.object({ mode: z.string() }) });

function parse(text: string): { op: number; d: unknown } {
  const { op, d } = gatewayMessage.parse(JSON.parse(text));
  return { op, d };
}

function modeOf(d: unknown): string {
  return selectProtocol.parse(d).data.mode;
}
