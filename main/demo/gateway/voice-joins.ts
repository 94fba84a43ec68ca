import type { VoiceStateRequest } from './gateway-messages.ts';
import type { GatewaySession } from './gateway-session.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { SentLog } from '../sent-log.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import { silentState } from '../world/world-setup.ts';
import type { World } from '../world/world.ts';
import { isVocal } from '../world/world.ts';
import { mayIn } from '../world/world-permissions.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';
import type { DemoChannel, DemoVoiceState } from '../world/world-types.ts';

export interface VoiceJoinsOptions {
  readonly world: World;
  readonly voice: VoiceServer;
  readonly random: SeededRandom;
  readonly firstBotId: string;
  /** Host and port of the voice gateway of each voice region, as VOICE_SERVER_UPDATE names them. */
  readonly endpoints: readonly string[];
  readonly log: SentLog;
}

/** How late a limited op 4 is answered. */
const LATE_MS = 6000;

/** Takes bots into voice channels and out of them: by their own op 4, or as a moderator or Discord does it. */
export class VoiceJoins {
  /** False: op 4 gets no answer, as in an outage of Discord's. */
  answers = true;
  /** `strict`: op 4 for a channel is answered 6 s late, or, every second time, with nothing but RATE_LIMITED. */
  limits: 'none' | 'strict' = 'none';
  /** Who is a listener after joining a stage: everyone, or those without Mute Members; the others may speak at once. */
  stageSuppresses: 'everyone' | 'others than the crew' = 'others than the crew';
  /**
   * `any`: the first bot is sent the two events of a join in random order. The second bot is always sent its voice
   * state first, as Discord mostly does: @discordjs/voice 0.19.2 waits forever when the voice server comes first.
   */
  order: 'any' | 'state first' | 'server first' = 'any';
  /** From the first of the two events to the second. */
  secondEventDelayMs = 0;
  /** How often each VOICE_SERVER_UPDATE is sent. */
  serverUpdates = 1;
  /** Number of the voice region that joins lead to. */
  region = 0;
  readonly #options: VoiceJoinsOptions;
  #requests = 0;
  /** Main sessions that have joined a channel, by id, until they end. */
  readonly #joined = new Map<string, GatewaySession>();

  constructor(options: VoiceJoinsOptions) {
    this.#options = options;
  }

  /** Acts on op 4. What is not allowed gets no answer, as at Discord. */
  request(session: GatewaySession, request: VoiceStateRequest): void {
    const { world } = this.#options;
    const { userId } = session.bot;
    const guild = world.guilds.get(request.guild_id);
    if (guild?.members.has(userId) !== true) return this.#ignore(session, 'no such guild');
    if (request.channel_id === null) return this.leave({ guildId: guild.id, userId }, 4014);
    if (!this.answers) return this.#ignore(session, 'told not to answer');
    const channel = guild.channels.get(request.channel_id);
    if (channel === undefined || !isVocal(channel)) return this.#ignore(session, 'no such channel');
    const place = { guild, channel };
    if (!mayIn(place, userId, 'VIEW_CHANNEL', 'CONNECT'))
      return this.#ignore(session, 'not allowed');
    const now = world.voiceState(guild.id, userId);
    const flags = { selfMute: request.self_mute, selfDeaf: request.self_deaf };
    if (now?.channelId === channel.id && now.sessionId === session.id) {
      // The bot is in that channel already, by this session: Discord sends no new voice server.
      if (now.selfMute !== flags.selfMute || now.selfDeaf !== flags.selfDeaf) {
        world.setVoiceState({ ...now, ...flags });
      }
      return;
    }
    const others = world.inVoice(channel).filter((state) => state.userId !== userId);
    const isFull = channel.userLimit > 0 && others.length >= channel.userLimit;
    if (isFull && !mayIn(place, userId, 'MOVE_MEMBERS')) return this.#ignore(session, 'full');
    const enter = (): void => {
      const heard = { deaf: now?.deaf ?? false, mute: now?.mute ?? false };
      this.#enter(session, channel, { ...flags, ...heard });
    };
    if (this.limits === 'none') return enter();
    this.#requests += 1;
    if (this.#requests % 2 === 1) setTimeout(enter, LATE_MS).unref();
    else {
      const meta = { guild_id: guild.id };
      session.dispatch('RATE_LIMITED', { opcode: 4, retry_after: LATE_MS / 1000, meta });
      this.#ignore(session, 'rate limit');
    }
  }

  /** Takes a user out of that guild's voice; a voice socket is closed with `code`. */
  leave(who: { readonly guildId: string; readonly userId: string }, code: number): void {
    const { world, voice } = this.#options;
    const state = world.voiceState(who.guildId, who.userId);
    voice.revoke(who, code);
    if (state !== undefined) world.setVoiceState({ ...state, channelId: null });
  }

  /** The main session has ended: takes its bot out of every voice channel that it joined by this session. */
  leaveAll(session: GatewaySession): void {
    this.#joined.delete(session.id);
    for (const guild of this.#options.world.guilds.values()) {
      const state = guild.voiceStates.get(session.bot.userId);
      if (state?.sessionId === session.id) this.leave(state, 4014);
    }
  }

  /** A moderator moves a bot: its voice socket is closed with 4014, a voice state and a new voice server follow. */
  move(userId: string, channel: DemoChannel): void {
    const state = this.#options.world.voiceState(channel.guildId, userId);
    const session = this.#sessionOf(state);
    if (state !== undefined && session !== undefined) this.#enter(session, channel, state);
  }

  /** The bot's voice server goes (`endpoint: null`); `afterMs` later there is one again, with a new token. */
  replaceServer(userId: string, afterMs: number): void {
    this.#inVoice(userId, (session, channel) => {
      const { guildId } = channel;
      this.#options.voice.revoke({ guildId, userId }, 4014);
      session.dispatch('VOICE_SERVER_UPDATE', { token: '', guild_id: guildId, endpoint: null });
      setTimeout(() => this.#offerServer(session, channel), afterMs).unref();
    });
  }

