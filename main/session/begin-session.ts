import { ResourceStack } from '../base/resource-stack.ts';
import { localTimeZone } from '../base/time-zone.ts';
import type { Snowflake } from '../base/snowflake.ts';
import type { ChannelInfo } from '../discord/guild-directory.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { giveNotices } from '../notice/notice.ts';
import { Recording } from '../recording/recording.ts';
import { EngineError } from './engine-error.ts';
import { joinFirst } from '../link/first-join.ts';
import type { VoiceContext } from '../link/join.ts';
import { noticeObstacle } from './notice-obstacle.ts';
import { Recorder } from './recorder.ts';
import { Session } from './session.ts';
import type { SessionEvent } from './session-event.ts';

/** What a session is begun with. */
export interface SessionRequest {
  readonly context: VoiceContext;
  readonly rest: DiscordRest;
  readonly channel: ChannelInfo;
  readonly notice: 'chat' | 'none';
  readonly onMove: 'follow' | 'stop';
  readonly stopWhenEmptyMs: number | null;
  readonly excluded: ReadonlySet<Snowflake>;
  readonly libraryFolder: string;
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
  const { context, rest, channel } = request;
  const { gateway, clock, log } = context;
  const { guildId, id: channelId, name, kind, guildName } = channel;
  await using opened = new ResourceStack();

  opened.defer(() => gateway.leaveVoice(guildId));
  const { voice, feed } = await joinFirst(context, { guildId, channelId }, signal);
  opened.use(voice);
  const noticeAtMs = await giveNotice(request, signal);

  let session: Session | null = null;
  const recording = await Recording.create({
    libraryFolder: request.libraryFolder,
    place: { guild: { id: guildId, name: guildName }, channel: { id: channelId, name, kind } },
    app: request.app,
    transport: voice.modeName,
    consent: {
      chat: noticeAtMs === null ? null : new Date(noticeAtMs).toISOString(),
      none: request.notice === 'none',
    },
    log: log.child('recording'),
    clock,
    timeZone: localTimeZone(),
    onDiskError: (error) => session?.diskFailed(error),
  });
  opened.defer(() => recording.discard());
  signal.throwIfAborted();
  if (feed.ended !== null) throw feed.ended; // the connection ended while people were told
  const recorder = new Recorder({
    recording,
    clock,
    log,
    ownId: gateway.user.id,
    excluded: request.excluded,
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
    noticeAtMs,
    onMove: request.onMove,
    stopWhenEmptyMs: request.stopWhenEmptyMs,
    onChange: request.onChange,
  });
  opened.move(); // the session owns them from here on
  return session;

  /** When people had been told; null where nobody is to be. */
  async function giveNotice(
    { notice, onEvent }: SessionRequest,
    until: AbortSignal,
  ): Promise<number | null> {
    if (notice === 'none') return null;
    const awaited = 'POST /channels/{}/messages';
    log.flight.step({ of: 'notice', step: 'notice', awaited });
    const given = await giveNotices(rest, { channelId, botName: gateway.user.name }, until).finally(
      () => log.flight.step({ of: 'notice', step: 'notice', awaited: null }),
    );
    const at = new Date(clock.wallMs()).toISOString();
    for (const { kind: way, failure } of given) {
      if (failure !== null)
        log.warn('a notice is not given', { way, error: failure.message.slice(0, 500) });
      onEvent({ event: 'notice', at, kind: way, channelId, ok: failure === null });
    }
    if (given.some(({ failure }) => failure === null)) return clock.wallMs();
    const cause = given.at(-1)?.failure ?? null;
    const details = { channel: name, ...noticeObstacle(cause) };
    throw new EngineError('cannot-give-notice', details, { cause });
  }
}
