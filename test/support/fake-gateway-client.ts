import { once } from 'node:events';
import { systemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import type { Log } from '../../main/base/log.ts';
import { Gateway } from '../../main/discord/gateway.ts';
import type { GatewayTiming } from '../../main/discord/gateway-timing.ts';
import { DiscordRest } from '../../main/discord/rest.ts';
import { guildCreate } from './discord-payloads.ts';
import type { FakeConnection, FakeDiscord } from './fake-discord.ts';

/** Not shaped like a real token: the log's redaction does not know it, so a log without it never had it. */
export const TOKEN = 'secret-of-the-bot';

/** Short pauses, so that tests need not wait long. */
const QUICK: Partial<GatewayTiming> = {
  backoff: { firstMs: 1, mostMs: 20 },
  invalidSessionMs: 1,
  identifyIntervalMs: 1,
  longestPauseMs: 50,
  rejoinPauseMs: 20,
  closeLimitMs: 200,
};

/** A log, and the lines of every level that it got. */
export function recordingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { log: createLog('debug', (_level, line) => lines.push(line)), lines };
}

export function restOf(fake: FakeDiscord, { log, token = TOKEN }: { log: Log; token?: string }) {
  const { apiUrl } = fake;
  return new DiscordRest({ apiUrl, token, log, clock: systemClock });
}

export interface ClientOptions {
  readonly timing?: Partial<GatewayTiming>;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

export function connectTo(fake: FakeDiscord, options: ClientOptions = {}): Promise<Gateway> {
  const { log = recordingLog().log, timing, signal } = options;
  const rest = restOf(fake, { log });
  const { apiUrl } = fake;
  return Gateway.connect(
    { rest, apiUrl, token: TOKEN, log, clock: systemClock, timing: { ...QUICK, ...timing } },
    signal,
  );
}

export interface ConnectedClient extends AsyncDisposable {
  readonly gateway: Gateway;
  /** The server's end. */
  readonly connection: FakeConnection;
}

/** A gateway after READY and the one guild's GUILD_CREATE, and the server's end of its connection. */
export async function connected(
  fake: FakeDiscord,
  options: ClientOptions = {},
): Promise<ConnectedClient> {
  const connecting = connectTo(fake, options);
  const connection = await fake.welcome('session-1');
  connection.dispatch('GUILD_CREATE', guildCreate(), 2);
  const gateway = await connecting;
  return { gateway, connection, [Symbol.asyncDispose]: () => gateway.close() };
}

/** Resolves with the arguments of the gateway's next event of that name. */
export function nextEvent(gateway: Gateway, name: string): Promise<unknown[]> {
  return once(gateway, name);
}
