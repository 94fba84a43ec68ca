import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { Gateway } from '../discord/gateway.ts';
import { DiscordRest } from '../discord/rest.ts';
import { attempt } from './attempt.ts';
import type { Check } from './check.ts';
import { decoderCheck } from './check-installation.ts';
import { diagnoseChannel, skipVoice } from './diagnose-channel.ts';
import { logFailure } from './log-failure.ts';

export interface DiagnoseOptions {
  readonly apiUrl: URL;
  readonly token: string;
  /** Where joining is tried; null: it is not. */
  readonly channelId: Snowflake | null;
  readonly log: Log;
  readonly clock: Clock;
  /** Called when listening in the channel begins. */
  readonly onListening: (seconds: number) => void;
}

/**
 * Tries everything a recording needs, from the token to the buttons in the chat, in this order. With a channel it is
 * joined, muted, and listened to for 10 s, unless the bot is in that server's voice already; no sound is kept. Throws
 * only the signal's reason.
 */
export async function* diagnose(
  options: DiagnoseOptions,
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  for await (const check of checks(options, signal)) {
    noteCheck(options.log, check);
    yield check;
  }
}

async function* checks(
  options: DiagnoseOptions,
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  const { apiUrl, token, log, clock, channelId } = options;
  const rest = new DiscordRest({ apiUrl, token, log: log.child('rest'), clock });
  const user = await attempt(() => rest.getCurrentUser(signal), signal);
  yield user.result === 'good'
    ? { name: 'token', result: 'good', facts: { bot: user.value.name } }
    : { name: 'token', ...user };

  if (user.result === 'bad') {
    yield { name: 'gateway', result: 'skipped', because: 'not-reached' };
    yield* withoutGateway(channelId);
  } else {
    const gatewayOptions = { rest, apiUrl, token, log: log.child('gateway'), clock };
    const connected = await attempt(() => Gateway.connect(gatewayOptions, signal), signal);
    if (connected.result === 'bad') {
      yield { name: 'gateway', ...connected };
      yield* withoutGateway(channelId);
    } else {
      await using gateway = connected.value;
      const guilds = gateway.directory.guilds().length;
      yield { name: 'gateway', result: 'good', facts: { guilds } };
      if (channelId === null) yield* withoutGateway(null);
      else yield* diagnoseChannel({ ...options, channelId, gateway, rest }, signal);
    }
  }
  yield decoderCheck();
  yield user.result === 'good'
    ? await interactionsCheck(rest, signal)
    : { name: 'interactions', result: 'skipped', because: 'not-reached' };
}

/** Buttons in the chat are heard of by the gateway, unless the bot's maker has them sent somewhere else. */
async function interactionsCheck(rest: DiscordRest, signal: AbortSignal): Promise<Check> {
  const asked = await attempt(() => rest.getInteractionsUrl(signal), signal);
  if (asked.result === 'bad') return { name: 'interactions', ...asked };
  if (asked.value === null) return { name: 'interactions', result: 'good', facts: {} };
  const host = URL.canParse(asked.value) ? new URL(asked.value).host : '?';
  const problem = { code: 'interactions-elsewhere', details: { host } } as const;
  return { name: 'interactions', result: 'bad', problem };
}

function* withoutGateway(channelId: Snowflake | null): Generator<Check, void, undefined> {
  const because = channelId === null ? 'no-channel' : 'not-reached';
  yield { name: 'permissions', result: 'skipped', because };
  yield* skipVoice(because);
}

/** A failed check stands in the log with its step, as every failure does that a person is told. */
function noteCheck(log: Log, check: Check): void {
  const { name, result } = check;
  const reason = 'problem' in check ? check.problem.code : 'fault' in check ? check.fault : null;
  log.flight.note('check', { name, ok: result === 'good', skipped: result === 'skipped', reason });
  if (result === 'bad') logFailure(log, reason ?? name);
}
