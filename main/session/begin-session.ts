import { ResourceStack } from '../base/resource-stack.ts';
import { localTimeZone } from '../base/time-zone.ts';
import { withLimit } from '../base/wait.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { DiscordRest } from '../discord/rest.ts';
import type { Log } from '../base/log.ts';
import type { ButtonPress } from '../discord/button-press.ts';
import type { SoundingVoice } from '../notice/notice-sound.ts';
import { Buttons } from '../notice/buttons.ts';
import { PressDesk } from '../notice/press-desk.ts';
import { Notices, type GivenNotice } from '../notice/notices.ts';
import { StandingNotices } from '../notice/standing-notices.ts';
import { Recording } from '../recording/recording.ts';
import { EngineError } from './engine-error.ts';
import { joinFirst } from '../link/first-join.ts';
import type { VoiceContext } from '../link/join.ts';
import type { Choice, LeftOutPeople } from './choices.ts';
import { GivenBefore } from './given-before.ts';
import { noticeObstacle, unheardIn } from './notice-obstacle.ts';
import { Recorder } from './recorder.ts';
import { Session } from './session.ts';
import type { SessionEvent } from './session-event.ts';

/** What a session is begun with. */
export interface SessionRequest {
  readonly context: VoiceContext;
  readonly rest: DiscordRest;
  readonly channel: ChannelInfo;
  readonly notice: 'given' | 'none';
  /** Whether only people are recorded who press Record me. */
  readonly asksFirst: boolean;
  readonly onMove: 'follow' | 'stop';
  readonly stopWhenEmptyMs: number | null;
  /** Of whom nothing is recorded. */
  readonly leftOut: LeftOutPeople;
  /** Remembers who is to be left out in the server's recordings. Never rejects. */
  readonly remember: (choice: Choice) => Promise<void>;
  readonly libraryFolder: string;
  /** Where the key of seals is, and notices that a crash would leave behind; null: nowhere. */
  readonly settingsFolder: string | null;
  /** `tapedeck 0.1.0` */
  readonly app: string;
  readonly onEvent: (event: SessionEvent) => void;
  readonly onChange: () => void;
}

/**
 * From the decision to record to sample 0: join, tell people, make the folder. Whatever fails or is aborted on the
 * way, the channel is left and nothing is on disk. Throws EngineError, DiscordError, VoiceError, StorageError.
 */
export async function beginSession(request: SessionRequest, signal: AbortSignal): Promise<Session> {
  const { rest, channel } = request;
  const context: VoiceContext = {
    ...request.context,
    isHeard: request.notice === 'given',
    askOwnChannel: (inGuild, until) => rest.getOwnVoiceChannel(inGuild, until),
  };
  const { gateway, clock, log } = context;
  const { guildId, id: channelId, name, kind, guildName } = channel;
  await using opened = new ResourceStack();

  opened.defer(() => gateway.leaveVoice(guildId));
  const { voice, feed } = await joinFirst(context, { guildId, channelId }, signal);
  opened.use(voice);
  const given = new GivenBefore();
  let recorder: Recorder | null = null;
  const onGiven = (notice: GivenNotice): void => {
    noteNotice(log, notice);
    if (recorder !== null) return recorder.noticed(notice);
    given.add(notice, gateway.directory.channel(channelId)?.people ?? []);
    const at = new Date(notice.atMs).toISOString();
    const { kind: way, failure } = notice;
    request.onEvent({ event: 'notice', at, kind: way, channelId, ok: failure === null });
  };
  const buttons = new Buttons(request.asksFirst ? 'agree' : 'refuse');
  if (request.asksFirst) await requirePresses(request, signal);
  const earlyPresses: ButtonPress[] = [];
  const onPress = (press: ButtonPress): void => void earlyPresses.push(press);
  gateway.on('press', onPress);
  opened.defer(() => void gateway.off('press', onPress));
  const notices =
    request.notice === 'none' ? null : await openNotices(request, { buttons, onGiven });
  opened.defer(() => notices?.end(null));
  if (notices !== null) await tellFirst(request, { notices, voice, given }, signal);

  let session: Session | null = null;
  const recording = await Recording.create({
    libraryFolder: request.libraryFolder,
    settingsFolder: request.settingsFolder,
    place: { guild: { id: guildId, name: guildName }, channel: { id: channelId, name, kind } },
    app: request.app,
    transport: voice.modeName,
    consent: {
      askFirst: request.asksFirst,
      none: request.notice === 'none',
      notices: [],
      people: [],
      stoppedBy: null,
    },
    log: log.child('recording'),
    clock,
    timeZone: localTimeZone(),
    onDiskError: (error) => session?.diskFailed(error),
  });
  opened.defer(() => recording.discard());
  signal.throwIfAborted();
  if (feed.ended !== null) throw feed.ended; // the connection ended while people were told
  recorder = new Recorder({
    recording,
    clock,
    log,
    ownId: gateway.user.id,
    leftOut: { ...request.leftOut, asksFirst: request.asksFirst },
    memberName: (userId) => gateway.directory.memberName(guildId, userId),
    onEvent: (event) => {
      request.onEvent(event);
      request.onChange();
    },
  });
  session = new Session({
    context,
    channel: gateway.directory.channel(channelId) ?? channel, // people came and went meanwhile
    voice,
    feed,
    recorder,
    notices,
    earlyPresses,
    openDesk: (pressed) =>
      new PressDesk({
        recording: pressed,
        buttons,
        rest,
        applicationId: gateway.applicationId,
        guildId,
        botName: gateway.user.name,
        clock,
        log,
      }),
    given,
    onMove: request.onMove,
    stopWhenEmptyMs: request.stopWhenEmptyMs,
    // Who is asked first is asked anew for each recording.
    remember: (choice) =>
      request.asksFirst && choice.by === 'person' ? Promise.resolve() : request.remember(choice),
    onChange: request.onChange,
  });
  gateway.off('press', onPress);
  opened.move(); // the session owns them from here on
  return session;
}

