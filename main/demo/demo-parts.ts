import { DaveRooms } from './dave/dave-rooms.ts';
import { MainGateway } from './gateway/main-gateway.ts';
import { MediaServer } from './voice/media-server.ts';
import { SeededRandom } from '../base/seeded-random.ts';
import { DemoRest } from './rest/rest.ts';
import type { Scenario } from './control/scenarios.ts';
import type { SentLog } from './sent-log.ts';
import { VoiceJoins } from './gateway/voice-joins.ts';
import { VoiceServer } from './voice/voice-server.ts';
import type { VoiceSession } from './voice/voice-session.ts';
import { createSetting } from './world/world-setup.ts';
import type { DemoSetting } from './world/world-setup.ts';

/** Discord's own times; tests make some of them short. */
export interface DemoTiming {
  readonly gatewayHeartbeatMs: number;
  readonly voiceHeartbeatMs: number;
  /** How long a session without a socket can be resumed. */
  readonly sessionKeepMs: number;
  /** Media stops so long after a client's last datagram. */
  readonly keepaliveLimitMs: number;
  /** How long op 22 waits for those who have not said that they are ready. */
  readonly transitionLimitMs: number;
}

/** The parts that are there before any port is, wired to each other. */
export interface DemoParts {
  readonly setting: DemoSetting;
  readonly random: SeededRandom;
  readonly rest: DemoRest;
  readonly gateway: MainGateway;
  readonly voice: VoiceServer;
  readonly joins: VoiceJoins;
  readonly dave: DaveRooms;
  readonly listenMedia: () => Promise<MediaServer>;
  /** Filled in as soon as they are known. */
  endpoint: string;
  /** A client may have become able to hear. */
  onReceiver: () => void;
  /** As in `DaveRoomsOptions`. */
  onKeys: () => void;
}

export function createParts(given: {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly sentLog: SentLog;
  readonly timing: DemoTiming;
}): DemoParts {
  const { scenario, sentLog, timing } = given;
  const random = new SeededRandom(given.seed);
  const setting = createSetting(random.fork());
  const { world } = setting;
  const bots = [setting.bot, setting.otherBot];
  const log = sentLog.write.bind(sentLog);
  const media: { port: number } = { port: 0 };
  const dave = new DaveRooms({
    ...{ world, log, transitionLimitMs: timing.transitionLimitMs },
    onKeys: () => parts.onKeys(),
  });
  const voice = new VoiceServer({
    ...{ world, dave, log, random: random.fork(), namesDelayMs: scenario.namesDelayMs },
    externalSender: scenario.externalSender,
    ...{ heartbeatMs: timing.voiceHeartbeatMs, sessionKeepMs: timing.sessionKeepMs },
    udpPort: () => media.port,
    onSessionDescription: () => parts.onReceiver(),
  });
  voice.modes = scenario.modes;
  const joins: VoiceJoins = new VoiceJoins({
    ...{ world, voice, log, random: random.fork() },
    firstBotId: setting.bot.userId,
    gateway: () => gateway,
    endpoint: () => parts.endpoint,
  });
  const gateway = new MainGateway({
    ...{ world, bots, log, random: random.fork() },
    ...{ heartbeatMs: timing.gatewayHeartbeatMs, sessionKeepMs: timing.sessionKeepMs },
    onVoiceState: (session, request) => joins.request(session, request),
    onSessionEnd: (session) => joins.leaveAll(session),
  });
  const rest = new DemoRest({ world, bots, onRequest: (line) => log({ event: 'rest', ...line }) });
  const stateOf = ({ grant, userId }: VoiceSession): ReturnType<typeof world.voiceState> =>
    world.voiceState(grant.guildId, userId);
  const mediaRandom = random.fork();
  const listenMedia = async (): Promise<MediaServer> => {
    const server = await MediaServer.listen({
      ...{ voice, random: mediaRandom, log: sentLog, quality: scenario.link },
      onReceiver: () => parts.onReceiver(),
      keepaliveLimitMs: timing.keepaliveLimitMs,
      maySpeak: (session) => {
        const state = stateOf(session);
        return state !== undefined && !state.suppress && !state.mute;
      },
      mayHear: (session) => {
        const state = stateOf(session);
        return state !== undefined && !state.deaf && !state.selfDeaf;
      },
    });
    media.port = server.port;
    return server;
  };
  const parts: DemoParts = {
    ...{ setting, random, rest, gateway, voice, joins, dave, listenMedia },
    endpoint: '',
    onReceiver: () => undefined,
    onKeys: () => undefined,
  };
  return parts;
}
