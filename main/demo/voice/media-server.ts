import { EventEmitter } from 'node:events';
import { classifyDatagram } from '../../rtp/classify-datagram.ts';
import type { RtpFields } from '../../rtp/rtp-writer.ts';
import { parseRtpPacket } from '../../rtp/rtp-packet.ts';
import { speakRefusal } from './may-speak.ts';
import { MediaLink } from './media-link.ts';
import type { LinkQuality } from './media-link.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { UdpAddress, UdpPort } from '../port/udp-port.ts';
import type { World } from '../world/world.ts';
import type { SentLog } from '../sent-log.ts';
import type { SpokenPacket } from './spoken-packet.ts';
import type { VoiceServer } from './voice-server.ts';
import type { VoiceSession } from './voice-session.ts';

export interface MediaServerOptions {
  /** The port of each voice region. */
  readonly udps: readonly UdpPort[];
  readonly world: World;
  readonly voice: VoiceServer;
  readonly random: SeededRandom;
  readonly log: SentLog;
  /** A client is sent no media this long after its last datagram. */
  readonly keepaliveLimitMs: number;
  readonly quality: LinkQuality;
}

interface MediaServerEvents {
  /** A client's address has become known: it can be sent media as soon as it has its transport key. */
  receiver: [];
}

const DISCOVERY_BYTES = 74;
const OLD_DISCOVERY_BYTES = 70;
/** First 4 bytes of a keepalive; the echo begins with `13 37 F0 0D` and repeats the other 4 bytes. */
const KEEPALIVE_BYTES = 8;
const KEEPALIVE = 0x1337cafe;
const KEEPALIVE_ECHO = 0x1337f00d;
/** Media may overtake op 5, which travels over TCP; after this time without op 5 the socket is closed with 4020. */
const UNANNOUNCED_LIMIT_MS = 1000;
/** What a client behind the NAT is told of itself: an address for documentation (RFC 5737), and another port. */
const NAT_ADDRESS = '203.0.113.7';
const natPort = (port: number): number => (port === 65_535 ? 1024 : port + 1);

/** The UDP side: discovery, keepalives, and each packet to all other clients of the channel, under each one's key. */
export class MediaServer extends EventEmitter<MediaServerEvents> {
  /** May be changed while the server runs. */
  quality: LinkQuality;
  /** So many of the next discovery requests are lost. */
  discoveriesToDrop = 0;
  /** `on speaking`: a client hears nothing before its op 5 and a first datagram. */
  opens: 'on discovery' | 'on speaking' = 'on discovery';
  /**
   * True: discovery tells another address than the socket's own, a client that selects any other hears nothing, and
   * once it has been silent for `keepaliveLimitMs` its address is forgotten until the next discovery.
   */
  hasNat = false;
  /** False: every datagram is lost, both ways. */
  isReachable = true;
  /** False: keepalives keep media coming, but get no echo. */
  echoesKeepalives = true;
  readonly #options: MediaServerOptions;
  readonly #links = new WeakMap<VoiceSession, MediaLink>();
  readonly #openLinks = new Set<MediaLink>();

