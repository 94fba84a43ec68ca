import type { Clock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { DaveError } from '../dave/dave-error.ts';
import { Gateway } from '../discord/gateway.ts';
import { DiscordRest } from '../discord/rest.ts';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { awaitChannel } from './await-channel.ts';
import { toProblem } from './error-code.ts';
import { explainSilence } from './explain-silence.ts';
import { joinFirst } from '../link/first-join.ts';
import { findChannel, isElsewhere } from './preflight.ts';
import { decoderWorks, encryptsEndToEnd, failingTransportMode } from './self-test.ts';

export type CheckName =
  'token' | 'gateway' | 'permissions' | 'udp' | 'encryption' | 'decoder' | 'interactions';

/** What came of one check; `facts` are for the sentence that says so. */
export type Check = { readonly name: CheckName } & (
  | { readonly result: 'good'; readonly facts: Readonly<Record<string, string | number>> }
  | { readonly result: 'bad'; readonly problem: Problem }
  | Skip
);

export interface DiagnoseOptions {
  readonly apiUrl: URL;
  readonly token: string;
  /** Where joining is tried; null: it is not. */
  readonly channelId: Snowflake | null;
  readonly log: Log;
  readonly clock: Clock;
}

type Failure = { readonly result: 'bad'; readonly problem: Problem };
interface Skip {
  readonly result: 'skipped';
  /**
   * `no-channel`: none was named to try it in; `not-reached`: an earlier check stands in the way; `elsewhere`: the bot
   * is in a voice channel of that server already, and joining would end what it records there.
   */
  readonly because: 'no-channel' | 'not-reached' | 'elsewhere';
}

/**
 * Tries everything a recording needs, from the token to the buttons in the chat, in this order. With a channel it is joined, muted,
 * for a moment, unless the bot is in that server's voice already; nothing is recorded and no packet is kept. Throws only
 * the signal's reason.
 */
export async function* diagnose(
  options: DiagnoseOptions,
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  const { apiUrl, token, log, clock } = options;
  const rest = new DiscordRest({ apiUrl, token, log, clock });

  const user = await attempt(() => rest.getCurrentUser(signal), signal);
  yield user.result === 'good'
    ? { name: 'token', result: 'good', facts: { bot: user.value.name } }
    : { name: 'token', ...user };

  const connected: Outcome<Gateway> | Skip =
    user.result === 'good'
      ? await attempt(() => Gateway.connect({ rest, apiUrl, token, log, clock }, signal), signal)
      : { result: 'skipped', because: 'not-reached' };
  if (connected.result !== 'good') {
    yield { name: 'gateway', ...connected };
    yield* withoutGateway(options.channelId);
  } else {
    await using gateway = connected.value;
    const guilds = gateway.directory.guilds().length;
    yield { name: 'gateway', result: 'good', facts: { guilds } };
    yield* inChannel(options, gateway, signal);
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

type Outcome<T> = { readonly result: 'good'; readonly value: T } | Failure;

async function attempt<T>(work: () => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    return { result: 'good', value: await work() };
  } catch (error) {
    signal.throwIfAborted();
    return { result: 'bad', problem: toProblem(error) };
  }
}

function* withoutGateway(channelId: Snowflake | null): Generator<Check> {
  const because = channelId === null ? 'no-channel' : 'not-reached';
  yield { name: 'permissions', result: 'skipped', because };
  yield { name: 'udp', result: 'skipped', because };
  yield encryptionCheck(null);
}

async function* inChannel(
  { channelId, log, clock }: DiagnoseOptions,
  gateway: Gateway,
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  if (channelId === null) {
    yield* withoutGateway(null);
    return;
  }
  const wanted = { channelId, notice: 'chat' } as const;
  const found = await attempt(async () => {
    await awaitChannel(gateway, { channelId, onWait: () => undefined }, signal);
    return findChannel(gateway.directory, wanted);
  }, signal);
  if (found.result === 'bad') {
    yield { name: 'permissions', ...found };
    yield { name: 'udp', result: 'skipped', because: 'not-reached' };
    yield encryptionCheck(null);
    return;
  }
  const { name: channel, guildId } = found.value;
  yield { name: 'permissions', result: 'good', facts: { channel } };

  const { user, sessionId } = gateway;
  if (isElsewhere(gateway.directory, { guildId, userId: user.id, sessionId })) {
    yield { name: 'udp', result: 'skipped', because: 'elsewhere' };
    yield encryptionCheck(null);
    return;
  }

  const context = { gateway, log, clock };
  // What it hears goes nowhere: nobody is attached to it.
  const joined = await attempt(
    () =>
      joinFirst(context, { guildId, channelId }, signal).then(
        ({ voice }) => voice,
        (error: unknown) => {
          throw explainSilence(error, gateway.directory, channelId);
        },
      ),
    signal,
  );
  if (joined.result === 'bad') {
    yield* withoutVoice(joined);
    return;
  }
  const voice = joined.value;
  try {
    yield { name: 'udp', result: 'good', facts: { channel } };
    yield encryptionCheck({ mode: voice.modeName, daveVersion: String(voice.daveVersion) });
  } finally {
    await voice.close();
    gateway.leaveVoice(guildId);
  }
}

/** Some refusals of a voice server are about encryption; UDP is not reached then. */
function* withoutVoice(failure: Failure): Generator<Check> {
  const { code } = failure.problem;
  if (code === 'no-transport-mode' || code === 'e2ee-unavailable') {
    yield { name: 'udp', result: 'skipped', because: 'not-reached' };
    yield { name: 'encryption', ...failure };
  } else {
    yield { name: 'udp', ...failure };
    yield encryptionCheck(null);
  }
}

/**
 * The ciphers against known packets, and a call of two in memory; `agreed` is what a voice server and we have in common,
 * null when none was asked.
 */
function encryptionCheck(
  agreed: { readonly mode: string; readonly daveVersion: string } | null,
): Check {
  const failing = failingTransportMode();
  if (failing !== null) return brokenEncryption(`${failing} does not open a known packet`);
  try {
    if (!encryptsEndToEnd()) return brokenEncryption('one member does not hear the other');
  } catch (error) {
    if (!(error instanceof DaveError)) throw error;
    return { name: 'encryption', result: 'bad', problem: toProblem(error) };
  }
  return { name: 'encryption', result: 'good', facts: agreed ?? {} };
}

function brokenEncryption(message: string): Check {
  const problem = { code: 'fault', details: { message } } as const;
  return { name: 'encryption', result: 'bad', problem };
}

function decoderCheck(): Check {
  let message = 'the decoder does not decode a known packet';
  try {
    if (decoderWorks()) return { name: 'decoder', result: 'good', facts: {} };
  } catch (error) {
    message = toError(error).message;
  }
  return { name: 'decoder', result: 'bad', problem: { code: 'fault', details: { message } } };
}
