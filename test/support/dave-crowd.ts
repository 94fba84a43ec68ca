import type { Clock } from '../../main/base/clock.ts';
import { silentLog } from '../../main/base/log.ts';
import type { DaveCommand, DaveMessage } from '../../main/dave/dave-messages.ts';
import { DaveSession } from '../../main/dave/dave-session.ts';
import type { E2eeState } from '../../main/dave/dave-state.ts';
import { DaveRoom } from '../../main/demo/dave/dave-room.ts';
import { parseBinaryFrame, parseTextFrame } from '../../main/voice/voice-messages.ts';
import type { VoiceMessage } from '../../main/voice/voice-messages.ts';

const RECENT_AT_MOST = 100;

/** More messages than `deliverAll` delivers in any test; with more, the call never ends. */
const MESSAGES_AT_MOST = 3_000;

export const CHANNEL = '927310423890473011';

/** An Opus packet of 20 ms, 9 bytes: what everybody in these tests says. */
export const SAID = Uint8Array.of(0x78, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18);

/** A message of the voice server: a Buffer is the body of a binary op, an object the `d` of a JSON op. */
export interface ServerMessage {
  readonly op: number;
  readonly body: Buffer | object;
}

/** A clock that only moves when `nowMs` is set. */
export class StoppedClock implements Clock {
  nowMs = 1_000_000;
  readonly monotonicMs = (): number => this.nowMs;
  readonly wallMs = (): number => this.nowMs;
}

/** A `DaveSession` without a socket: tests put messages of the voice server into `inbox`, answers are in `outbox`. */
export class DaveClient {
  readonly userId: string;
  readonly session: DaveSession;
  readonly inbox: ServerMessage[] = [];
  readonly outbox: DaveCommand[] = [];
  readonly states: E2eeState[] = [];
  /** Called when keys changed, so that frames which did not open may open. */
  onKeys: () => void = () => undefined;
  /** Who is in the channel, as others than the voice server tell. */
  peopleHere: readonly string[] = [];
  /** Op 31 messages sent. */
  recoveries = 0;

  constructor(userId: string, clock: Clock) {
    this.userId = userId;
    this.session = new DaveSession({
      userId,
      channelId: CHANNEL,
      clock,
      log: silentLog,
      send: (command) => {
        this.outbox.push(command);
        if (command.kind === 'invalid-commit-welcome') this.recoveries += 1;
      },
      onState: (state) => this.states.push(state),
      onKeys: () => this.onKeys(),
      peopleIn: () => this.peopleHere,
    });
  }

  /** Kinds of the commands that the session sends while `work` runs. */
  during(work: () => void): DaveCommand['kind'][] {
    const before = this.outbox.length;
    work();
    return this.outbox.slice(before).map(({ kind }) => kind);
  }

  /** Handles a message as if it came from the voice gateway's socket: it goes through the same parsers. */
  receive({ op, body }: ServerMessage): void {
    const frame = Buffer.isBuffer(body)
      ? parseBinaryFrame(Buffer.concat([Buffer.of(0, 0, op), body]))
      : parseTextFrame(JSON.stringify({ op, d: body }));
    const message = frame?.message;
    if (message === undefined || message === 'unknown' || message === 'malformed') return;
    if (message.kind === 'session-description') this.session.begin(message.daveVersion);
    if (message.kind === 'clients-connect') this.session.clientsConnect(message.userIds);
    if (message.kind === 'ssrc-named') this.session.clientsConnect([message.userId]);
    if (message.kind === 'client-disconnect') this.session.clientDisconnect(message.userId);
    if (isDave(message)) this.session.handle(message);
  }

  /** `SAID`, sealed. Throws when the session is in no group. */
  say(): Uint8Array {
    const frame = this.session.seal(SAID);
    if (frame === null) throw new Error('in no group');
    return frame;
  }

  /** True when that user's frame opens to `SAID`. */
  hears(userId: string, frame: Uint8Array): boolean {
    const opus = this.session.open(userId, frame);
    return opus !== null && Buffer.compare(opus, SAID) === 0;
  }

  get code(): string | null {
    return this.session.state.privacyCode;
  }
}

function isDave(message: VoiceMessage): message is DaveMessage {
  return message.kind.startsWith('dave-');
}

/**
 * A call: the demo server's room and our sessions. Messages are delivered when the test says so, in order in each
 * direction.
 */