/** The message waits no longer for what Discord says of presses. */
const ADDRESS_LIMIT_MS = 2_000;

/** How the people of the server are told. */
async function openNotices(
  { context, rest, channel, settingsFolder, asksFirst }: SessionRequest,
  {
    buttons,
    onGiven,
  }: { readonly buttons: Buttons; readonly onGiven: (notice: GivenNotice) => void },
): Promise<Notices> {
  const { gateway, clock, log } = context;
  const { guildId } = channel;
  const { user, directory } = gateway;
  const locale = (): string => directory.guild(guildId)?.locale ?? '';
  // Where the application has an address for presses, the gateway tells of none.
  const unknown = { limitMs: ADDRESS_LIMIT_MS, onLimit: () => new Error('no answer') };
  const pressesReachUs = withLimit(unknown, (until) => rest.getInteractionsUrl(until)).then(
    (address) => address === null,
    () => true, // as nearly everywhere
  );
  const where = { folder: settingsFolder, botId: user.id, guildId, locale: locale() };
  return new Notices({
    rest,
    guildId,
    botName: user.name,
    place: {
      ownNick: () => directory.guild(guildId)?.ownNick ?? null,
      locale,
      unheardIn: (channelId) => unheardIn(directory.channel(channelId), user.id),
    },
    clock,
    standing: await StandingNotices.begin(where, log),
    onGiven,
    buttons: async () => ((await pressesReachUs) ? buttons : null),
    needs: asksFirst ? 'message' : 'any',
  });
}

/** Somebody waits for a recording that needs the buttons. */
const PRESSES_LIMIT_MS = 15_000;

/** Throws EngineError where presses of the buttons go to another address, or nobody says in time where they go. */
async function requirePresses(
  { rest, channel }: SessionRequest,
  signal: AbortSignal,
): Promise<void> {
  const limit = { limitMs: PRESSES_LIMIT_MS, onLimit: () => new Error('no answer') };
  const work = (until: AbortSignal): Promise<string | null> => rest.getInteractionsUrl(until);
  const address = await withLimit(limit, work, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    const details = { channel: channel.name, why: 'unanswered' };
    throw new EngineError('cannot-give-notice', details, { cause });
  });
  if (address === null) return;
  const host = URL.canParse(address) ? new URL(address).host : address;
  throw new EngineError('interactions-elsewhere', { host });
}

/** Tells the people before sample 0. Throws EngineError when nobody could be told, or the signal's reason. */
async function tellFirst(
  { context: { log }, channel: { id, name } }: SessionRequest,
  told: { readonly notices: Notices; readonly voice: SoundingVoice; readonly given: GivenBefore },
  signal: AbortSignal,
): Promise<void> {
  const awaited = 'POST /channels/{}/messages';
  log.flight.step({ of: 'notice', step: 'notice', awaited });
  const outcome = await told.notices
    .tell(id, told.voice, signal)
    .finally(() => log.flight.step({ of: 'notice', step: 'notice', awaited: null }));
  if (outcome === 'told') return;
  const cause = told.given.notices.find(({ kind }) => kind === 'message')?.failure ?? null;
  const details = { channel: name, ...noticeObstacle(cause) };
  throw new EngineError('cannot-give-notice', details, { cause });
}

function noteNotice(log: Log, { kind: way, failure }: GivenNotice): void {
  if (failure !== null)
    log.warn('a notice is not given', { way, error: failure.message.slice(0, 500) });
}
