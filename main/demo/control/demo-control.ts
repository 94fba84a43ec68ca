import { DaveControl } from './dave-control.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { DemoPeople } from '../talk/demo-people.ts';
import { GATEWAY_OPS } from '../gateway/gateway-messages.ts';
import type { MainGateway } from '../gateway/main-gateway.ts';
import type { SentLog } from '../sent-log.ts';
import type { VoiceJoins } from '../gateway/voice-joins.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import type { VoiceSession } from '../voice/voice-session.ts';
import type { DemoInteraction, DemoPress, Interactions } from '../world/interactions.ts';
import type { World } from '../world/world.ts';
import { PERMISSION_BITS } from '../world/world-permissions.ts';
import type { PermissionName } from '../world/world-permissions.ts';
import type { DemoChannel } from '../world/world-types.ts';

export interface DemoControlOptions {
  readonly world: World;
  readonly interactions: Interactions;
  readonly gateway: MainGateway;
  readonly voice: VoiceServer;
  readonly dave: DaveRooms;
  readonly joins: VoiceJoins;
  readonly people: DemoPeople;
  readonly log: SentLog;
  /** The bot that methods act on when no user is named: the one that Tapedeck signs in as. */
  readonly botId: string;
}

/** What tests do to a running demo server; each call writes a line into the sent log. */
export class DemoControl {
  /** End-to-end encryption. */
  readonly dave: DaveControl;
  readonly #options: DemoControlOptions;

  constructor(options: DemoControlOptions) {
    this.#options = options;
    this.dave = new DaveControl(options);
  }

