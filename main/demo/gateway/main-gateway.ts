import type { WebSocket } from 'ws';
import { GatewayConnection } from './gateway-connection.ts';
import type { GatewayHost } from './gateway-connection.ts';
import { GATEWAY_OPS } from './gateway-messages.ts';
import { GatewaySession } from './gateway-session.ts';
import {
  aboutGuild,
  channelJson,
  guildJson,
  memberJson,
  messageJson,
  userJson,
  voiceStateJson,
} from '../world/payloads.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { SentLog } from '../sent-log.ts';
import { interactionJson } from '../world/interaction-payload.ts';
import type { DemoInteraction, Interactions } from '../world/interactions.ts';
import type { World } from '../world/world.ts';
import type { VoiceJoins } from './voice-joins.ts';
import type { DemoBot, DemoGuild, DemoVoiceState } from '../world/world-types.ts';

export interface MainGatewayOptions {
  readonly world: World;
  readonly interactions: Interactions;
  readonly bots: readonly DemoBot[];
  readonly random: SeededRandom;
  readonly heartbeatMs: number;
  /** How long a session without a socket can be resumed. */
  readonly sessionKeepMs: number;
  /** Host and port that READY sends clients to for a resume. */
  readonly host: string;
  /** Acts on op 4, and takes the bot of an ended session out of voice. */
  readonly joins: VoiceJoins;
  readonly log: SentLog;
}

/** The main gateway: keeps the bots' sessions and sends each change of the world to the sessions that may see it. */
export class MainGateway {
  /**
   * Guilds of which a new session is told nothing but the id in READY (`late`), or that they are in an outage, until
   * `setGuildAvailable`.
   */
  readonly withheld = new Map<string, 'late' | 'outage'>();
  /** How long after READY a session is told of withheld guilds by itself; Infinity: only by `setGuildAvailable`. */
  withheldMs = Infinity;
  /** How much later than the voice server this gateway tells that people come, go and mute. */
  peopleDelayMs = 0;
  readonly connections = new Set<GatewayConnection>();
  readonly sessions = new Map<string, GatewaySession>();
  /** False: heartbeats stay unanswered, so that a client takes its connection for dead. */
  answersHeartbeats = true;
  /** False: every Identify is answered with op 9, false. */
  opensSessions = true;
  readonly #options: MainGatewayOptions;
  readonly #host: GatewayHost;

  constructor(options: MainGatewayOptions) {
    this.#options = options;
    this.#host = {
      heartbeatMs: options.heartbeatMs,
      answersHeartbeats: () => this.answersHeartbeats,
      opensSessions: () => this.opensSessions,
      // As REST has it, `Bot ` may stand before the token.
      findBot: (token) => options.bots.find((bot) => bot.token === token.replace(/^Bot /, '')),
      findSession: (id) => this.sessions.get(id),
      open: (bot, intents, connection) => this.#open({ bot, intents }, connection),
      attach: (session, connection) => this.#attach(session, connection),
      detach: (session, connection, how) => this.#detach(session, connection, how),
      voiceState: (session, request) => options.joins.request(session, request),
      requestMembers: (session, { guild_id: guildId, user_ids: ids, nonce }) => {
        const guild = options.world.guilds.get(guildId);
        const wanted = ids === undefined ? [] : [ids].flat();
        const found = wanted.flatMap((id) => guild?.members.get(id) ?? []);
        session.dispatch('GUILD_MEMBERS_CHUNK', {
          guild_id: guildId,
          members: found.map((member) => memberJson(member)),
          not_found: wanted.filter((id) => guild?.members.has(id) !== true),
          chunk_index: 0,
          chunk_count: 1,
          ...(nonce === undefined ? {} : { nonce }),
        });
      },
      log: (session, message, fields) =>
        options.log.write({
          event: 'gateway',
          userId: session?.bot.userId ?? null,
          message,
          ...fields,
        }),
    };
    this.#tellTheWorld(options.world);
    options.interactions.on('press', (interaction) => this.#tellPress(interaction));
  }

