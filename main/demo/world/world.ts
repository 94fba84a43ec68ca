import { EventEmitter } from 'node:events';
import type { Snowflake } from '../../base/snowflake.ts';
import { CHANNEL_TYPES, FLAG_OBFUSCATED } from './world-types.ts';
import type {
  DemoChannel,
  DemoGuild,
  DemoMember,
  DemoMessage,
  DemoVoiceState,
} from './world-types.ts';

/** What is to be changed in a message. */
export type MessageChange = Partial<Pick<DemoMessage, 'content' | 'components' | 'flags'>>;

/** What changed in the world; the main gateway turns each change into the events that clients know. */
export interface WorldEvents {
  'voice-state': [DemoVoiceState];
  member: [DemoMember];
  guild: [DemoGuild];
  channel: ['CHANNEL_CREATE' | 'CHANNEL_UPDATE' | 'CHANNEL_DELETE', DemoChannel];
  message: ['MESSAGE_CREATE' | 'MESSAGE_UPDATE' | 'MESSAGE_DELETE', DemoMessage];
  /** That user has been removed from that guild. */
  removed: [{ guildId: Snowflake; userId: Snowflake }];
}

/** Guilds, channels, members, voice states and messages of the simulated Discord; changes are announced, not sent. */
export class World extends EventEmitter<WorldEvents> {
  readonly guilds = new Map<Snowflake, DemoGuild>();
  /** Everything that stands in the channels' chats, oldest first. */
  readonly messages: DemoMessage[] = [];
  /** Where the interactions of a bot's application go in place of the gateway, by the bot's user id. */
  readonly interactionsUrls = new Map<Snowflake, string>();
  #nextId = 1_310_000_000_000_000_000n;

  newId(): Snowflake {
    this.#nextId += 4_194_304_001n; // (1000 << 22) + 1: a second later on Discord's clock
    return String(this.#nextId);
  }

  channel(channelId: Snowflake): DemoChannel | undefined {
    for (const guild of this.guilds.values()) {
      const channel = guild.channels.get(channelId);
      if (channel !== undefined) return channel;
    }
    return undefined;
  }

  member(guildId: Snowflake, userId: Snowflake): DemoMember | undefined {
    return this.guilds.get(guildId)?.members.get(userId);
  }

  voiceState(guildId: Snowflake, userId: Snowflake): DemoVoiceState | undefined {
    return this.guilds.get(guildId)?.voiceStates.get(userId);
  }

  /** Voice states of everyone in that channel. */
  inVoice(channel: DemoChannel): DemoVoiceState[] {
    const states = this.guilds.get(channel.guildId)?.voiceStates.values() ?? [];
    return [...states].filter((state) => state.channelId === channel.id);
  }

  addMember(member: DemoMember): DemoMember {
    this.guilds.get(member.guildId)?.members.set(member.user.id, member);
    return member;
  }

  setVoiceState(state: DemoVoiceState): void {
    this.placeVoiceState(state);
    this.emit('voice-state', state);
  }

  /** Changes a voice state that gateways tell later: REST says it from now on. */
  placeVoiceState(state: DemoVoiceState): void {
    const states = this.guilds.get(state.guildId)?.voiceStates;
    if (state.channelId === null) states?.delete(state.userId);
    else states?.set(state.userId, state);
  }

  setNick(member: DemoMember, nick: string | null): DemoMember {
    const changed = this.addMember({ ...member, nick });
    this.emit('member', changed);
    return changed;
  }

  setPreferredLocale(guild: DemoGuild, locale: string): void {
    guild.preferredLocale = locale;
    this.emit('guild', guild);
  }

  setChannel(channel: DemoChannel): void {
    const guild = this.guilds.get(channel.guildId);
    const event = guild?.channels.has(channel.id) === true ? 'CHANNEL_UPDATE' : 'CHANNEL_CREATE';
    guild?.channels.set(channel.id, channel);
    this.emit('channel', event, channel);
  }

  deleteChannel(channel: DemoChannel): void {
    this.guilds.get(channel.guildId)?.channels.delete(channel.id);
    this.emit('channel', 'CHANNEL_DELETE', channel);
  }

  /** Writes a message, now. */
  addMessage(said: Omit<DemoMessage, 'id' | 'at' | 'editedAt'>): DemoMessage {
    const at = new Date().toISOString();
    const message = { id: this.newId(), at, editedAt: null, ...said };
    this.messages.push(message);
    this.emit('message', 'MESSAGE_CREATE', message);
    return message;
  }

  /** Puts another text and other components into a message, now. */
  editMessage(message: DemoMessage, change: MessageChange): DemoMessage {
    const edited = { ...message, ...change, editedAt: new Date().toISOString() };
    const at = this.messages.findIndex(({ id }) => id === message.id);
    if (at >= 0) this.messages[at] = edited;
    this.emit('message', 'MESSAGE_UPDATE', edited);
    return edited;
  }

  deleteMessage(message: DemoMessage): void {
    const at = this.messages.findIndex(({ id }) => id === message.id);
    if (at >= 0) this.messages.splice(at, 1);
    this.emit('message', 'MESSAGE_DELETE', message);
  }

  removeMember(guildId: Snowflake, userId: Snowflake): void {
    this.guilds.get(guildId)?.members.delete(userId);
    this.emit('removed', { guildId, userId });
  }
}

/** A voice or stage channel. */
export function isVocal(channel: DemoChannel): boolean {
  return channel.type === CHANNEL_TYPES.voice || channel.type === CHANNEL_TYPES.stage;
}

/** What a client that may not view `channel` gets in its place. */
export function obfuscate(channel: DemoChannel): DemoChannel {
  const overwrite = { id: channel.guildId, type: 0 as const, allow: 0n, deny: 1n << 10n };
  return {
    ...channel,
    name: '___hidden___',
    flags: FLAG_OBFUSCATED,
    userLimit: 0,
    overwrites: [overwrite],
  };
}