  constructor(options: MediaServerOptions) {
    super();
    this.#options = options;
    this.quality = options.quality;
    for (const [region, udp] of options.udps.entries()) {
      udp.answer((datagram, from) => this.#onDatagram(datagram, from, region));
    }
  }

  /** Clients in the channel that are sent media at this moment. */
  receiversIn(channelId: string): VoiceSession[] {
    return this.#options.voice.sessionsIn(channelId).filter((session) => this.#hears(session));
  }

  get hasReceivers(): boolean {
    return this.receivers.length > 0;
  }

  get receivers(): VoiceSession[] {
    return [...this.#options.voice.sessions].filter((session) => this.#hears(session));
  }

  /** Sends one packet of `userId` to every other client in the channel, each over its own link. */
  forward(channelId: string, userId: string, packet: SpokenPacket): void {
    for (const receiver of this.receiversIn(channelId)) {
      if (receiver.userId !== userId) this.#forwardTo(receiver, userId, packet);
    }
  }

  /** Sends the bytes as they are, past the link's faults. */
  sendRaw(receiver: VoiceSession, datagram: Uint8Array): void {
    if (receiver.address === null || !this.isReachable) return;
    this.#options.udps[receiver.grant.region]?.send(datagram, receiver.address);
  }

  /** From here on every datagram is lost, both ways. Leaves the port open. */
  close(): void {
    this.isReachable = false;
    for (const link of this.#openLinks) link.close();
  }

  #hears(session: VoiceSession): boolean {
    const silentMs = performance.now() - session.heardAtMs;
    const isKnown = !this.hasNat || session.isAsDiscovered;
    const isOpen = this.opens === 'on discovery' || (session.announced && session.hasSent);
    const isReached = session.address !== null && session.cipher !== null && isKnown && isOpen;
    return isReached && silentMs < this.#options.keepaliveLimitMs && this.#mayHear(session);
  }

  /** False for a client that is deafened, by itself or by a moderator. */
  #mayHear({ grant, userId }: VoiceSession): boolean {
    const state = this.#options.world.voiceState(grant.guildId, userId);
    return state !== undefined && !state.deaf && !state.selfDeaf;
  }

  #forwardTo(receiver: VoiceSession, userId: string, packet: SpokenPacket): void {
    const { fields, payload, plainBytes, kind, position, epoch, group } = packet;
    const datagram = receiver.cipher?.seal(fields, payload);
    if (datagram === undefined) return;
    const fate = this.isReachable ? this.#linkTo(receiver).send(datagram) : 'dropped';
    this.#options.log.write({
      event: 'packet',
      to: receiver.userId,
      userId,
      ssrc: fields.ssrc,
      sequence: fields.sequence,
      timestamp: fields.timestamp,
      position,
      kind,
      fate,
      paddingBytes: fields.paddingBytes ?? 0,
      payloadBytes: plainBytes,
      epoch,
      group,
    });
  }

  #linkTo(receiver: VoiceSession): MediaLink {
    const known = this.#links.get(receiver);
    if (known !== undefined) return known;
    const link = new MediaLink(
      this.#options.random.fork(),
      () => this.quality,
      (datagram) => this.sendRaw(receiver, datagram),
    );
    this.#links.set(receiver, link);
    this.#openLinks.add(link);
    return link;
  }

  #onDatagram(datagram: Buffer, from: UdpAddress, region: number): void {
    if (!this.isReachable) return;
    if (datagram.byteLength === DISCOVERY_BYTES && datagram.readUInt32BE(0) === 0x0001_0046) {
      return this.#onDiscovery(datagram, from, region);
    }
    const session = [...this.#options.voice.sessions].find(
      ({ address, grant }) =>
        address?.port === from.port && address.address === from.address && grant.region === region,
    );
    if (session === undefined) {
      const message =
        datagram.byteLength === OLD_DISCOVERY_BYTES
          ? 'discovery of the old 70-byte form ignored'
          : 'datagram from nobody ignored';
      return this.#options.log.write({ event: 'udp', message, port: from.port });
    }
    const nowMs = performance.now();
    if (this.hasNat && nowMs - session.heardAtMs > this.#options.keepaliveLimitMs) {
      session.address = null;
      return;
    }
    session.heardAtMs = nowMs;
    const wasHeard = this.#hears(session);
    session.hasSent = true;
    if (!wasHeard && this.#hears(session)) this.emit('receiver');
    if (datagram.byteLength === KEEPALIVE_BYTES && datagram.readUInt32BE(0) === KEEPALIVE) {
      if (!this.echoesKeepalives) return;
      const echo = Buffer.from(datagram);
      echo.writeUInt32BE(KEEPALIVE_ECHO);
      return this.sendRaw(session, echo);
    }
    if (classifyDatagram(datagram) === 'rtp') this.#onMedia(session, datagram);
  }

  #onDiscovery(datagram: Buffer, from: UdpAddress, region: number): void {
    const ssrc = datagram.readUInt32BE(4);
    const session = [...this.#options.voice.sessions].find(
      (one) => one.ssrc === ssrc && one.grant.region === region,
    );
    const isDropped = session === undefined || this.discoveriesToDrop > 0;
    const message = isDropped ? 'discovery dropped' : 'discovery answered';
    this.#options.log.write({ event: 'udp', message, ssrc, port: from.port });
    if (this.discoveriesToDrop > 0) this.discoveriesToDrop -= 1;
    if (isDropped) return;
    const wasReached = session.address !== null;
    session.address = { address: from.address, port: from.port };
    session.heardAtMs = performance.now();
    session.told = this.hasNat ? { address: NAT_ADDRESS, port: natPort(from.port) } : from;
    const answer = Buffer.alloc(DISCOVERY_BYTES);
    answer.writeUInt16BE(2, 0);
    answer.writeUInt16BE(70, 2);
    answer.writeUInt32BE(ssrc, 4);
    answer.write(session.told.address, 8, 'latin1');
    answer.writeUInt16BE(session.told.port, 72);
    this.sendRaw(session, answer);
    if (!wasReached) this.emit('receiver');
  }

  #onMedia(session: VoiceSession, datagram: Buffer): void {
    const packet = parseRtpPacket(datagram);
    const payload = packet === null ? null : (session.cipher?.open(packet) ?? null);
    if (packet === null || payload === null || packet.ssrc !== session.ssrc) {
      const message = 'media refused: not this session’s, or not under its key';
      return this.#options.log.write({ event: 'udp', userId: session.userId, message });
    }
    const { sequence, timestamp, ssrc, marker } = packet;
    const refusal = speakRefusal(this.#options.world, session);
    this.#options.log.write({
      event: 'received',
      userId: session.userId,
      channelId: session.grant.channelId,
      ssrc,
      sequence,
      timestamp,
      marker,
      payload: Buffer.from(payload).toString('hex'),
      speaking: session.speaking,
      refusal,
    });
    if (refusal === 'before op 5') {
      const nowMs = performance.now();
      session.unannouncedSinceMs ??= nowMs;
      if (nowMs - session.unannouncedSinceMs < UNANNOUNCED_LIMIT_MS) return;
      session.line?.close(4020, 'Audio without a Speaking message before it.');
      return;
    }
    if (refusal !== null) return;
    const fields: RtpFields = { sequence, timestamp, ssrc, marker };
    const relayed = {
      fields,
      payload,
      kind: 'relayed',
      position: null,
      epoch: null,
      group: null,
    } as const;
    const { channelId } = session.grant;
    this.forward(channelId, session.userId, { ...relayed, plainBytes: payload.byteLength });
  }
}