export class DaveCrowd implements Disposable {
  readonly clock = new StoppedClock();
  readonly clients = new Map<string, DaveClient>();
  readonly room: DaveRoom;
  /** Commits that the room took so far, in all groups. */
  commits = 0;
  /** The latest messages to anybody, oldest first. */
  readonly recent: ServerMessage[] = [];
  /** How others are told of one who comes: by op 11, or as when that leaves them out, by op 12 without SSRCs. */
  tellsOf: 11 | 12 = 11;
  #nextId = 158_049_329_150_427_136n;

  constructor() {
    this.room = new DaveRoom({
      channelId: CHANNEL,
      send: (userId, op, body) => {
        this.clients.get(userId)?.inbox.push({ op, body });
        this.recent.push({ op, body });
        if (this.recent.length > RECENT_AT_MOST) this.recent.shift();
      },
      onCommit: () => {
        this.commits += 1;
      },
    });
  }

  /** A new connection: of a new person, or of `userId`. */
  join(userId = String((this.#nextId += 1n))): DaveClient {
    const client = new DaveClient(userId, this.clock);
    const others = [...this.clients.keys()];
    for (const other of this.clients.values()) {
      other.inbox.push(
        this.tellsOf === 11
          ? { op: 11, body: { user_ids: [userId] } }
          : { op: 12, body: { user_id: userId, audio_ssrc: 0, video_ssrc: 0, streams: [] } },
      );
    }
    this.clients.set(userId, client);
    client.inbox.push({ op: 4, body: sessionDescription(this.room.version) });
    client.inbox.push({ op: 11, body: { user_ids: others } });
    this.room.connect(userId);
    return client;
  }

  leave({ userId, session }: DaveClient): void {
    this.clients.delete(userId);
    session.close();
    for (const other of this.clients.values()) {
      other.inbox.push({ op: 13, body: { user_id: userId } });
    }
    this.room.leave(userId);
  }

  /** Delivers the client's next message; false when there is none. */
  deliverTo(client: DaveClient): boolean {
    const message = client.inbox.shift();
    if (message !== undefined) client.receive(message);
    return message !== undefined;
  }

  /** Delivers the client's next answer to the room; false when there is none. */
  deliverFrom({ userId, outbox }: DaveClient): boolean {
    const command = outbox.shift();
    switch (command?.kind) {
      case 'key-package':
        this.room.keyPackage(userId, command.body);
        break;
      case 'commit-welcome':
        this.room.commitWelcome(userId, command.body);
        break;
      case 'transition-ready':
        this.room.transitionReady(userId, command.transitionId);
        break;
      case 'invalid-commit-welcome': // the key package that follows is what the room acts on
      case undefined:
    }
    return command !== undefined;
  }

  /** Delivers messages until the client's next one is of that opcode; throws when none comes. */
  deliverUntil(client: DaveClient, op: number): void {
    while (client.inbox[0]?.op !== op) {
      let isBusy = false;
      for (const one of [...this.clients.values()]) {
        const mayRead = one !== client || one.inbox[0]?.op !== op;
        if (mayRead && this.deliverTo(one)) isBusy = true;
        if (this.deliverFrom(one)) isBusy = true;
      }
      if (!isBusy) throw new Error(`no op ${String(op)} comes`);
    }
  }

  /** Delivers everything, answers to it included; throws after 3000 messages. */
  deliverAll(): void {
    let messages = 0;
    for (let before = -1; before < messages;) {
      before = messages;
      for (const client of [...this.clients.values()]) {
        if (this.deliverTo(client)) messages += 1;
        if (this.deliverFrom(client)) messages += 1;
      }
      if (messages > MESSAGES_AT_MOST) throw new Error('the call does not come to an end');
    }
  }

  /** True when everybody's `SAID` opens for everybody else. */
  doAllHearEachOther(): boolean {
    const all = [...this.clients.values()];
    return all.every((speaker) =>
      all.every(
        (listener) => listener === speaker || listener.hears(speaker.userId, speaker.say()),
      ),
    );
  }

  [Symbol.dispose](): void {
    for (const { session } of this.clients.values()) session.close();
    this.room.close();
  }
}

function sessionDescription(version: number): object {
  return {
    mode: 'aead_aes256_gcm_rtpsize',
    secret_key: new Array<number>(32).fill(7),
    dave_protocol_version: version,
  };
}
