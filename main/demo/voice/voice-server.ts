import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { createTransportCipher } from '../../rtp/transport-cipher.ts';
import { isTransportMode } from '../../rtp/transport-modes.ts';
import type { TransportMode } from '../../rtp/transport-modes.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { UdpAddress } from '../port/udp-port.ts';
import type { SentLog } from '../sent-log.ts';
import { VoiceNews } from './voice-news.ts';
import { VOICE_OPS } from './voice-payloads.ts';
import type { VoiceIdentify, VoiceResume } from './voice-payloads.ts';
import { VoiceSession } from './voice-session.ts';
import type { VoiceGrant, VoiceLine } from './voice-session.ts';
import { VoiceSocket } from './voice-socket.ts';
import type { VoiceHost } from './voice-socket.ts';
import type { World } from '../world/world.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';

export interface VoiceServerOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly dave: DaveRooms;
  /** When op 25 is sent: after op 4, or `early`, before it, as Discord now and then does; some clients fail at that. */
  readonly externalSender: 'early' | 'late';
  readonly heartbeatMs: number;
  /** How long a session without a socket can be resumed. */
  readonly sessionKeepMs: number;
  /** The UDP port that Ready names, of each voice region. */
  readonly udpPorts: readonly number[];
  /** Transport modes that Ready offers. */
  readonly modes: readonly string[];
  /** Delay of op 5 for the speakers and clients that are there when a client comes. */
  readonly namesDelayMs: number;
  readonly log: SentLog;
}

interface VoiceServerEvents {
  /** A client has its transport key: from here on it is sent media as soon as its address is known. */
  'session-description': [];
  /** A client has said op 5, before which it may be sent no media. */
  speaking: [];
}

/** Modes that Discord offers since November 2024, the preferred one first, since some clients choose the first. */
export const CURRENT_MODES: readonly TransportMode[] = [
  'aead_aes256_gcm_rtpsize',
  'aead_xchacha20_poly1305_rtpsize',
];

/** Sound, video and its retransmissions. */
const SSRCS_EACH = 3;

/** The voice gateway, v8: lets clients in, keeps their sessions and tells them about each other. */
export class VoiceServer extends EventEmitter<VoiceServerEvents> {
  readonly sessions = new Set<VoiceSession>();
  readonly sockets = new Set<VoiceSocket>();
  readonly news: VoiceNews;
  /** `nothing`: sockets are accepted and sent nothing, not even Hello. */
  says: 'hello' | 'nothing' = 'hello';
  /** Close code that answers every Identify; null: each Identify is checked. */
  refusesWith: number | null = null;
  /** False: heartbeats stay unanswered. */
  answersHeartbeats = true;
  /** `small`: the lowest one that is free, so that whoever comes next has the SSRC of somebody who has left. */
  ssrcs: 'random' | 'small' = 'random';
  /** `refused`: every Resume is answered by 4006 or 4009 in turn, and its session ends. */
  resumes: 'taken' | 'refused' = 'taken';
  /** `repeated`: a user who comes back to a guild gets the token of before, as at some servers that are not Discord's. */
  tokens: 'new' | 'repeated' = 'new';
  /** Clients of a normal voice channel that offer a lower DAVE version are closed with 4017; 2 closes all of them. */
  leastDaveVersion = 1;
  readonly #options: VoiceServerOptions;
  readonly #host: VoiceHost;
  readonly #grants = new Map<string, VoiceGrant>();
  /** Messages that a session is sent after Session Description. */
  readonly #lateNews = new WeakMap<VoiceSession, (() => void)[]>();
  /** By guild and user. */
  readonly #firstTokens = new Map<string, string>();
  readonly #used = new WeakSet<VoiceGrant>();
  #refusals = 0;

