import type { Clock } from '../base/clock.ts';
import { applyGuildEvent } from './guild-events.ts';
import type { DirectoryEvent, Ownership } from './guild-events.ts';
import type { ChannelState, GuildState } from './guild-state.ts';
import { emptyGuild, ownSubject } from './guild-state.ts';
import { computePermissions, guildPermissions } from './permissions.ts';
import type { PersonInfo } from './voice-state.ts';

/** A voice or stage channel, with who is in it. */
export interface ChannelInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: 'voice' | 'stage';
  readonly guildId: string;
  readonly guildName: string;
  readonly position: number;
  /** 0: no limit. */
  readonly userLimit: number;
  /** Everyone in it, the bot too. */
  readonly people: readonly PersonInfo[];
  /** Our permissions in the channel; 0 when the channel is hidden. */
  readonly permissions: bigint;
  /** The bot may not see it: name and limit mean nothing. */
  readonly hidden: boolean;
  readonly ageRestricted: boolean;
  /** How many may be in it while a camera is on; 0: no limit. */
  readonly videoLimit: number;
}

export interface GuildInfo {
  readonly id: string;
  readonly name: string;
  /** False during an outage, and until Discord has told of the guild: what is known may be old, or nothing. */
  readonly available: boolean;
  /** The voice and stage channels the bot may see, as Discord orders them. */
  readonly channels: readonly ChannelInfo[];
  /** Voice and stage channels that Discord hides from the bot. */
  readonly hiddenChannelCount: number;
  /** Our permissions in the guild as a whole. */
  readonly permissions: bigint;
  /** Language that the guild set for itself, as Discord writes it: `en-US`, `fr`, `ja`. */
  readonly locale: string;
  /** The bot's own nickname, for whoever changes it and gives it back; null when it has none. */
  readonly ownNick: string | null;
}

/** What is known of guilds, channels, roles, our own member and voice states: a sum of the gateway's events. */
export class GuildDirectory {
  readonly #clock: Clock;
  readonly #guilds = new Map<string, GuildState>();
  #ownUserId = '';
  /** Ids of our sessions, oldest first; the last is the current one. */
  readonly #sessionIds: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes in one dispatch: what it changed, or null when the event is malformed. Events of no interest change nothing. */
  apply(type: string, data: unknown): readonly DirectoryEvent[] | null {
    const state = {
      guilds: this.#guilds,
      ownUserId: this.#ownUserId,
      ownership: this.#ownership,
    };
    return applyGuildEvent(state, type, data);
  }