  /** All calls move to the next voice region: voice sockets are closed with 4014, and its server is told. */
  moveRegion(): void {
    this.region = (this.region + 1) % this.#options.endpoints.length;
    for (const { bot } of [...this.#joined.values()]) {
      this.#inVoice(bot.userId, (session, channel) => {
        this.#options.voice.revoke({ guildId: channel.guildId, userId: bot.userId }, 4014);
        this.#offerServer(session, channel);
      });
    }
  }

  #enter(
    session: GatewaySession,
    channel: DemoChannel,
    flags: Pick<DemoVoiceState, 'selfMute' | 'selfDeaf' | 'deaf' | 'mute'>,
  ): void {
    const { world, voice, random } = this.#options;
    const { userId } = session.bot;
    const guild = world.guilds.get(channel.guildId);
    if (guild === undefined) return;
    this.#joined.set(session.id, session);
    voice.revoke({ guildId: guild.id, userId }, 4014);
    const place = { guild, channel };
    const isCrew = this.stageSuppresses !== 'everyone' && mayIn(place, userId, 'MUTE_MEMBERS');
    const isStage = channel.type === CHANNEL_TYPES.stage;
    const state: DemoVoiceState = {
      ...silentState,
      selfMute: flags.selfMute,
      selfDeaf: flags.selfDeaf,
      deaf: flags.deaf,
      mute: flags.mute,
      suppress: isStage ? !isCrew : !mayIn(place, userId, 'SPEAK'),
      guildId: guild.id,
      channelId: channel.id,
      userId,
      sessionId: session.id,
    };
    world.placeVoiceState(state);
    const both = [
      () => {
        world.setVoiceState(state);
      },
      () => {
        this.#offerServer(session, channel);
      },
    ];
    const isFirstBot = userId === this.#options.firstBotId;
    const [first, second] =
      !isFirstBot || this.order === 'state first'
        ? both
        : this.order === 'server first'
          ? both.toReversed()
          : random.shuffle(both);
    first?.();
    if (this.secondEventDelayMs === 0) second?.();
    else setTimeout(() => second?.(), this.secondEventDelayMs).unref();
  }

  #offerServer(session: GatewaySession, channel: DemoChannel): void {
    const { guildId, id: channelId } = channel;
    const { region } = this;
    const who = { guildId, channelId, userId: session.bot.userId, sessionId: session.id, region };
    const { token } = this.#options.voice.grant(who);
    const endpoint = this.#options.endpoints[region];
    for (let time = 0; time < this.serverUpdates; time += 1)
      session.dispatch('VOICE_SERVER_UPDATE', { token, guild_id: guildId, endpoint });
  }

  /** Calls back with each channel that the bot has joined by a session that lasts. */
  #inVoice(userId: string, act: (session: GatewaySession, channel: DemoChannel) => void): void {
    for (const guild of this.#options.world.guilds.values()) {
      const state = guild.voiceStates.get(userId);
      const session = this.#sessionOf(state);
      const channel = guild.channels.get(state?.channelId ?? '');
      if (session !== undefined && channel !== undefined) act(session, channel);
    }
  }

  #sessionOf(state: DemoVoiceState | undefined): GatewaySession | undefined {
    return this.#joined.get(state?.sessionId ?? '');
  }

  #ignore(session: GatewaySession, why: string): void {
    const { userId } = session.bot;
    this.#options.log.write({ event: 'gateway', userId, message: 'op 4 ignored', why });
  }
}