  /** The user's voice sockets end without a close frame (1006); the sessions can be resumed. */
  cutVoice(userId = this.#options.botId): void {
    this.#note('cut voice', { userId });
    for (const session of this.#sessionsOf(userId)) session.line?.cut();
  }

  /** The user's voice sockets are closed with that code; the sessions end, except after 4013 and 4015. */
  closeVoice(code: number, userId = this.#options.botId): void {
    this.#note('close voice', { userId, code });
    for (const session of this.#sessionsOf(userId)) session.line?.close(code);
  }

  /** Every voice session ends, its socket without a close frame: the next Resume gets 4006. */
  forgetVoiceSessions(): void {
    this.#note('forget voice sessions');
    for (const session of [...this.#options.voice.sessions]) {
      session.line?.cut();
      this.#options.voice.end(session);
    }
  }

  /** Another transport key seals what the user is sent from here on; `told`: in a second Session Description before. */
  rekey(how: 'told' | 'untold', userId = this.#options.botId): void {
    this.#note('another transport key', { userId, how });
    for (const session of this.#sessionsOf(userId)) this.#options.voice.rekey(session, how);
  }

  /** VOICE_SERVER_UPDATE with `endpoint: null`, and `afterMs` later another one with an endpoint. */
  replaceVoiceServer(afterMs: number, userId = this.#options.botId): void {
    this.#note('replace voice server', { userId });
    this.#options.joins.replaceServer(userId, afterMs);
  }

  /** All calls move to another voice region, at another host and other ports. */
  moveRegion(): void {
    this.#note('move region');
    this.#options.joins.moveRegion();
  }

  /** All main sockets end without a close frame (1006); the sessions can be resumed. */
  cutMain(): void {
    this.#note('cut main');
    for (const connection of this.#options.gateway.connections) connection.cut();
  }

  closeMain(code: number): void {
    this.#note('close main', { code });
    for (const connection of this.#options.gateway.connections) connection.close(code);
  }

  /** Op 7 on every main socket. */
  askToReconnect(): void {
    this.#note('op 7');
    for (const connection of this.#options.gateway.connections) {
      connection.send(GATEWAY_OPS.reconnect, null);
    }
  }

  /** Op 9 on every main socket; `final`: the sessions end, and their bots leave voice. */
  invalidateSessions(how: 'final' | 'resumable'): void {
    this.#note('op 9', { how });
    this.#options.gateway.invalidateSessions(how);
  }

  /** A moderator disconnects the bot from voice. */
  kick(userId = this.#options.botId): void {
    this.#note('kick', { userId });
    for (const guildId of this.#options.world.guilds.keys()) {
      const state = this.#options.world.voiceState(guildId, userId);
      if (state !== undefined) this.#options.joins.leave({ guildId, userId }, 4014);
    }
  }

  /** The bot's public address changes: no datagram passes either way before the next discovery. */
  changeAddress(userId = this.#options.botId): void {
    this.#note('another public address', { userId });
    for (const session of this.#sessionsOf(userId)) session.address = null;
  }

  /** An outage of that guild begins (GUILD_DELETE with `unavailable`) or ends (GUILD_CREATE). */
  setGuildAvailable(guildId: string, state: 'available' | 'unavailable'): void {
    this.#note('guild outage', { guildId, state });
    this.#options.gateway.setGuildAvailable(guildId, state);
  }

  /** A moderator moves the bot. */
  move(channelId: string, userId = this.#options.botId): void {
    this.#note('move', { userId, channelId });
    this.#options.joins.move(userId, this.#channel(channelId));
  }

  /** A moderator deafens or undeafens the bot: while deaf, nothing is forwarded to it. */
  setDeaf(hearing: 'deaf' | 'hears', userId = this.#options.botId): void {
    this.#note('server deafen', { userId, hearing });
    for (const guildId of this.#options.world.guilds.keys()) {
      const state = this.#options.world.voiceState(guildId, userId);
      if (state !== undefined) {
        this.#options.world.setVoiceState({ ...state, deaf: hearing === 'deaf' });
      }
    }
  }

  /** A moderator changes the bot's nickname; null: takes it away. */
  setNick(guildId: string, nick: string | null, userId = this.#options.botId): void {
    this.#note('nickname', { guildId, userId, nick });
    const member = this.#options.world.member(guildId, userId);
    if (member !== undefined) this.#options.world.setNick(member, nick);
  }

  /** The owner of a guild chooses another language for it. */
  setPreferredLocale(guildId: string, locale: string): void {
    this.#note('preferred locale', { guildId, locale });
    const guild = this.#options.world.guilds.get(guildId);
    if (guild !== undefined) this.#options.world.setPreferredLocale(guild, locale);
  }

  /** Somebody who may deletes a message. Throws when there is none of that id. */
  deleteMessage(messageId: string): void {
    this.#note('delete message', { messageId });
    const message = this.#options.world.messages.find(({ id }) => id === messageId);
    if (message === undefined) throw new Error(`no message ${messageId}`);
    this.#options.world.deleteMessage(message);
  }

  /** Somebody presses a button of a bot's; what is answered stands in `Interactions.answers`. Throws as `press` there. */
  press(press: DemoPress): DemoInteraction {
    this.#note('press', { ...press });
    return this.#options.interactions.press(press);
  }

  /** The bot's application gets its interactions at that URL, and none over the gateway; null: over the gateway. */
  setInteractionsUrl(url: string | null, userId = this.#options.botId): void {
    this.#note('interactions endpoint', { userId, url });
    const { interactionsUrls } = this.#options.world;
    if (url === null) interactionsUrls.delete(userId);
    else interactionsUrls.set(userId, url);
  }

  /** Deletes the channel: everyone in it leaves voice, voice sockets are closed with 4022. */
  deleteChannel(channelId: string): void {
    this.#note('delete channel', { channelId });
    const channel = this.#channel(channelId);
    for (const state of this.#options.world.inVoice(channel)) {
      this.#options.people.leave(state.userId);
      this.#options.joins.leave(state, 4022);
    }
    this.#options.world.deleteChannel(channel);
  }

  /** Takes permissions away, or gives them back, for everyone in one channel. */
  setPermissions(
    channelId: string,
    change: {
      readonly deny?: readonly PermissionName[];
      readonly allow?: readonly PermissionName[];
    },
  ): void {
    this.#note('permissions', { channelId, ...change });
    const channel = this.#channel(channelId);
    const bits = (names: readonly PermissionName[] = []): bigint =>
      names.reduce((sum, name) => sum | PERMISSION_BITS[name], 0n);
    const everyone = { id: channel.guildId, type: 0 as const };
    const overwrite = { ...everyone, allow: bits(change.allow), deny: bits(change.deny) };
    this.#options.world.setChannel({ ...channel, overwrites: [overwrite] });
  }

  /** Takes permissions away from every role of a guild, as when the bot was invited without them. */
  revokeInGuild(guildId: string, ...names: readonly PermissionName[]): void {
    this.#note('revoke', { guildId, names });
    const guild = this.#options.world.guilds.get(guildId);
    const gone = names.reduce((sum, name) => sum | PERMISSION_BITS[name], 0n);
    for (const role of guild?.roles.values() ?? []) {
      guild?.roles.set(role.id, { ...role, permissions: role.permissions & ~gone });
    }
  }

  #sessionsOf(userId: string): VoiceSession[] {
    return [...this.#options.voice.sessions].filter((session) => session.userId === userId);
  }

  #channel(channelId: string): DemoChannel {
    const channel = this.#options.world.channel(channelId);
    if (channel === undefined) throw new Error(`no channel ${channelId}`);
    return channel;
  }

  #note(message: string, fields: Record<string, unknown> = {}): void {
    this.#options.log.write({ event: 'control', message, ...fields });
  }
}
