import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Snowflake } from '../base/snowflake.ts';
import { abortable, sleep } from '../base/wait.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import { joinFirst } from '../link/first-join.ts';
import type { VoiceFeed } from '../link/voice-feed.ts';
import type { VoiceConnection } from '../voice/voice-connection.ts';
import { encryptionCheck } from './check-installation.ts';
import { attempt } from './attempt.ts';
import { awaitChannel, type ChannelSources } from './await-channel.ts';
import { explainSilence } from './explain-silence.ts';
import type { Check, CheckFacts, Failed, Unheard } from './check.ts';
import { type Heard, Hearing, hearingFault } from './hearing.ts';
import { findChannel, isElsewhere } from './preflight.ts';

/** How long is listened; the first sentence of anybody has come by then. */
const HEAR_SECONDS = 10;

/** After joining: time for the first keepalive to be echoed, as most voice servers do. */
const ECHO_MS = 1_000;
const ECHO_LOOK_MS = 50;

/** Where and with what a channel is tried. */
export interface ChannelTrial extends ChannelSources {
  readonly channelId: Snowflake;
  readonly log: Log;
  readonly clock: Clock;
  /** Called when listening begins. */
  readonly onListening: (seconds: number) => void;
}

/** Checks permissions, UDP, hearing and encryption in one channel, which is left again. Throws only the signal's reason. */
export async function* diagnoseChannel(
  trial: ChannelTrial,
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  const { channelId, gateway } = trial;
  const wanted = { channelId, notice: 'given' } as const;
  const find = async (): Promise<ChannelInfo> => {
    await awaitChannel(trial, { channelId, onWait: () => undefined }, signal);
    return findChannel(gateway.directory, wanted);
  };
  const found = await attempt(find, signal);
  if (found.result === 'bad') {
    yield { name: 'permissions', ...found };
    return yield* skipVoice('not-reached');
  }
  const { name: channel, guildId, guildName: server, people } = found.value;
  const others = people.filter(({ userId }) => userId !== gateway.user.id);
  yield { name: 'permissions', result: 'good', facts: { channel, server, people: others.length } };

  const { user, sessionId } = gateway;
  if (isElsewhere(gateway.directory, { guildId, userId: user.id, sessionId }))
    return yield* skipVoice('elsewhere');
  const join = async (): ReturnType<typeof joinFirst> => {
    try {
      return await joinFirst(trial, { guildId, channelId }, signal);
    } catch (error) {
      throw explainSilence(error, gateway.directory, channelId);
    }
  };
  const joined = await attempt(join, signal);
  if (joined.result === 'bad') return yield* withoutVoice(joined);
  const { voice, feed } = joined.value;
  try {
    yield* inCall(trial, { voice, feed }, signal);
  } finally {
    await voice.close();
    gateway.leaveVoice(guildId);
  }
}

/** The checks that need a voice connection, without one. */
export function* skipVoice(
  because: 'no-channel' | 'not-reached' | 'elsewhere',
): Generator<Check, void, undefined> {
  yield { name: 'udp', result: 'skipped', because };
  yield { name: 'hearing', result: 'skipped', because };
  yield encryptionCheck(null);
}

/** Some refusals of a voice server are about encryption; UDP is not reached then. */
function* withoutVoice(failure: Failed): Generator<Check, void, undefined> {
  const { code } = failure.problem;
  const because = 'not-reached';
  const isAboutEncryption = code === 'no-transport-mode' || code === 'e2ee-unavailable';
  yield isAboutEncryption
    ? { name: 'udp', result: 'skipped', because }
    : { name: 'udp', ...failure };
  yield { name: 'hearing', result: 'skipped', because };
  yield isAboutEncryption ? { name: 'encryption', ...failure } : encryptionCheck(null);
}

