import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '../base/log.ts';
import { silentLog } from '../base/log.ts';
import { ResourceStack } from '../base/resource-stack.ts';
import { sleep } from '../base/wait.ts';
import { Audience } from './talk/audience.ts';
import { Conversation } from './talk/conversation.ts';
import { createParts } from './demo-parts.ts';
import type { DemoParts, DemoTiming } from './demo-parts.ts';
import { DemoControl } from './control/demo-control.ts';
import { DemoNetwork } from './control/demo-network.ts';
import { DemoPeople } from './talk/demo-people.ts';
import type { MediaServer } from './voice/media-server.ts';
import { SCENARIOS } from './control/scenarios.ts';
import type { Scenario } from './control/scenarios.ts';
import { SentLog } from './sent-log.ts';
import { SpeakerMembers } from './talk/speaker-members.ts';
import { Troubles } from './control/troubles.ts';
import { TwoWayPort, loopbackCertificate } from './port/two-way-port.ts';
import type { DemoSetting } from './world/world-setup.ts';
import type { DemoChannel } from './world/world-types.ts';

export interface DemoServerOptions {
  /** Of REST and the main gateway; 0 or absent: any free one. */
  readonly port?: number;
  /** 0 to 100; 4 when absent. */
  readonly speakers?: number;
  /** A name of `SCENARIOS`, or one made for the occasion; `calm` when absent. */
  readonly scenario?: string | Scenario;
  readonly seed?: number;
  readonly log?: Log;
  /** File of the sent log; when absent, a new one in the system's temporary folder that is there until the end. */
  readonly sentLog?: string;
  readonly timing?: Partial<DemoTiming>;
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
  const { speakers = SPEAKERS, seed = 1 } = options;
  if (!Number.isInteger(speakers) || speakers < 0 || speakers > MOST_SPEAKERS) {
    throw new Error(`${String(speakers)} speakers, the demo has 0 to ${String(MOST_SPEAKERS)}`);
  }
  await using stack = new ResourceStack();
  const certificate = await loopbackCertificate();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-demo-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const caFile = path.join(folder, 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const sentLog = new SentLog(options.sentLog ?? path.join(folder, 'sent.jsonl'));
  stack.defer(() => sentLog.close());
  const parts = createParts({
    ...{ scenario, seed, sentLog },
    timing: { ...DISCORD_TIMING, ...options.timing },
  });
  const { setting, rest, gateway, voice, dave, listenMedia } = parts;
  stack.defer(() => gateway.close());
  stack.defer(() => voice.close());
  stack.defer(() => dave.close());
  const media = await listenMedia();
  stack.defer(() => media.close());
  const conversation = new Conversation(media, sentLog);
  stack.defer(() => conversation.close());
  const members = new SpeakerMembers(dave);
  stack.defer(() => members.close());
  const people = new DemoPeople({
    ...{ world: setting.world, voice, members, conversation, log: sentLog },
    habits: {
      clock: scenario.clock,
      paddingRatio: scenario.paddingRatio,
      paddingBursts: scenario.paddingBursts,
      oddForms: scenario.hostile,
    },
    random: parts.random.fork(),
  });
  const audience = new Audience({ media, dave, onListener: () => conversation.start() });
  stack.defer(() => audience.close());
  parts.onReceiver = () => audience.look();
  parts.onKeys = () => members.afterAll(() => audience.look());

  const voicePort = await TwoWayPort.listen(
    { port: 0, certificate },
    {
      onRequest: (_, response) => response.writeHead(426).end(), // not asked for a web socket
      onSocket: (socket, url) => voice.accept(socket, url),
    },
  );
  stack.use(voicePort);
  parts.endpoint = `127.0.0.1:${String(voicePort.port)}`;
  const mainPort = await TwoWayPort.listen(
    { port: options.port ?? 0, certificate },
    {
      onRequest: (request, response) => rest.handle(request, response),
      onSocket: (socket, url) => gateway.accept(socket, url),
    },
  );
  stack.use(mainPort);
  gateway.host = rest.gatewayHost = `127.0.0.1:${String(mainPort.port)}`;

  const channel = setting.channels[scenario.talks];
  for (let index = 0; index < speakers; index += 1) people.add(channel);
  await formGroup(() => members.isBusy || dave.isChanging);
  const { log = silentLog } = options;
  log.info('demo server listens', { port: mainPort.port, speakers, scenario: scenario.summary });
  const { world } = setting;
  const botId = setting.bot.userId;
  const control = new DemoControl({
    ...{ world, gateway, voice, dave, joins: parts.joins, people, log: sentLog, botId },
  });
  stack.use(
    new Troubles({
      ...{ scenario, world, media, voice, dave, people, channel, log: sentLog },
      ...{ control: control.dave, random: parts.random.fork() },
    }),
  );
  const network = new DemoNetwork({ main: mainPort, voice: voicePort, media }, sentLog);
  const running = { ...parts, media, people, control, network, channel, sentLog, mainPort, caFile };
  return new DemoServer(running, stack.move());
}

/** Lets everyone come into the encrypted call before the first client does; a crowd goes on with that meanwhile. */
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

/** A demo Discord that runs; `close` ends all of it. */
export class DemoServer implements AsyncDisposable {
  /** REST base, plain HTTP; the same port answers https too. */
  readonly apiUrl: string;
  readonly token: string;
  readonly otherToken: string;
  readonly guildId: string;
  /** Where everyone talks, as the scenario has it. */
  readonly channelId: string;
  /** PEM: the authority to trust for https and wss; removed at the end. */
  readonly caFile: string;
  /** JSON lines (`SentLine`) of all that was sent and done. */
  readonly sentLog: string;
  readonly setting: DemoSetting;
  readonly rest: DemoParts['rest'];
  readonly gateway: DemoParts['gateway'];
  readonly voice: DemoParts['voice'];
  readonly joins: DemoParts['joins'];
  readonly dave: DemoParts['dave'];
  readonly media: MediaServer;
  readonly people: DemoPeople;
  readonly control: DemoControl;
  readonly network: DemoNetwork;
  readonly #log: SentLog;
  readonly #stack: ResourceStack;

  constructor(
    running: Pick<DemoParts, 'setting' | 'rest' | 'gateway' | 'voice' | 'joins' | 'dave'> & {
      readonly media: MediaServer;
      readonly people: DemoPeople;
      readonly control: DemoControl;
      readonly network: DemoNetwork;
      readonly channel: DemoChannel;
      readonly sentLog: SentLog;
      readonly mainPort: TwoWayPort;
      readonly caFile: string;
    },
    stack: ResourceStack,
  ) {
    const { setting } = running;
    this.apiUrl = `http://127.0.0.1:${String(running.mainPort.port)}/api/v10`;
    this.token = setting.bot.token;
    this.otherToken = setting.otherBot.token;
    this.guildId = setting.guild.id;
    this.channelId = running.channel.id;
    this.caFile = running.caFile;
    this.sentLog = running.sentLog.file;
    this.setting = setting;
    this.rest = running.rest;
    this.gateway = running.gateway;
    this.voice = running.voice;
    this.joins = running.joins;
    this.dave = running.dave;
    this.media = running.media;
    this.people = running.people;
    this.control = running.control;
    this.network = running.network;
    this.#log = running.sentLog;
    this.#stack = stack;
  }

  /** Afterwards the sent log's file holds everything so far. */
  flushLog(): void {
    this.#log.flush();
  }

  close(): Promise<void> {
    return this.#stack.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
