import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '../base/log.ts';
import { silentLog } from '../base/log.ts';
import { ResourceStack } from '../base/resource-stack.ts';
import { sleep } from '../base/wait.ts';
import { SeededRandom } from '../base/seeded-random.ts';
import { DemoControl } from './control/demo-control.ts';
import { DemoNetwork } from './control/demo-network.ts';
import { SCENARIOS } from './control/scenarios.ts';
import { setManners } from './control/set-manners.ts';
import type { Scenario } from './control/scenarios.ts';
import { Troubles } from './control/troubles.ts';
import { DaveRooms } from './dave/dave-rooms.ts';
import { MainGateway } from './gateway/main-gateway.ts';
import { VoiceJoins } from './gateway/voice-joins.ts';
import { TwoWayPort, loopbackCertificate } from './port/two-way-port.ts';
import { UdpPort } from './port/udp-port.ts';
import { DemoRest } from './rest/rest.ts';
import { SentLog } from './sent-log.ts';
import { Audience } from './talk/audience.ts';
import { Conversation } from './talk/conversation.ts';
import { DemoPeople } from './talk/demo-people.ts';
import { SpeakerMembers } from './talk/speaker-members.ts';
import { MediaServer } from './voice/media-server.ts';
import { VoiceServer } from './voice/voice-server.ts';
import { Interactions } from './world/interactions.ts';
import { fillGuild } from './world/world-crowd.ts';
import { createSetting } from './world/world-setup.ts';
import type { DemoSetting } from './world/world-setup.ts';

export interface DemoServerOptions {
  /** Port of REST and the main gateway; 0 or absent: any free one. */
  readonly port?: number;
  /** 0 to 100; 4 when absent. */
  readonly speakers?: number;
  /** A name in `SCENARIOS`, or a scenario of the caller's own; `calm` when absent. */
  readonly scenario?: string | Scenario;
  readonly seed?: number;
  /** Discord's code of every guild's language (`preferred_locale`); `en-US` when absent. */
  readonly locale?: string;
  /** Host that the addresses of both gateways name; `discord.test` leads here only through a proxy that knows it. */
  readonly host?: '127.0.0.1' | 'discord.test';
  readonly log?: Log;
  /** File of the sent log; when absent, a new one in the system's temporary folder, which `close` removes. */
  readonly sentLog?: string;
  readonly timing?: Partial<DemoTiming>;
}

/** Times that are Discord's own by default; tests shorten some of them. */
interface DemoTiming {
  readonly gatewayHeartbeatMs: number;
  readonly voiceHeartbeatMs: number;
  /** How long a session without a socket can be resumed. */
  readonly sessionKeepMs: number;
  /** A client is sent no media this long after its last datagram. */
  readonly keepaliveLimitMs: number;
  /** How long op 22 waits for clients that have not sent op 23. */
  readonly transitionLimitMs: number;
}

/** A demo Discord that runs; `close` ends all of it. */
export interface DemoServer extends AsyncDisposable {
  /** Base URL of REST, by http; the same port answers https too. */
  readonly apiUrl: string;
  readonly token: string;
  readonly otherToken: string;
  readonly guildId: string;
  /** The channel in which everyone talks, by the scenario a voice channel or a stage. */
  readonly channelId: string;
  /** PEM file of the authority to trust for https and wss; `close` removes it. */
  readonly caFile: string;
  /** File of the sent log: JSON lines (`PacketLine`, `ReceivedLine`, `DaveLine`, `OtherLine`). */
  readonly sentLog: string;
  readonly setting: DemoSetting;
  readonly rest: DemoRest;
  readonly interactions: Interactions;
  readonly gateway: MainGateway;
  readonly voice: VoiceServer;
  readonly joins: VoiceJoins;
  readonly dave: DaveRooms;
  readonly media: MediaServer;
  readonly people: DemoPeople;
  readonly control: DemoControl;
  readonly network: DemoNetwork;
  /** Writes all lines so far to the sent log's file. */
  flushLog(): void;
  close(): Promise<void>;
}

const DISCORD_TIMING: DemoTiming = {
  gatewayHeartbeatMs: 41_250,
  voiceHeartbeatMs: 13_750,
  sessionKeepMs: 60_000,
  keepaliveLimitMs: 60_000,
  transitionLimitMs: 2000,
};
const SPEAKERS = 4;
const MOST_FORMING_MS = 1500;
const FORMING_LOOK_MS = 5;
export const MOST_SPEAKERS = 100;