  accept(socket: WebSocket, url: URL): void {
    const connection = new GatewayConnection(socket, url, this.#host);
    this.connections.add(connection);
    socket.on('close', () => this.connections.delete(connection));
  }

  /** Sessions of one bot, the newest last. */
  sessionsOf(userId: string): GatewaySession[] {
    return [...this.sessions.values()].filter((session) => session.bot.userId === userId);
  }

  /** Sends op 9 on every connection; `final`: with false, and the sessions end at once. */
  invalidateSessions(how: 'final' | 'resumable'): void {
    for (const connection of this.connections) {
      connection.send(GATEWAY_OPS.invalidSession, how === 'resumable');
      if (how === 'final' && connection.session !== null) this.#end(connection.session);
    }
  }

  /** An outage of that guild begins (GUILD_DELETE with `unavailable`) or ends (GUILD_CREATE). */
  setGuildAvailable(guildId: string, state: 'available' | 'unavailable'): void {
    this.#inGuild(guildId, (session, guild) => {
      if (state === 'unavailable')
        session.dispatch('GUILD_DELETE', { id: guildId, unavailable: true });
      else session.dispatch('GUILD_CREATE', guildJson(guild, session.bot.userId));
    });
  }

  /** Forgets every session and stops every timer. */
  close(): void {
    for (const session of this.sessions.values()) {
      if (session.expiry !== null) clearTimeout(session.expiry);
    }
    this.sessions.clear();
  }

  #open(
    who: { readonly bot: DemoBot; readonly intents: number },
    connection: GatewayConnection,
  ): GatewaySession {
    const { world, random } = this.#options;
    const id = Buffer.from(random.bytes(16)).toString('hex');
    const session = new GatewaySession(id, who.bot, who.intents);
    this.sessions.set(id, session);
    this.#attach(session, connection);
    const guilds = [...world.guilds.values()].filter((one) => one.members.has(who.bot.userId));
    const user = guilds[0]?.members.get(who.bot.userId)?.user;
    session.dispatch('READY', {
      v: 10,
      user: user === undefined ? { id: who.bot.userId } : userJson(user),
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: id,
      resume_gateway_url: `${connection.scheme}://${this.#options.host}`,
      shard: [0, 1],
      application: { id: who.bot.userId, flags: 0 },
      private_channels: [],
      user_settings: {},
    });
    this.#host.log(session, 'identified', { intents: who.intents });
    if (!session.has('guilds')) return session;
    for (const guild of guilds) {
      const withheld = this.withheld.get(guild.id);
      const tell = (): void => session.dispatch('GUILD_CREATE', guildJson(guild, who.bot.userId));
      if (withheld === undefined) {
        tell();
        continue;
      }
      if (withheld === 'outage') {
        session.dispatch('GUILD_DELETE', { id: guild.id, unavailable: true });
      }
      if (this.withheldMs === Infinity) continue;
      setTimeout(() => {
        if (this.sessions.has(id)) tell();
      }, this.withheldMs).unref();
    }
    return session;
  }

  #attach(session: GatewaySession, connection: GatewayConnection): void {
    if (session.expiry !== null) clearTimeout(session.expiry);
    session.expiry = null;
    session.send = (dispatch) => connection.dispatch(dispatch);
    for (const other of this.connections) {
      if (other !== connection && other.session === session) other.close(4000, 'resumed elsewhere');
    }
  }

  #detach(
    session: GatewaySession,
    connection: GatewayConnection,
    how: 'final' | 'resumable',
  ): void {
    const resumedElsewhere = [...this.connections].some(
      (other) => other !== connection && other.session === session,
    );
    if (resumedElsewhere) return;
    session.send = null;
    if (how === 'final') return this.#end(session);
    if (!this.sessions.has(session.id)) return;
    session.expiry = setTimeout(() => this.#end(session), this.#options.sessionKeepMs).unref();
  }

  #end(session: GatewaySession): void {
    if (!this.sessions.delete(session.id)) return;
    if (session.expiry !== null) clearTimeout(session.expiry);
    this.#host.log(session, 'session ended');
    this.#options.joins.leaveAll(session);
  }

  #tellTheWorld(world: World): void {
    world.on('voice-state', (state) => {
      const isBots = this.#options.bots.some(({ userId }) => userId === state.userId);
      if (this.peopleDelayMs === 0 || isBots) return this.#tellVoiceState(state);
      setTimeout(() => this.#tellVoiceState(state), this.peopleDelayMs).unref();
    });
    world.on('member', (member) =>
      this.#inGuild(member.guildId, (session) => {
        const own = session.bot.userId === member.user.id; // a bot is sent its own update under any intents
        const data = { guild_id: member.guildId, ...memberJson(member) };
        if (own) session.dispatch('GUILD_MEMBER_UPDATE', data);
      }),
    );
    world.on('guild', (guild) =>
      this.#inGuild(guild.id, (session) => {
        if (session.has('guilds')) session.dispatch('GUILD_UPDATE', aboutGuild(guild));
      }),
    );
    world.on('channel', (event, channel) =>
      this.#inGuild(channel.guildId, (session, guild) => {
        if (!session.has('guilds')) return;
        session.dispatch(event, channelJson(guild, channel, session.bot.userId));
      }),
    );
    world.on('message', (event, message) => {
      const { id, channelId } = message;
      const guildId = world.channel(channelId)?.guildId ?? '';
      const isGone = event === 'MESSAGE_DELETE';
      const data = isGone ? { id, channel_id: channelId } : messageJson(world, message);
      this.#inGuild(guildId, (session) => {
        if (session.has('guildMessages')) session.dispatch(event, { guild_id: guildId, ...data });
      });
    });
    world.on('removed', ({ guildId, userId }) => {
      for (const session of this.sessionsOf(userId))
        session.dispatch('GUILD_DELETE', { id: guildId });
    });
  }

  /** To the sessions of the bot that wrote the message, under any intents, unless its application has an endpoint. */
  #tellPress(interaction: DemoInteraction): void {
    const { world } = this.#options;
    const { botId } = interaction;
    const data = interactionJson(world, interaction);
    if (data === null || world.interactionsUrls.has(botId)) return;
    for (const session of this.sessionsOf(botId)) session.dispatch('INTERACTION_CREATE', data);
  }

  #tellVoiceState(state: DemoVoiceState): void {
    const member = this.#options.world.member(state.guildId, state.userId);
    const data = {
      guild_id: state.guildId,
      ...voiceStateJson(state),
      ...(member === undefined ? {} : { member: memberJson(member) }),
    };
    this.#inGuild(state.guildId, (session) => {
      if (session.has('voiceStates')) session.dispatch('VOICE_STATE_UPDATE', data);
    });
  }

  #inGuild(guildId: string, tell: (session: GatewaySession, guild: DemoGuild) => void): void {
    const guild = this.#options.world.guilds.get(guildId);
    if (guild === undefined) return;
    for (const session of this.sessions.values()) {
      if (guild.members.has(session.bot.userId)) tell(session, guild);
    }
  }
}
