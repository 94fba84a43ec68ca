import type { DaveControl } from './dave-control.ts';
import type { DaveRooms } from '../dave/dave-rooms.ts';
import type { DemoPeople } from '../talk/demo-people.ts';
import { startHostileTraffic } from './hostile-traffic.ts';
import { startVideoTraffic } from './video-traffic.ts';
import { Pressing } from './pressing.ts';
import type { MediaServer } from '../voice/media-server.ts';
import type { SeededRandom } from '../../base/seeded-random.ts';
import type { Scenario } from './scenarios.ts';
import type { SentLog } from '../sent-log.ts';
import type { VoiceJoins } from '../gateway/voice-joins.ts';
import type { VoiceServer } from '../voice/voice-server.ts';
import type { Interactions } from '../world/interactions.ts';
import type { World } from '../world/world.ts';
import type { DemoChannel } from '../world/world-types.ts';

export interface TroublesOptions {
  readonly scenario: Scenario;
  readonly world: World;
  readonly interactions: Interactions;
  readonly media: MediaServer;
  readonly voice: VoiceServer;
  readonly joins: VoiceJoins;
  readonly dave: DaveRooms;
  readonly control: DaveControl;
  readonly people: DemoPeople;
  /** Where everyone talks. */
  readonly channel: DemoChannel;
  readonly random: SeededRandom;
  readonly log: SentLog;
}

/** Runs what a scenario makes happen by timers: cuts, joins and leaves, faults, presses, hostile traffic. */
export class Troubles implements AsyncDisposable {
  readonly #options: TroublesOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #pressing: Pressing | null;
  /** User ids of people who have left and will join again. */
  readonly #away: string[] = [];
  #listener: string | null = null;
  #faults = 0;

  constructor(options: TroublesOptions) {
    this.#options = options;
    const { scenario, ...parts } = options;
    if (scenario.hostile) {
      this.#timers.push(startHostileTraffic({ ...parts, random: parts.random.fork() }));
    }
    if (scenario.hasVideo) {
      this.#timers.push(startVideoTraffic({ ...parts, random: parts.random.fork() }));
    }
    this.#every(scenario.ssrcChangeEveryMs, () => this.#changeSsrc());
    this.#every(scenario.cutEveryMs, () => this.#cut());
    this.#every(scenario.moveRegionEveryMs, () => this.#moveRegion());
    this.#every(scenario.churnEveryMs, () => this.#churn());
    this.#every(scenario.rekeyEveryMs, () => this.#rekey());
    this.#every(scenario.daveFaultEveryMs, () => this.#failOnce());
    const { presses } = scenario;
    const peopleIn = (channelId: string): string[] => options.people.in(channelId);
    this.#pressing = presses === null ? null : new Pressing({ presses, peopleIn, ...parts });
  }

  close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#pressing?.[Symbol.dispose]();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #every(periodMs: number, act: () => void): void {
    if (periodMs > 0) this.#timers.push(setInterval(act, periodMs));
  }

  /** Cuts every voice socket. */
  #cut(): void {
    for (const session of this.#options.voice.sessions) {
      if (session.cipher === null || session.line === null) continue;
      this.#note('cut voice', { userId: session.userId });
      session.line.cut();
    }
  }

  /** Somebody's client comes back under another SSRC. */
  #changeSsrc(): void {
    const { people, channel, random } = this.#options;
    const here = people.in(channel.id);
    people.changeSsrc(here[random.integer(here.length)] ?? '');
  }

  /** Moves every client to the next voice region. */
  #moveRegion(): void {
    this.#note('move region', {});
    this.#options.joins.moveRegion();
  }

  /** A person leaves, or one who has left joins again. */
  #churn(): void {
    const { people, channel, random, world } = this.#options;
    const here = people.in(channel.id).filter((userId) => userId !== this.#listener);
    const [back] = this.#away;
    if (back !== undefined && (here.length < 2 || random.chance(0.5))) {
      this.#away.shift();
      return people.enter(back, world.channel(channel.id) ?? channel);
    }
    const leaver = here[random.integer(here.length)];
    if (leaver === undefined || here.length < 2) return;
    this.#away.push(leaver);
    people.leave(leaver);
  }

  /** One who never speaks joins or leaves, so that keys change while the others talk. */
  #rekey(): void {
    const { people, channel } = this.#options;
    if (this.#listener === null) {
      this.#listener = people.add(channel);
      people.setMicrophone(this.#listener, 'off');
    } else if (people.in(channel.id).includes(this.#listener)) people.leave(this.#listener);
    else {
      people.enter(this.#listener, channel);
      people.setMicrophone(this.#listener, 'off');
    }
  }

  /** Hits every client of the call with the next of four faults of end-to-end encryption. */
  #failOnce(): void {
    const { voice, dave, control, channel } = this.#options;
    const faults = [
      (userId: string) => {
        control.corruptNextCommit(userId);
      },
      (userId: string) => {
        control.announceBogusCommit(userId);
      },
      (userId: string) => {
        control.loseNextExecute(userId);
      },
      (userId: string) => {
        control.sendBogusWelcome(userId);
      },
    ];
    const fail = faults[this.#faults % faults.length];
    this.#faults += 1;
    for (const { userId } of voice.sessionsIn(channel.id)) {
      if (dave.channelOf(userId) === channel.id) fail?.(userId);
    }
  }

  #note(message: string, fields: Record<string, unknown>): void {
    this.#options.log.write({ event: 'control', message, ...fields });
  }
}