  /**
   * A new session began (READY): guilds it does not list are gone, those it lists anew wait for their GUILD_CREATE
   * without a name, and our own voice states are dropped without an event: they ended with the session before.
   */
  beginSession(session: {
    readonly userId: string;
    readonly sessionId: string;
    readonly guildIds: readonly string[];
  }): readonly DirectoryEvent[] {
    this.#ownUserId = session.userId;
    this.#sessionIds.push(session.sessionId);
    const removed = [...this.#guilds.keys()].filter((id) => !session.guildIds.includes(id));
    for (const id of removed) this.#guilds.delete(id);
    for (const id of session.guildIds)
      if (!this.#guilds.has(id)) this.#guilds.set(id, emptyGuild(id));
    for (const guild of this.#guilds.values()) {
      const own = guild.voiceStates.get(session.userId);
      if (own !== undefined && this.#ownership(session.userId, own.person.sessionId) !== 'foreign')
        guild.voiceStates.delete(session.userId);
    }
    return removed.map((guildId) => ({ kind: 'guild-removed', guildId }));
  }

  /** All guilds, by name. */
  guilds(): GuildInfo[] {
    return [...this.#guilds.values()]
      .map((guild) => this.#toGuildInfo(guild))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  guild(guildId: string): GuildInfo | null {
    const guild = this.#guilds.get(guildId);
    return guild === undefined ? null : this.#toGuildInfo(guild);
  }

  /** A voice or stage channel, hidden ones too; null when there is none of that id. */
  channel(channelId: string): ChannelInfo | null {
    for (const guild of this.#guilds.values()) {
      const channel = guild.channels.get(channelId);
      if (channel !== undefined) return this.#toChannelInfo(guild, channel);
    }
    return null;
  }

  /** In which guild that channel is; null when no guild of ours has told of it. */
  guildIdOf(channelId: string): string | null {
    for (const guild of this.#guilds.values()) if (guild.channels.has(channelId)) return guild.id;
    return null;
  }

  /** `other` for text channels, categories and the like; null when no guild of ours has a channel of that id. */
  channelKind(channelId: string): ChannelState['kind'] | null {
    for (const guild of this.#guilds.values()) {
      const channel = guild.channels.get(channelId);
      if (channel !== undefined) return channel.kind;
    }
    return null;
  }

  /** The name of that member, as Discord shows it; null when Discord has told none. */
  memberName(guildId: string, userId: string): string | null {
    const guild = this.#guilds.get(guildId);
    const name = guild?.voiceStates.get(userId)?.person.name ?? userId;
    const known = name === userId ? guild?.members.get(userId)?.name : name;
    return known === undefined || known === userId ? null : known;
  }

  /** Channel our own session is in; null when it is in none, also when another session of our user is. */
  ownChannelId(guildId: string): string | null {
    const state = this.#guilds.get(guildId)?.voiceStates.get(this.#ownUserId);
    if (state === undefined) return null;
    return this.#ownership(this.#ownUserId, state.person.sessionId) === 'own'
      ? state.channelId
      : null;
  }

  /** Whether somebody deafened our user on the server; `channelId` is where we are. */
  isDeafenedIn(guildId: string, channelId: string): boolean {
    const state = this.#guilds.get(guildId)?.voiceStates.get(this.#ownUserId);
    return state?.channelId === channelId && state.person.deafened;
  }

  /** Whether another program with our token is in a voice channel of that guild, where a bot has one seat. */
  isSeatTaken(guildId: string): boolean {
    const state = this.#guilds.get(guildId)?.voiceStates.get(this.#ownUserId);
    if (state === undefined) return false;
    return this.#ownership(this.#ownUserId, state.person.sessionId) === 'foreign';
  }

  /** A state of our user that names no session is taken for our own: nothing says that it is not. */
  readonly #ownership = (userId: string, sessionId: string | null): Ownership => {
    if (userId !== this.#ownUserId) return 'other';
    if (sessionId === null || sessionId === this.#sessionIds.at(-1)) return 'own';
    return this.#sessionIds.includes(sessionId) ? 'former' : 'foreign';
  };

  #toGuildInfo(guild: GuildState): GuildInfo {
    const channels = [...guild.channels.values()].flatMap(
      (channel) => this.#toChannelInfo(guild, channel) ?? [],
    );
    return {
      id: guild.id,
      name: guild.name,
      available: guild.available,
      channels: channels
        .filter(({ hidden }) => !hidden)
        .sort((a, b) => a.position - b.position || compareIds(a.id, b.id)),
      hiddenChannelCount: channels.filter(({ hidden }) => hidden).length,
      permissions: guildPermissions(ownSubject(guild, this.#ownUserId, this.#clock.wallMs())),
      locale: guild.locale,
      ownNick: guild.own.nick,
    };
  }

  #toChannelInfo(guild: GuildState, channel: ChannelState): ChannelInfo | null {
    const { id, name, kind, position, userLimit, hidden, ageRestricted, overwrites } = channel;
    if (kind === 'other') return null;
    const subject = ownSubject(guild, this.#ownUserId, this.#clock.wallMs());
    return {
      id,
      name,
      kind,
      guildId: guild.id,
      guildName: guild.name,
      position,
      userLimit,
      people: [...guild.voiceStates.values()]
        .filter(({ channelId }) => channelId === id)
        .map(({ person }) => person),
      permissions: hidden ? 0n : computePermissions(subject, overwrites),
      hidden,
      ageRestricted,
      videoLimit: guild.videoLimit,
    };
  }
}

/** Older ids first: shorter is smaller, since decimal ids have no leading zeros. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
