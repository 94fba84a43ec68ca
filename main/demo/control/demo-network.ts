import type { MediaServer } from '../voice/media-server.ts';
import type { SentLog } from '../sent-log.ts';
import type { Reach, TwoWayPort } from '../port/two-way-port.ts';

type DemoPlace = 'main' | 'voice' | 'media';

/** `main`: REST and the main gateway; `voice`: the voice gateway; `media`: UDP. */
const PLACES: readonly DemoPlace[] = ['main', 'voice', 'media'];

/** The network in front of the demo server: whether each of its ports can be reached. */
export class DemoNetwork {
  readonly #places: {
    readonly main: TwoWayPort;
    readonly voice: readonly TwoWayPort[];
    readonly media: MediaServer;
  };
  readonly #log: SentLog;

  constructor(
    places: {
      readonly main: TwoWayPort;
      readonly voice: readonly TwoWayPort[];
      readonly media: MediaServer;
    },
    log: SentLog,
  ) {
    this.#places = places;
    this.#log = log;
  }

  /** Lasts until `heal`. On UDP `refuses` is as `silent`: datagrams are lost both ways. */
  fail(how: Exclude<Reach, 'open'>, what: readonly DemoPlace[] = PLACES): void {
    this.#log.write({ event: 'control', message: 'network fails', how, what });
    this.#set(how, what);
  }

  heal(): void {
    this.#log.write({ event: 'control', message: 'network is back' });
    this.#set('open', PLACES);
  }

  #set(reach: Reach, what: readonly DemoPlace[]): void {
    const { main, voice, media } = this.#places;
    if (what.includes('main')) main.setReach(reach);
    if (what.includes('voice')) for (const port of voice) port.setReach(reach);
    if (what.includes('media')) media.isReachable = reach === 'open';
  }
}
