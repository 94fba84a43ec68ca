import { voiceEndpoint } from '../../../main/discord/api-url.ts';
import { GATEWAY_OP, parseGatewayFrame, parseHello } from '../../../main/discord/gateway-frame.ts';
import { readySchema, voiceServerUpdateSchema } from '../../../main/discord/gateway-payloads.ts';
import { GATEWAY_TIMING } from '../../../main/discord/gateway-timing.ts';
import { GuildDirectory } from '../../../main/discord/guild-directory.ts';
import { VoiceSeats } from '../../../main/discord/voice-seats.ts';
import * as payloads from '../discord-payloads.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedJson, hugeJson, toJson, type Json } from './changed-json.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

const { ALICE_ID, BOB_ID, BOT_ID, GUILD_ID, LOUNGE_ID, STAGE_ID } = payloads;

const dispatch = (t: string, d: unknown): Json => toJson({ op: 0, s: 7, t, d });
const ofGuild = (d: object): object => ({ ...d, guild_id: GUILD_ID });

/** Messages of the main gateway, one of each kind. */
const MESSAGES: readonly Json[] = [
  toJson({ op: 10, d: { heartbeat_interval: 41_250 }, s: null, t: null }),
  ...[1, 7, 11].map((op) => toJson({ op, d: null, s: null, t: null })),
  toJson({ op: 9, d: true, s: null, t: null }),
  dispatch('READY', payloads.ready('session-of-ours')),
  dispatch('RESUMED', {}),
  dispatch('GUILD_CREATE', payloads.guildCreate()),
  dispatch('GUILD_CREATE', payloads.guildCreate({ id: '5', name: 'Other' })),
  dispatch('GUILD_UPDATE', { id: GUILD_ID, name: 'Renamed', owner_id: BOB_ID, roles: [] }),
  dispatch('GUILD_DELETE', { id: GUILD_ID, unavailable: true }),
  dispatch('GUILD_DELETE', { id: '5' }),
  dispatch('CHANNEL_CREATE', ofGuild(payloads.channel('9', 2))),
  dispatch('CHANNEL_UPDATE', ofGuild(payloads.channel(LOUNGE_ID, 2, { name: 'Lobby' }))),
  dispatch('CHANNEL_DELETE', ofGuild(payloads.channel('9', 2))),
  dispatch('GUILD_ROLE_CREATE', ofGuild({ role: { id: '11', permissions: '8' } })),
  dispatch('GUILD_ROLE_DELETE', ofGuild({ role_id: '11' })),
  dispatch('GUILD_MEMBER_UPDATE', ofGuild(payloads.member(BOT_ID, { nick: '[REC] tape' }))),
  dispatch('GUILD_MEMBER_UPDATE', ofGuild(payloads.member(BOB_ID))),
  ...[LOUNGE_ID, STAGE_ID, null].flatMap((channelId) =>
    [ALICE_ID, BOB_ID, BOT_ID].map((userId) => {
      const member = payloads.member(userId);
      return dispatch(
        'VOICE_STATE_UPDATE',
        ofGuild(payloads.voiceState(userId, channelId, { member })),
      );
    }),
  ),
  dispatch('VOICE_SERVER_UPDATE', ofGuild({ token: 't', endpoint: 'c-fra.discord.media:2053' })),
  dispatch('VOICE_SERVER_UPDATE', ofGuild({ token: 't', endpoint: null })),
];

/** Messages between two reconnects. */
const MESSAGES_A_SESSION = 5_000;

/** Largest message, in characters: as many as the voice gateway's socket takes. */
const HUGE = 2_000_000;
const HUGE_SHARE = 0.000_2;
const LARGE = 3_000;

/** Gives wrong messages of the main gateway to the frame parser, the guild directory and the voice seats. */
export function fuzzGatewayMessages(options: {
  readonly count: number;
  readonly seed: number;
}): FuzzReport {
  const random = new SeededRandom(options.seed);
  const run = new FuzzRun({ kind: 'main gateway messages', ...options });
  const ours = new Ours();
  while (run.goesOn) {
    if (run.tried % MESSAGES_A_SESSION === 0) ours.reconnect();
    const message = MESSAGES[random.integer(MESSAGES.length)] ?? null;
    const isHuge = random.next() < HUGE_SHARE;
    const text = isHuge ? hugeJson(message, random, HUGE) : changedJson(message, random, LARGE);
    run.try(text, () => ours.take(text));
  }
  ours.close();
  return run.report();
}

/** Our end of the main gateway without its socket. */
class Ours {
  readonly #clock = { monotonicMs: () => 0, wallMs: () => 1_790_000_000_000 };
  readonly #directory = new GuildDirectory(this.#clock);
  readonly #seats = new VoiceSeats({
    directory: this.#directory,
    timing: GATEWAY_TIMING,
    clock: this.#clock,
    identity: () => ({ userId: BOT_ID, sessionId: 'session-of-ours' }),
    send: () => true,
    whenConnected: () => Promise.resolve(),
  });
  #leaving = new AbortController();

  /** Begins a new session, in which we wait for a voice server. */
  reconnect(): void {
    this.close();
    this.#leaving = new AbortController();
    const session = { userId: BOT_ID, sessionId: 'session-of-ours' };
    this.#directory.beginSession({ ...session, guildIds: [] });
    this.#directory.apply('GUILD_CREATE', payloads.guildCreate());
    const target = { guildId: GUILD_ID, channelId: LOUNGE_ID };
    this.#seats.follow(target, this.#leaving.signal).catch(() => undefined);
  }

  close(): void {
    this.#leaving.abort(new Error('over'));
  }

  take(text: string): string {
    const frame = parseGatewayFrame(text);
    if (frame === null) return 'no frame';
    const { op, t, d } = frame;
    if (op === GATEWAY_OP.hello) return parseHello(d) === null ? 'op 10 malformed' : 'op 10';
    if (op !== GATEWAY_OP.dispatch) return op <= 11 ? `op ${String(op)}` : 'another op';
    if (t === null) return 'a dispatch without a name';
    return this.#dispatch(t, d);
  }

  #dispatch(t: string, d: unknown): string {
    if (t === 'READY') {
      const parsed = readySchema.safeParse(d);
      if (!parsed.success) return 'READY malformed';
      const { user, guilds } = parsed.data;
      const guildIds = guilds.map(({ id }) => id);
      this.#directory.beginSession({ userId: user.id, sessionId: 'session-of-ours', guildIds });
      return 'READY';
    }
    if (t === 'VOICE_SERVER_UPDATE') return this.#voiceServer(d);
    const events = this.#directory.apply(t, d);
    if (events === null) return `${t} malformed`;
    for (const event of events) {
      if (event.kind === 'voice-state') this.#seats.ownStateChanged(event.change.guildId);
    }
    for (const { channels } of this.#directory.guilds()) {
      for (const { id } of channels) this.#directory.channel(id);
    }
    return events.length === 0 ? 'nothing changed' : t;
  }

  #voiceServer(d: unknown): string {
    const parsed = voiceServerUpdateSchema.safeParse(d);
    if (!parsed.success) return 'VOICE_SERVER_UPDATE malformed';
    const { guild_id: guildId, token, endpoint } = parsed.data;
    const at = endpoint === null ? null : voiceEndpoint(new URL('https://discord.com'), endpoint);
    if (endpoint !== null && at === null) return 'VOICE_SERVER_UPDATE of no address';
    this.#seats.serverUpdated(guildId, token, at);
    return 'VOICE_SERVER_UPDATE';
  }
}
