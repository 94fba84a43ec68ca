import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import type { Clock } from '../base/clock.ts';
import { systemErrorCode, toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { abortable, withLimit } from '../base/wait.ts';
import { classifyDatagram } from '../rtp/classify-datagram.ts';
import type { MediaSink } from '../rtp/media-sink.ts';
import { parseDiscoveryResponse, writeDiscoveryRequest } from './ip-discovery.ts';
import type { UdpAddress } from './ip-discovery.ts';
import { Keepalives } from './keepalive.ts';
import type { KeepaliveEcho } from './keepalive.ts';
import { VoiceError } from './voice-error.ts';

/** Seconds of a large call, should this process not get to run. Systems often grant less. */
const RECEIVE_BUFFER_BYTES = 1 << 22;

/** Without anything sent, NAT mappings and voice servers forget us after 5 to 15 minutes; official clients send every 5 s. */
const KEEPALIVE_MS = 5_000;

/** UDP may lose the question or the answer. */
const DISCOVERY_RESEND_MS = 700;
const DISCOVERY_LIMIT_MS = 5_000;

/** Where media comes from, and who takes it. */
export interface VoiceUdpOptions {
  readonly server: UdpAddress;
  readonly log: Log;
  readonly clock: Clock;
  /** Takes RTP and what is nothing we know, from the server's address alone. */
  readonly media: MediaSink;
}

/** The UDP socket of one voice session. Nothing that goes wrong on it ends anything: errors are logged, once each. */
export class VoiceUdp implements AsyncDisposable {
  readonly #options: VoiceUdpOptions;
  readonly #socket: Socket;
  readonly #keepalives = new Keepalives();
  readonly #loggedErrors = new Set<string>();
  #keepaliveTimer: NodeJS.Timeout | null = null;
  #onDiscovery: ((answer: Uint8Array) => void) | null = null;
  #closing: Promise<void> | null = null;
  #heardAtMs: number | null = null;
  /** What the system granted of the 4 MiB asked for, as it counts them (Linux: twice the number of bytes); 0 if unknown. */
  readonly grantedReceiveBufferBytes: number;

  private constructor(socket: Socket, options: VoiceUdpOptions) {
    this.#socket = socket;
    this.#options = options;
    this.grantedReceiveBufferBytes = this.#enlargeReceiveBuffer();
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
    socket.on('error', (error) => this.#noteError(error));
  }

  /** Binds a socket to a free port. Throws VoiceError `unreachable` when the system has none for us. */
  static async open(options: VoiceUdpOptions, signal: AbortSignal): Promise<VoiceUdp> {
    signal.throwIfAborted();
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, () => {
        socket.removeListener('error', reject);
        resolve();
      });
    }).catch((error: unknown) => {
      socket.close();
      throw new VoiceError('unreachable', 'cannot open a UDP socket', { cause: error });
    });
    const udp = new VoiceUdp(socket, options);
    if (signal.aborted) {
      await udp.close();
      throw toError(signal.reason);
    }
    return udp;
  }

  get echo(): KeepaliveEcho {
    return this.#keepalives.echo;
  }

  /** When RTP, RTCP or anything unknown came last, on the monotonic clock; null before the first. */
  get heardAtMs(): number | null {
    return this.#heardAtMs;
  }

  /** Our public address as the server sees it. Throws VoiceError `udp-unanswered` after 5 s. */
  async discover(ssrc: number, signal: AbortSignal): Promise<UdpAddress> {
    const request = writeDiscoveryRequest(ssrc);
    const answer = new Promise<UdpAddress>((resolve) => {
      this.#onDiscovery = (bytes) => {
        const address = parseDiscoveryResponse(bytes, ssrc);
        if (address !== null) resolve(address);
      };
    });
    this.send(request);
    const timer = setInterval(() => this.send(request), DISCOVERY_RESEND_MS);
    const { ip, port } = this.#options.server;
    const limit = {
      limitMs: DISCOVERY_LIMIT_MS,
      onLimit: () =>
        new VoiceError('udp-unanswered', `no discovery answer from ${ip}:${String(port)} in 5 s`),
    };
    try {
      return await withLimit(limit, (limited) => abortable(answer, limited), signal);
    } finally {
      clearInterval(timer);
      this.#onDiscovery = null;
    }
  }

  /** Sends one keepalive and then another every 5 s until closed. */
  startKeepalives(): void {
    const keepAlive = (): void =>
      this.send(this.#keepalives.write(this.#options.clock.monotonicMs()));
    keepAlive();
    this.#keepaliveTimer ??= setInterval(keepAlive, KEEPALIVE_MS);
  }

  /** Sends to the server; what cannot be sent is lost, as on the way. */
  send(datagram: Uint8Array): void {
    if (this.#closing !== null) return;
    const { ip, port } = this.#options.server;
    this.#socket.send(datagram, port, ip, (error) => {
      if (error !== null) this.#noteError(error);
    });
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (this.#keepaliveTimer !== null) clearInterval(this.#keepaliveTimer);
      this.#socket.close(() => resolve());
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #receive(datagram: Buffer, from: RemoteInfo): void {
    const arrivedAtMs = this.#options.clock.monotonicMs();
    const { server, media } = this.#options;
    if (from.address !== server.ip || from.port !== server.port) return;
    const bytes = new Uint8Array(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const kind = classifyDatagram(bytes);
    switch (kind) {
      case 'ip-discovery':
        return this.#onDiscovery?.(bytes);
      case 'keepalive-echo':
        return this.#keepalives.note(bytes, arrivedAtMs);
      case 'rtcp':
        this.#heardAtMs = arrivedAtMs;
        return;
      case 'rtp':
      case 'unknown':
        this.#heardAtMs = arrivedAtMs;
        return media.receive(bytes, kind, arrivedAtMs);
    }
  }

  #enlargeReceiveBuffer(): number {
    try {
      this.#socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
      const grantedBytes = this.#socket.getRecvBufferSize();
      this.#options.log.info('UDP socket open', { grantedBytes });
      return grantedBytes;
    } catch (error) {
      this.#noteError(toError(error)); // A smaller buffer loses packets only when this process is held up.
      return 0;
    }
  }

  #noteError(error: Error): void {
    const code = systemErrorCode(error) ?? error.message;
    if (this.#loggedErrors.has(code)) return;
    this.#loggedErrors.add(code);
    this.#options.log.warn('UDP error; the connection goes on', { code });
  }
}