async function* inCall(
  trial: ChannelTrial,
  { voice, feed }: { readonly voice: VoiceConnection; readonly feed: VoiceFeed },
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  for (let waitedMs = 0; waitedMs < ECHO_MS && voice.echo.echoedCount === 0;) {
    await sleep(ECHO_LOOK_MS, signal);
    waitedMs += ECHO_LOOK_MS;
  }
  const { roundTripMs } = voice.echo;
  const echo: CheckFacts = roundTripMs === null ? {} : { milliseconds: Math.ceil(roundTripMs) };
  yield { name: 'udp', result: 'good', facts: echo };

  const hearing = await attempt(() => hear(trial, { voice, feed }, signal), signal);
  if (hearing.result === 'bad') {
    yield { name: 'hearing', ...hearing };
    yield encryptionCheck(null);
    return;
  }
  yield { name: 'hearing', ...hearing.value };
  yield encryption(trial, voice);
}

type WithoutName<T> = T extends unknown ? Omit<T, 'name'> : never;

/** Listens for ten seconds. Throws VoiceError when the connection ends meanwhile. */
async function hear(
  { channelId, gateway, log, onListening }: ChannelTrial,
  { voice, feed }: { readonly voice: VoiceConnection; readonly feed: VoiceFeed },
  signal: AbortSignal,
): Promise<WithoutName<Check>> {
  const people = gateway.directory.channel(channelId)?.people ?? [];
  const isOwn = (userId: Snowflake): boolean => userId === gateway.user.id;
  if (people.every(({ userId }) => isOwn(userId))) return { result: 'skipped', because: 'nobody' };
  const hearing = new Hearing(voice, log.flight);
  const ended = new AbortController();
  feed.attach({
    media: hearing,
    control: {
      onE2ee: () => undefined,
      onResuming: () => undefined,
      onResumed: () => undefined,
      onClosed: (error) => ended.abort(error),
    },
  });
  onListening(HEAR_SECONDS);
  const awaited = 'packets of somebody who speaks';
  log.flight.step({ of: 'voice', step: 'hearing', limitMs: HEAR_SECONDS * 1_000, awaited });
  try {
    await abortable(sleep(HEAR_SECONDS * 1_000, signal), ended.signal);
  } finally {
    feed.detach();
  }
  const { heard } = hearing;
  const fault = hearingFault(heard);
  const now = gateway.directory.channel(channelId)?.people ?? people;
  if (fault === null) return { result: 'good', facts: factsOf(heard, now) };
  if (fault === 'nothing' && now.some(({ userId, deafened }) => isOwn(userId) && deafened))
    return unheard('deaf', {});
  const mayTalk = now.filter(({ userId, bot, muted }) => !isOwn(userId) && !bot && !muted).length;
  if (fault === 'nothing' && mayTalk === 0) return { result: 'skipped', because: 'nobody' };
  return unheard(fault, { ...factsOf(heard, now), people: mayTalk, seconds: HEAR_SECONDS });
}

function unheard(fault: Unheard['fault'], facts: CheckFacts): Unheard {
  return { result: 'bad', fault, facts };
}

function factsOf(heard: Heard, people: ChannelInfo['people']): CheckFacts {
  const nameOf = (userId: Snowflake): string =>
    people.find((person) => person.userId === userId)?.name ?? userId;
  const { packets, lost, opened, locked } = heard;
  const names = heard.people.map(nameOf).join(', ') || '?';
  return { names, packets, lost, unopened: packets - opened, locked, seconds: HEAR_SECONDS };
}

function encryption({ channelId, gateway }: ChannelTrial, voice: VoiceConnection): Check {
  const { version, privacyCode } = voice.dave.state;
  const others = gateway.directory.channel(channelId)?.people.length ?? 1;
  if (version > 0 && privacyCode === null && others > 1)
    return { name: 'encryption', ...unheard('outside', { seconds: HEAR_SECONDS }) };
  const code =
    privacyCode === null ? {} : { code: privacyCode.replaceAll(/(\d{5})(?=\d)/g, '$1 ') };
  return encryptionCheck({ mode: voice.modeName, daveVersion: String(version), ...code });
}