  constructor(options: VoiceServerOptions) {
    super();
    this.#options = options;
    const { world, random, namesDelayMs } = options;
    this.news = new VoiceNews({
      world,
      random,
      namesDelayMs,
      sessionsIn: (channelId) => this.sessionsIn(channelId),
      isOpen: (session) => this.sessions.has(session),
    });
    this.#host = {
      heartbeatMs: options.heartbeatMs,
      answersHeartbeats: () => this.answersHeartbeats,
      identify: (message, line) => this.#identify(message, line),
      resume: (message, line) => this.#resume(message, line),
      sendReady: (session) => this.#sendReady(session),
      selectProtocol: (session, chosen) => this.#selectProtocol(session, chosen),
      speaking: (session, flags) => this.#speaking(session, flags),
      dave: ({ grant, userId }, said) => options.dave.handle(grant.channelId, userId, said),
      detach: (session, line, how) => this.#detach(session, line, how),
      log: (session, message, fields) =>
        options.log.write({ event: 'voice', userId: session?.userId ?? null, message, ...fields }),
    };
  }

  /** `region`: the number of the voice region at whose gateway the socket was opened. */
  accept(socket: WebSocket, url: URL, region: number): void {
    if (this.says === 'nothing') return;
    const accepted = new VoiceSocket(socket, { url, region }, this.#host);
    this.sockets.add(accepted);
    socket.on('close', () => this.sockets.delete(accepted));
  }

  /** A token that lets one user into one channel by one Identify; replaces the user's earlier token in that guild. */
  grant(where: Omit<VoiceGrant, 'token'>): VoiceGrant {
    const key = `${where.guildId} ${where.userId}`;
    const drawn = Buffer.from(this.#options.random.bytes(8)).toString('hex');
    const token = this.tokens === 'repeated' ? (this.#firstTokens.get(key) ?? drawn) : drawn;
    if (!this.#firstTokens.has(key)) this.#firstTokens.set(key, token);
    const grant = { ...where, token };
    this.#grants.set(key, grant);
    return grant;
  }

  /** Puts a user out of that guild's voice: token and session are gone, the socket is closed with that code. */
  revoke(who: { readonly guildId: string; readonly userId: string }, code: number): void {
    this.#grants.delete(`${who.guildId} ${who.userId}`);
    for (const session of this.sessions) {
      if (session.grant.guildId !== who.guildId || session.userId !== who.userId) continue;
      session.line?.close(code, 'Disconnected.');
      this.end(session);
    }
  }

  /** Ends the session: it cannot be resumed, and the channel's other clients are sent op 13. Leaves its socket alone. */
  end(session: VoiceSession): void {
    if (!this.sessions.delete(session)) return;
    if (session.expiry !== null) clearTimeout(session.expiry);
    const { channelId } = session.grant;
    this.#host.log(session, 'session ended', { ssrc: session.ssrc });
    this.news.leave(session);
    this.#options.dave.leave(channelId, session);
  }

  sessionOf(userId: string): VoiceSession | undefined {
    return [...this.sessions].find((session) => session.userId === userId);
  }

  sessionsIn(channelId: string): VoiceSession[] {
    return [...this.sessions].filter((session) => session.grant.channelId === channelId);
  }

  /** An SSRC that is free, as are the two behind it, for a camera. */
  newSsrc(): number {
    if (this.ssrcs === 'small') {
      for (let ssrc = 1; ; ssrc += SSRCS_EACH) if (!this.#isTaken(ssrc)) return ssrc;
    }
    const ssrc = 1 + this.#options.random.integer(2 ** 32 - SSRCS_EACH);
    return this.#isTaken(ssrc) ? this.newSsrc() : ssrc;
  }

  close(): void {
    this.news.close();
    for (const session of this.sessions) if (session.expiry !== null) clearTimeout(session.expiry);
    this.sessions.clear();
  }

  #isTaken(ssrc: number): boolean {
    return (
      this.news.hasSpeaker(ssrc) || [...this.sessions].some((session) => session.ssrc === ssrc)
    );
  }

  #identify(message: VoiceIdentify, line: VoiceLine): VoiceSession | number {
    if (this.refusesWith !== null) return this.refusesWith;
    if (!this.#options.world.guilds.has(message.server_id)) return 4011;
    const grant = this.#grants.get(`${message.server_id} ${message.user_id}`);
    if (grant?.sessionId !== message.session_id || grant.region !== line.region) return 4006;
    if (grant.token !== message.token) return 4004;
    // A token lets in once: after a lost socket the client has to resume, or to join anew by op 4.
    if (this.#used.has(grant)) return 4006;
    const channel = this.#options.world.channel(grant.channelId);
    if (channel === undefined) return 4011;
    const isEncrypted = channel.type === CHANNEL_TYPES.voice;
    const offered = message.max_dave_protocol_version ?? 0;
    if (isEncrypted && offered < this.leastDaveVersion) return 4017;
    const session = new VoiceSession(grant, this.newSsrc());
    session.line = line;
    this.#used.add(grant);
    this.sessions.add(session);
    return session;
  }

  #resume(message: VoiceResume, line: VoiceLine): VoiceSession | number {
    const session = [...this.sessions].find(
      ({ grant }) => grant.guildId === message.server_id && grant.sessionId === message.session_id,
    );
    if (session?.grant.region !== line.region) return 4006;
    if (this.resumes === 'refused') {
      this.#refusals += 1;
      this.end(session);
      return this.#refusals % 2 === 0 ? 4009 : 4006;
    }
    if (session.grant.token !== message.token) return 4004;
    if (session.expiry !== null) clearTimeout(session.expiry);
    session.expiry = null;
    const old = session.line;
    session.line = line;
    old?.cut();
    return session;
  }

  #sendReady(session: VoiceSession): void {
    session.sendPlain(VOICE_OPS.ready, {
      ssrc: session.ssrc,
      ip: '127.0.0.1',
      port: this.#options.udpPorts[session.grant.region],
      modes: this.#options.modes,
      experiments: ['fixed_keyframe_interval'],
      streams: [],
    });
    const { channelId } = session.grant;
    this.news.enter(session);
    // A random part of the news is sent before Session Description, in random order: Discord does both.
    const news = this.#options.random.shuffle(this.news.for(session));
    const early = this.#options.random.integer(news.length + 1);
    for (const tell of news.slice(0, early)) tell();
    if (this.#options.externalSender === 'early') this.#options.dave.enter(channelId, session);
    this.#lateNews.set(session, news.slice(early));
  }

  #selectProtocol(
    session: VoiceSession,
    chosen: UdpAddress & { readonly mode: string },
  ): number | null {
    const { mode } = chosen;
    if (!this.#options.modes.includes(mode) || !isTransportMode(mode)) return 4016;
    const isAsDiscovered =
      session.told?.address === chosen.address && session.told.port === chosen.port;
    this.#host.log(session, 'protocol selected', { ...chosen, isAsDiscovered });
    session.isAsDiscovered = isAsDiscovered;
    this.#describe(session, mode, 'told');
    for (const tell of this.#lateNews.get(session) ?? []) tell();
    this.#lateNews.delete(session);
    this.#options.dave.enter(session.grant.channelId, session);
    this.emit('session-description');
    return null;
  }

  /** Another transport key; `untold`: the client is not sent it. */
  rekey(session: VoiceSession, how: 'told' | 'untold'): void {
    if (session.cipher !== null) this.#describe(session, session.cipher.mode, how);
  }

  #describe(session: VoiceSession, mode: TransportMode, how: 'told' | 'untold'): void {
    const key = this.#options.random.bytes(32);
    session.cipher = createTransportCipher(mode, key);
    if (how === 'untold') return;
    session.sendPlain(VOICE_OPS.sessionDescription, {
      mode,
      secret_key: [...key],
      dave_protocol_version: this.#options.dave.versionIn(session.grant.channelId),
      audio_codec: 'opus',
      video_codec: 'H264',
      media_session_id: Buffer.from(this.#options.random.bytes(16)).toString('hex'),
    });
  }

  #speaking(session: VoiceSession, flags: number): void {
    session.speaking = flags;
    session.unannouncedSinceMs = null;
    this.#host.log(session, 'speaking', { flags, ssrc: session.ssrc });
    this.news.speaking(session, flags);
    this.emit('speaking');
  }

  #detach(session: VoiceSession, line: VoiceLine, how: 'final' | 'resumable'): void {
    if (session.line !== line || !this.sessions.has(session)) return; // the session has another socket, or has ended
    session.line = null;
    if (how === 'final') return this.end(session);
    session.expiry = setTimeout(() => this.end(session), this.#options.sessionKeepMs).unref();
  }
}