/**
 * Starts a whole small Discord on loopback: REST, main gateway, voice gateway, UDP, and people who talk.
 * Throws on an unknown scenario, on too many speakers, and the system's error when the port is taken.
 */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const scenario = findScenario(options.scenario ?? 'calm');
  const { speakers = SPEAKERS, seed = 1, host = '127.0.0.1', log = silentLog } = options;
  if (!Number.isInteger(speakers) || speakers < 0 || speakers > MOST_SPEAKERS) {
    throw new Error(`${String(speakers)} speakers, the demo has 0 to ${String(MOST_SPEAKERS)}`);
  }
  const timing = { ...DISCORD_TIMING, ...options.timing };
  await using stack = new ResourceStack();
  const certificate = await loopbackCertificate();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-demo-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const caFile = path.join(folder, 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const sentLog = new SentLog(options.sentLog ?? path.join(folder, 'sent.jsonl'));
  stack.defer(() => sentLog.close());

  // The UDP port closes after the parts that send on it, the other two close before the parts that answer on them.
  const udps = [stack.use(await UdpPort.open()), stack.use(await UdpPort.open())];
  await using ports = new ResourceStack();
  const mainPort = ports.use(await TwoWayPort.listen({ port: options.port ?? 0, certificate }));
  const voicePorts = [
    ports.use(await TwoWayPort.listen({ port: 0, certificate })),
    ports.use(await TwoWayPort.listen({ port: 0, certificate })),
  ];
  const mainHost = `${host}:${String(mainPort.port)}`;

  // A seed gives the same run only as long as the forks keep this order.
  const random = new SeededRandom(seed);
  const setting = createSetting(random.fork());
  const { world } = setting;
  for (const guild of world.guilds.values()) {
    guild.preferredLocale = options.locale ?? guild.preferredLocale;
  }
  if (scenario.guild === 'full') fillGuild(world, setting.guild);
  const botId = setting.bot.userId;
  const bots = [setting.bot, setting.otherBot];
  const dave = new DaveRooms({
    world,
    transitionLimitMs: timing.transitionLimitMs,
    log: sentLog,
  });
  stack.defer(() => dave.close());
  const voice = new VoiceServer({
    world,
    dave,
    random: random.fork(),
    modes: scenario.modes,
    externalSender: scenario.externalSender,
    namesDelayMs: scenario.namesDelayMs,
    udpPorts: udps.map(({ port }) => port),
    heartbeatMs: timing.voiceHeartbeatMs,
    sessionKeepMs: timing.sessionKeepMs,
    log: sentLog,
  });
  stack.defer(() => voice.close());
  const joins = new VoiceJoins({
    world,
    voice,
    random: random.fork(),
    firstBotId: botId,
    endpoints: voicePorts.map(({ port }, region) => {
      const isOther = region > 0 && host === '127.0.0.1';
      return `${isOther ? 'localhost' : host}:${String(port)}`;
    }),
    log: sentLog,
  });
  const interactions = new Interactions(world);
  const gateway = new MainGateway({
    world,
    interactions,
    bots,
    joins,
    random: random.fork(),
    host: mainHost,
    heartbeatMs: timing.gatewayHeartbeatMs,
    sessionKeepMs: timing.sessionKeepMs,
    log: sentLog,
  });
  stack.defer(() => gateway.close());
  const rest = new DemoRest({ world, interactions, bots, gatewayHost: mainHost, log: sentLog });
  const media = new MediaServer({
    udps,
    world,
    voice,
    random: random.fork(),
    quality: scenario.link,
    keepaliveLimitMs: timing.keepaliveLimitMs,
    log: sentLog,
  });
  stack.defer(() => media.close());

  const guildId = setting.guild.id;
  setManners(scenario, { voice, dave, media, gateway, joins, rest, guildId });

  const conversation = new Conversation(media, sentLog);
  stack.defer(() => conversation.close());
  const members = new SpeakerMembers(dave);
  stack.defer(() => members.close());
  const people = new DemoPeople({
    world,
    voice,
    members,
    conversation,
    random: random.fork(),
    habits: {
      clock: scenario.clock,
      counts: scenario.counts,
      paddingRatio: scenario.paddingRatio,
      paddingBursts: scenario.paddingBursts,
      oddForms: scenario.hostile,
    },
    log: sentLog,
  });
  const audience = new Audience({ media, dave, onListener: () => conversation.start() });
  stack.defer(() => audience.close());
  media.on('receiver', () => audience.check());
  voice.on('session-description', () => audience.check());
  voice.on('speaking', () => audience.check());
  dave.on('keys', () => members.afterAll(() => audience.check()));

  for (const [region, port] of voicePorts.entries()) {
    port.answer({
      onRequest: (_, response) => response.writeHead(426).end(), // 426 Upgrade Required: only WebSockets are served here
      onSocket: (socket, url) => voice.accept(socket, url, region),
    });
  }
  mainPort.answer({
    onRequest: (request, response) => rest.handle(request, response),
    onSocket: (socket, url) => gateway.accept(socket, url),
  });
  stack.use(ports.move());

  const channel = setting.channels[scenario.talks];
  for (let index = 0; index < speakers; index += 1) people.add(channel);
  await formGroup(() => members.isBusy || dave.isChanging);
  log.info('demo server listens', { port: mainPort.port, speakers, scenario: scenario.summary });
  const control = new DemoControl({
    world,
    interactions,
    gateway,
    voice,
    dave,
    joins,
    people,
    botId,
    log: sentLog,
  });
  stack.use(
    new Troubles({
      scenario,
      world,
      interactions,
      media,
      voice,
      joins,
      dave,
      people,
      channel,
      control: control.dave,
      random: random.fork(),
      log: sentLog,
    }),
  );
  const resources = stack.move();
  const close = (): Promise<void> => resources.close();
  return {
    apiUrl: `http://127.0.0.1:${String(mainPort.port)}/api/v10`,
    token: setting.bot.token,
    otherToken: setting.otherBot.token,
    guildId: setting.guild.id,
    channelId: channel.id,
    caFile,
    sentLog: sentLog.file,
    setting,
    rest,
    interactions,
    gateway,
    voice,
    joins,
    dave,
    media,
    people,
    control,
    network: new DemoNetwork({ main: mainPort, voice: voicePorts, media }, sentLog),
    flushLog: () => sentLog.flush(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Waits until all speakers are in the encrypted call, 1.5 s at most: a crowd goes on joining after that. */
async function formGroup(isForming: () => boolean): Promise<void> {
  const untilMs = performance.now() + MOST_FORMING_MS;
  while (isForming() && performance.now() < untilMs) await sleep(FORMING_LOOK_MS);
}

function findScenario(wanted: string | Scenario): Scenario {
  if (typeof wanted !== 'string') return wanted;
  const found = Object.entries(SCENARIOS).find(([name]) => name === wanted);
  if (found !== undefined) return found[1];
  throw new Error(`no scenario "${wanted}"; there are: ${Object.keys(SCENARIOS).join(', ')}`);
}
