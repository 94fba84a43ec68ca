import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { createTransportCipher } from '../../rtp/transport-cipher.ts';
import { isTransportMode } from '../../rtp/transport-modes.ts';
import type { TransportMode } from '../../rtp/transport-modes.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { UdpAddress } from '../port/udp-port.ts';
import type { SentLog } from '../sent-log.ts';
import { VOICE_OPS } from './voice-payloads.ts';
import type { VoiceIdentify, VoiceResume } from './voice-payloads.ts';
import { VoiceSession } from './voice-session.ts';
import type { VoiceGrant, VoiceLine } from './voice-session.ts';
import { VoiceSocket } from './voice-socket.ts';
import type { VoiceHost } from './voice-socket.ts';
import type { World } from '../world/world.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';
import type { DemoChannel } from '../world/world-types.ts';

export interface VoiceServerOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly dave: DaveRooms;
  /** When op 25 is sent: after op 4, or `early`, before it, as Discord now and then does; some clients fail at that. */
  readonly externalSender: 'early' | 'late';
  readonly heartbeatMs: number;
  /** How long a session without a socket can be resumed. */
  readonly sessionKeepMs: number;
  /** The UDP port that Ready names. */
  readonly udpPort: number;
  /** Transport modes that Ready offers. */
  readonly modes: readonly string[];
  /** Delay of op 5 for the speakers and clients that are there when a client comes. */
  readonly namesDelayMs: number;
  readonly log: SentLog;
}

interface VoiceServerEvents {
  /** A client has its transport key: from here on it is sent media as soon as its address is known. */
  'session-description': [];
}

/** One of the demo's own speakers in a channel; has no voice socket. */
export interface VoiceSpeaker {
  readonly channelId: string;
  readonly userId: string;
  readonly ssrc: number;
}

/** Modes that Discord offers since November 2024, the preferred one first, since some clients choose the first. */
export const CURRENT_MODES: readonly TransportMode[] = [
  'aead_aes256_gcm_rtpsize',
  'aead_xchacha20_poly1305_rtpsize',
];

/** The voice gateway, v8: lets clients in, keeps their sessions and tells them about each other. */
export class VoiceServer extends EventEmitter<VoiceServerEvents> {
  readonly sessions = new Set<VoiceSession>();
  readonly sockets = new Set<VoiceSocket>();
  /** `nothing`: sockets are accepted and sent nothing, not even Hello. */
  says: 'hello' | 'nothing' = 'hello';
  /** Close code that answers every Identify; null: each Identify is checked. */
  refusesWith: number | null = null;
  /** False: heartbeats stay unanswered. */
  answersHeartbeats = true;
  /** `repeated`: a user who comes back to a guild gets the token of before, as at some servers that are not Discord's. */
  tokens: 'new' | 'repeated' = 'new';
  /** Clients of a normal voice channel that offer a lower DAVE version are closed with 4017; 2 closes all of them. */
  leastDaveVersion = 1;
  readonly #options: VoiceServerOptions;
  readonly #host: VoiceHost;
  readonly #speakers = new Map<string, VoiceSpeaker>();
  readonly #grants = new Map<string, VoiceGrant>();
  /** Messages that a session is sent after Session Description. */
  readonly #lateNews = new WeakMap<VoiceSession, (() => void)[]>();
  /** By guild and user. */
  readonly #firstTokens = new Map<string, string>();
  readonly #used = new WeakSet<VoiceGrant>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: VoiceServerOptions) {
    super();
    this.#options = options;
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

