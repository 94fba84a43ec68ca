import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIPv6, SocketAddress } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { systemErrorCode, toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { withLimit } from '../base/wait.ts';
import { classifyDatagram } from '../rtp/classify-datagram.ts';
import type { MediaSink } from '../rtp/media-sink.ts';
import { parseDiscoveryResponse, writeDiscoveryRequest } from './ip-discovery.ts';
import type { UdpAddress } from './ip-discovery.ts';
import { Keepalives } from './keepalive.ts';
import type { KeepaliveEcho } from './keepalive.ts';
import { VoiceError } from './voice-error.ts';

/** Room for seconds of a large call while this process does not run. Systems often grant less. */
const RECEIVE_BUFFER_BYTES = 1 << 22;

/** Without anything sent, NAT mappings and voice servers forget us after 5 to 15 minutes; official clients send every 5 s. */
const KEEPALIVE_MS = 5_000;

/** UDP may lose the question or the answer. */
const DISCOVERY_RESEND_MS = 700;
const DISCOVERY_LIMIT_MS = 5_000;

/** Where IPv6 works at all, an answer comes well within this; where it does not, mostly an error comes at once. */
const IPV6_LIMIT_MS = 3_000;

/** An IPv4 address written as an IPv6 one (RFC 4291 §2.5.5.2). */
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Where media comes from, and who takes it. */
export interface VoiceUdpOptions {
  readonly server: UdpAddress;
  readonly log: Log;
  readonly clock: Clock;
  /** Takes RTP and unknown datagrams; those from another address than the server's are dropped before. */
  readonly media: MediaSink;
}

/** The UDP socket of one voice session. No error ends it: each error code is logged once. */
export class VoiceUdp implements AsyncDisposable {
  readonly #options: VoiceUdpOptions;
  readonly #socket: Socket;
  readonly #keepalives = new Keepalives();
  readonly #loggedErrors = new Set<string>();
  #keepaliveTimer: NodeJS.Timeout | null = null;
  #onDiscovery: ((answer: Uint8Array) => void) | null = null;
  #onRefused: ((error: Error) => void) | null = null;
  #closing: Promise<void> | null = null;
  #heardAtMs: number | null = null;

  private constructor(socket: Socket, options: VoiceUdpOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#enlargeReceiveBuffer();
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
    socket.on('error', (error) => this.#noteError(error));
  }

  /** Binds a socket to a free port. Throws VoiceError `unreachable` when the system has none for us. */
  static async open(given: VoiceUdpOptions, signal: AbortSignal): Promise<VoiceUdp> {
    signal.throwIfAborted();
    const ip = plainAddress(given.server.ip);
    const options = { ...given, server: { ...given.server, ip } };
    const socket = createSocket(isIPv6(ip) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, () => {
        socket.removeListener('error', reject);
        resolve();
      });
    }).catch((error: unknown) => {
      socket.close();
      const reason = isIPv6(ip) ? 'ipv6-unreachable' : 'unreachable';
      throw new VoiceError(reason, `cannot open a UDP socket for ${ip}`, { cause: error });
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

  /**
   * Our public address as the server sees it. Throws VoiceError: `udp-unanswered` after 5 s; for an IPv6 address
   * `ipv6-unreachable`, after 3 s or as soon as the system has no way there.
   */
  async discover(ssrc: number, signal: AbortSignal): Promise<UdpAddress> {
    const { log, server } = this.#options;
    const { ip, port } = server;
    const isOverIPv6 = isIPv6(ip);
    const request = writeDiscoveryRequest(ssrc);
    const answer = new Promise<UdpAddress>((resolve, reject) => {
      this.#onDiscovery = (bytes) => {
        const address = parseDiscoveryResponse(bytes, ssrc);
        log.flight.note('discovery', { address, local: this.#socket.address(), server });
        if (address !== null) resolve(address);
      };
      this.#onRefused = (cause) => {
        if (isOverIPv6) reject(new VoiceError('ipv6-unreachable', `no way to ${ip}`, { cause }));
      };
    });
    const limitMs = isOverIPv6 ? IPV6_LIMIT_MS : DISCOVERY_LIMIT_MS;
    const awaited = 'discovery answer';
    log.flight.step({ of: 'voice', step: 'udp-discovery', limitMs, awaited });
    this.send(request);
    const timer = setInterval(() => this.send(request), DISCOVERY_RESEND_MS);
    const limit = {
      limitMs,
      onLimit: () =>
        new VoiceError(
          isOverIPv6 ? 'ipv6-unreachable' : 'udp-unanswered',
          `no discovery answer from ${ip} port ${String(port)} in ${String(limitMs)} ms`,
        ),
    };
    try {
      return await withLimit(limit, () => answer, signal);
    } finally {
      clearInterval(timer);
      this.#onDiscovery = null;
      this.#onRefused = null;
    }
  }

  /** Sends one keepalive and then another every 5 s until closed. */
  startKeepalives(): void {
    const { log, clock } = this.#options;
    const keepAlive = (): void => {
      this.send(this.#keepalives.write(clock.monotonicMs()));
      log.flight.note('keepalive', { ...this.echo });
    };
    keepAlive();
    this.#keepaliveTimer ??= setInterval(keepAlive, KEEPALIVE_MS);
  }

  /** Sends one datagram to the server. A datagram that cannot be sent is lost, as it may be on its way. */
  send(datagram: Uint8Array): void {
    if (this.#closing !== null) return;
    const { ip, port } = this.#options.server;
    this.#socket.send(datagram, port, ip, (error) => {
      if (error === null) return;
      this.#noteError(error);
      this.#onRefused?.(error);
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
    const { server, media, log } = this.#options;
    const bytes = new Uint8Array(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    if (from.address !== server.ip || from.port !== server.port)
      return log.flight.datagram(bytes, 'stranger');
    const kind = classifyDatagram(bytes);
    log.flight.datagram(bytes, kind);
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

  /**
   * Asks for the receive buffer and logs what the system granted, as the system counts bytes (Linux: twice their
   * number).
   */
  #enlargeReceiveBuffer(): void {
    try {
      this.#socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
      const grantedBytes = this.#socket.getRecvBufferSize();
      this.#options.log.info('UDP socket open', { grantedBytes });
    } catch (error) {
      this.#noteError(toError(error)); // a smaller buffer loses packets only while this process does not run
    }
  }

  #noteError(error: Error): void {
    const code = systemErrorCode(error) ?? error.message;
    if (this.#loggedErrors.has(code)) return;
    this.#loggedErrors.add(code);
    this.#options.log.warn('UDP error; the connection goes on', { code });
  }
}

/** The address as the system writes it in what arrives. */
function plainAddress(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const { address } = new SocketAddress({ address: ip, family: 'ipv6' });
  return MAPPED_IPV4.exec(address)?.[1] ?? address;
}
