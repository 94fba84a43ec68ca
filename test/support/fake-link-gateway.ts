import { EventEmitter } from 'node:events';
import type { Clock } from '../../main/base/clock.ts';
import { DiscordError } from '../../main/discord/discord-error.ts';
import type { GatewayEvents } from '../../main/discord/gateway.ts';
import { GATEWAY_TIMING } from '../../main/discord/gateway-timing.ts';
import { GuildDirectory } from '../../main/discord/guild-directory.ts';
import { VoiceSeats } from '../../main/discord/voice-seats.ts';
import type { VoiceTarget } from '../../main/discord/voice-seats.ts';
import type { VoiceServer } from '../../main/discord/voice-state.ts';
import type { LinkGateway } from '../../main/link/link-gateway.ts';
import { BOT_ID, GUILD_ID, guildCreate, voiceState } from './discord-payloads.ts';

/**
 * A main gateway without a socket, for simulated time: the real directory and the real seats. The test is Discord: it
 * reads op 4 in `sent`, and tells states and servers.
 */
export class FakeLinkGateway extends EventEmitter<GatewayEvents> implements LinkGateway {
  readonly connection = 'connected';
  readonly lastFailure = null;
  readonly directory: GuildDirectory;
  /** The channel of each op 4 so far; null left the channel. */
  readonly sent: (string | null)[] = [];
  readonly #seats: VoiceSeats;

  constructor(clock: Clock) {
    super();
    this.directory = new GuildDirectory(clock);
    this.#seats = new VoiceSeats({
      directory: this.directory,
      timing: GATEWAY_TIMING,
      clock,
      identity: () => ({ userId: BOT_ID, sessionId: 'session' }),
      send: ({ d }) => this.#send(d),
      whenConnected: () => Promise.resolve(),
    });
    this.#beginSession();
  }

  joinVoice(
    target: VoiceTarget & { readonly selfMute: boolean },
    signal: AbortSignal,
  ): Promise<VoiceServer> {
    return this.#seats.join(target, signal);
  }

  followVoice(target: VoiceTarget, signal: AbortSignal): Promise<VoiceServer> {
    return this.#seats.follow(target, signal);
  }

  useVoice(server: VoiceServer): void {
    this.#seats.use(server);
  }

  releaseVoice(guildId: string): void {
    this.#seats.release(guildId);
  }

  leaveVoice(guildId: string): void {
    this.#seats.leave(guildId);
  }

  isLeavingVoice(guildId: string): boolean {
    return this.#seats.isLeaving(guildId);
  }

  /** VOICE_STATE_UPDATE: the bot is in that channel, or in none. */
  tellState(channelId: string | null): void {
    const state = voiceState(BOT_ID, channelId, { session_id: 'session', guild_id: GUILD_ID });
    for (const event of this.directory.apply('VOICE_STATE_UPDATE', state) ?? []) {
      if (event.kind !== 'voice-state') continue;
      this.emit('voice-state', event.change);
      this.#seats.ownStateChanged(GUILD_ID);
    }
  }

  /** VOICE_SERVER_UPDATE. */
  tellServer(token: string): void {
    const at = { endpoint: 'voice.example:443', scheme: 'wss' } as const;
    if (!this.#seats.serverUpdated(GUILD_ID, token, at)) return;
    this.emit('voice-server', { guildId: GUILD_ID, token, endpoint: at.endpoint });
  }

  /** RATE_LIMITED for op 4, of that guild or of one that is not named. */
  limit(guildId: string | null, retryAfterMs: number): void {
    this.#seats.rateLimited(guildId, retryAfterMs);
  }

  /** RESUMED. */
  resume(): void {
    this.#seats.connected();
  }

  /** The main session ends, and the next one is there at once: we are in no channel. */
  loseSession(): void {
    this.#seats.fail(new DiscordError('session-lost', 'the gateway session ended'));
    this.emit('session-lost');
    this.#beginSession();
  }

  #beginSession(): void {
    this.directory.beginSession({ userId: BOT_ID, sessionId: 'session', guildIds: [GUILD_ID] });
    this.directory.apply('GUILD_CREATE', guildCreate());
  }

  #send(d: unknown): boolean {
    if (typeof d !== 'object' || d === null || !('channel_id' in d)) return false;
    const { channel_id: channelId } = d;
    if (channelId !== null && typeof channelId !== 'string') return false;
    this.sent.push(channelId);
    return true;
  }
}