  accept(socket: WebSocket, url: URL): void {
    if (this.says === 'nothing') return;
    const accepted = new VoiceSocket(socket, url, this.#host);
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
    this.#broadcast(channelId, session.userId, {
      op: VOICE_OPS.clientDisconnect,
      d: { user_id: session.userId },
    });
    this.#options.dave.leave(channelId, session);
  }

  sessionOf(userId: string): VoiceSession | undefined {
    return [...this.sessions].find((session) => session.userId === userId);
  }

  sessionsIn(channelId: string): VoiceSession[] {
    return [...this.sessions].filter((session) => session.grant.channelId === channelId);
  }

  newSsrc(): number {
    const ssrc = 1 + this.#options.random.integer(2 ** 32 - 1);
    return [...this.sessions].some((session) => session.ssrc === ssrc) ? this.newSsrc() : ssrc;
  }

  /** A speaker joins that channel: its clients are sent ops 11 and 5, later clients when they come. */
  addSpeaker(speaker: VoiceSpeaker): void {
    const { channelId, userId, ssrc } = speaker;
    this.#speakers.set(userId, speaker);
    this.#broadcast(channelId, userId, {
      op: VOICE_OPS.clientsConnect,
      d: { user_ids: [userId] },
    });
    this.#broadcast(channelId, userId, {
      op: VOICE_OPS.speaking,
      d: { user_id: userId, ssrc, speaking: 1 },
    });
  }

  /** A speaker leaves its channel: the clients there are sent op 13. */
  removeSpeaker(userId: string): void {
    const speaker = this.#speakers.get(userId);
    if (speaker === undefined) return;
    this.#speakers.delete(userId);
    this.#broadcast(speaker.channelId, userId, {
      op: VOICE_OPS.clientDisconnect,
      d: { user_id: userId },
    });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const session of this.sessions) if (session.expiry !== null) clearTimeout(session.expiry);
    this.sessions.clear();
  }

  /** Sends the message to every client in the channel but `userId`. */
  #broadcast(channelId: string, userId: string, message: { op: number; d: unknown }): void {
    for (const session of this.sessionsIn(channelId)) {
      if (session.userId !== userId) session.sendNumbered(message.op, message.d);
    }
  }

  #identify(message: VoiceIdentify, line: VoiceLine): VoiceSession | number {
    if (this.refusesWith !== null) return this.refusesWith;
    if (!this.#options.world.guilds.has(message.server_id)) return 4011;
    const grant = this.#grants.get(`${message.server_id} ${message.user_id}`);
    if (grant?.sessionId !== message.session_id) return 4006;
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
    if (session === undefined) return 4006;
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
      port: this.#options.udpPort,
      modes: this.#options.modes,
      experiments: ['fixed_keyframe_interval'],
      streams: [],
    });
    const { channelId } = session.grant;
    this.#broadcast(channelId, session.userId, {
      op: VOICE_OPS.clientsConnect,
      d: { user_ids: [session.userId] },
    });
    // A random part of the news is sent before Session Description, in random order: Discord does both.
    const news = this.#options.random.shuffle(this.#newsFor(session));
    const early = this.#options.random.integer(news.length + 1);
    for (const tell of news.slice(0, early)) tell();
    if (this.#options.externalSender === 'early') this.#options.dave.enter(channelId, session);
    this.#lateNews.set(session, news.slice(early));
  }

  /** What a client that comes is told about the others in the channel: functions that each send a part of it. */
  #newsFor(session: VoiceSession): (() => void)[] {
    const { channelId } = session.grant;
    const channel = this.#options.world.channel(channelId);
    const others = channel === undefined ? [] : this.#others(channel, session.userId);
    const names = (): void => {
      for (const { userId, ssrc } of this.#ssrcsFor(session)) {
        session.sendNumbered(VOICE_OPS.speaking, { user_id: userId, ssrc, speaking: 1 });
      }
    };
    return [
      () => session.sendNumbered(VOICE_OPS.clientsConnect, { user_ids: others }),
      () => {
        for (const userId of others) {
          session.sendNumbered(VOICE_OPS.clientFlags, { user_id: userId, flags: 2 });
          session.sendNumbered(VOICE_OPS.clientPlatform, { user_id: userId, platform: 0 });
        }
      },
      () => (this.#options.namesDelayMs === 0 ? names() : this.#later(session, names)),
    ];
  }

  #later(session: VoiceSession, tell: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.sessions.has(session)) tell();
    }, this.#options.namesDelayMs);
    this.#timers.add(timer);
  }

  #others(channel: DemoChannel, userId: string): string[] {
    return this.#options.world
      .inVoice(channel)
      .map((state) => state.userId)
      .filter((id) => id !== userId);
  }

  /** SSRCs of the channel's speakers, and of its other clients that have sent op 5. */
  #ssrcsFor(session: VoiceSession): { userId: string; ssrc: number }[] {
    const { channelId } = session.grant;
    const clients = this.sessionsIn(channelId)
      .filter((other) => other !== session && other.announced)
      .map(({ userId, ssrc }) => ({ userId, ssrc }));
    const speakers = [...this.#speakers.values()].filter((one) => one.channelId === channelId);
    return [...speakers, ...clients];
  }

  #selectProtocol(
    session: VoiceSession,
    chosen: UdpAddress & { readonly mode: string },
  ): number | null {
    const { mode } = chosen;
    if (!this.#options.modes.includes(mode) || !isTransportMode(mode)) return 4016;
    const isAsDiscovered =
      session.address?.address === chosen.address && session.address.port === chosen.port;
    this.#host.log(session, 'protocol selected', { ...chosen, isAsDiscovered });
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
    session.announced = true;
    session.unannouncedSinceMs = null;
    this.#host.log(session, 'speaking', { flags, ssrc: session.ssrc });
    this.#broadcast(session.grant.channelId, session.userId, {
      op: VOICE_OPS.speaking,
      d: { user_id: session.userId, ssrc: session.ssrc, speaking: flags },
    });
  }

  #detach(session: VoiceSession, line: VoiceLine, how: 'final' | 'resumable'): void {
    if (session.line !== line || !this.sessions.has(session)) return; // the session has another socket, or has ended
    session.line = null;
    if (how === 'final') return this.end(session);
    session.expiry = setTimeout(() => this.end(session), this.#options.sessionKeepMs).unref();
  }
}
