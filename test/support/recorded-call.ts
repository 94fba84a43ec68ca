import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createLog, silentLog } from '../../main/base/log.ts';
import type { Manifest } from '../../main/recording/manifest.ts';
import { Recording } from '../../main/recording/recording.ts';
import { readManifest } from '../../main/recording/rebuild-manifest.ts';
import { toRtpTimestamp } from '../../main/rtp/rtp-timestamp.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';
import { NOBODY_LEFT_OUT, type LeftOutPeople } from '../../main/session/choices.ts';
import { Recorder, type RecordedVoice } from '../../main/session/recorder.ts';
import type { SessionEvent } from '../../main/session/session-event.ts';
import { collectGarbage } from './collect-garbage.ts';
import { StoppedClock } from './dave-crowd.ts';
import { SimulatedTime } from './simulated-time.ts';

const STEP_MS = 20;

const sender = createTransportCipher('aead_xchacha20_poly1305_rtpsize', new Uint8Array(32).fill(7));

type Keys = RecordedVoice['dave'];

/** Keys of a call without end-to-end encryption. */
export const PLAIN_CALL: Keys = {
  state: { version: 0, epoch: null, privacyCode: null, transitions: 0 },
  members: [],
  open: (_, frame) => frame,
  gaveUp: () => undefined,
};

/** An Opus packet of 20 ms that no other says: its words can be looked for in every byte. */
export function said(words: string): Uint8Array {
  return Uint8Array.from([0x78, ...Buffer.from(`<${words}>`)]);
}

/** A frame that only `open` of that person opens, by keys of `sealedCall`. */
export function sealed(userId: string, words: string): Uint8Array {
  // Ends as an encrypted frame does: the nonce's size, no unencrypted ranges, the marker FA FA.
  return Uint8Array.from([
    Number(userId),
    ...said(words),
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    12,
    0xfa,
    0xfa,
  ]);
}

/** Keys of an encrypted call in which a person's frames open once `has` holds them. */
export function sealedCall(members: readonly string[], has: ReadonlySet<string>): Keys {
  return {
    state: { version: 1, epoch: 1, privacyCode: null, transitions: 1 },
    members,
    open: (userId, frame) =>
      frame[0] === Number(userId) && has.has(userId) ? frame.slice(1, -12) : null,
    gaveUp: () => undefined,
  };
}

/** A recorder on a real recording. Time passes by `pass` alone; every payload that it opens is watched. */
export class RecordedCall implements AsyncDisposable {
  readonly recorder: Recorder;
  readonly recording: Recording;
  readonly events: SessionEvent[] = [];
  readonly faults: string[] = [];
  readonly #time: SimulatedTime;
  readonly #now: StoppedClock;
  readonly #libraryFolder: string;
  readonly #payloads: { readonly words: string; readonly ref: WeakRef<Uint8Array> }[] = [];
  #isOver = false;

  static async open({
    keys = PLAIN_CALL,
    leftOut = NOBODY_LEFT_OUT,
    people = [],
  }: {
    readonly keys?: Keys;
    readonly leftOut?: LeftOutPeople;
    readonly people?: readonly string[];
  } = {}): Promise<RecordedCall> {
    const libraryFolder = await mkdtemp(path.join(tmpdir(), 'tapedeck-call-'));
    const now = new StoppedClock();
    const time = new SimulatedTime(now);
    const recording = await Recording.create({
      libraryFolder,
      place: { guild: { id: '1', name: 'g' }, channel: { id: '2', name: 'c', kind: 'voice' } },
      app: 'tapedeck 0.0.0',
      transport: sender.mode,
      consent: { notices: [], people: [] },
      log: silentLog,
      clock: time.clock,
      timeZone: 'UTC',
      every: time.every,
      onDiskError: (error) => {
        throw error;
      },
    });
    const call = new RecordedCall({ libraryFolder, recording, time, now }, leftOut);
    call.recorder.begin({
      guildId: '1',
      channelId: '2',
      people: people.map(personOf),
      mode: sender.mode,
      daveVersion: keys.state.version,
      voice: call.#watched(keys),
      notices: [],
      toldAt: new Map(),
    });
    return call;
  }

  private constructor(
    made: {
      readonly libraryFolder: string;
      readonly recording: Recording;
      readonly time: SimulatedTime;
      readonly now: StoppedClock;
    },
    leftOut: LeftOutPeople,
  ) {
    this.#libraryFolder = made.libraryFolder;
    this.recording = made.recording;
    this.#time = made.time;
    this.#now = made.now;
    this.recorder = new Recorder({
      recording: made.recording,
      clock: made.time.clock,
      log: createLog('error', (_, line) => this.faults.push(line)),
      ownId: '99',
      leftOut: { ...leftOut, asksFirst: false },
      memberName: () => null,
      onEvent: (event) => this.events.push(event),
    });
  }

  /** A packet of that number arrives. */
  hear(ssrc: number, number: number, payload: Uint8Array): void {
    const fields = { ssrc, sequence: number & 0xffff, timestamp: toRtpTimestamp(number * 960) };
    const datagram = sender.seal(fields, payload);
    this.recorder.media.receive(datagram, 'rtp', this.#now.nowMs);
  }

  /** Somebody says so many packets one behind the other, from that number on; time passes with them. */
  async talk(ssrc: number, from: number, count: number, say: (number: number) => Uint8Array) {
    for (let number = from; number < from + count; number += 1) {
      this.hear(ssrc, number, say(number));
      await this.pass(STEP_MS);
    }
  }

  name(ssrc: number, userId: string): void {
    this.recorder.media.name(ssrc, userId);
  }

  keysChanged(): void {
    this.recorder.media.keysChanged(this.#now.nowMs);
  }

  arrived(userId: string): void {
    this.recorder.arrived(personOf(userId));
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.#time.set(this.#now.nowMs + STEP_MS);
      this.recorder.tick();
      await this.#time.work();
    }
  }

  /** What of `words` is still held in memory, after all that nobody refers to was collected. */
  async heldOf(words: string): Promise<readonly string[]> {
    for (let turn = 0; turn < 3; turn += 1) {
      await setImmediate();
      collectGarbage();
    }
    const held = this.#payloads.filter((one) => one.words.includes(words));
    const live = held.filter(({ ref }) => ref.deref() !== undefined);
    return [...new Set(live.map((one) => one.words))];
  }

  /** Ends the recording, and gives its manifest. */
  async close(): Promise<Manifest> {
    this.#isOver = true;
    await this.recorder.close('user', this.recorder.samples);
    const manifest = await readManifest(this.recorder.folder);
    if (manifest === null) throw new Error('no manifest');
    return manifest;
  }

  /** Every byte of every file of the recording, as text of one byte a character. */
  async written(): Promise<string> {
    const { folder } = this.recorder;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    // A manifest that is just being replaced is read under its own name.
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.new'));
    const all = await Promise.all(
      files.map(({ parentPath, name }) => readFile(path.join(parentPath, name), 'latin1')),
    );
    return all.join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) await this.recording.discard();
    await rm(this.#libraryFolder, { recursive: true, force: true });
  }

  #watched(keys: Keys): RecordedVoice {
    const opener = createTransportCipher(sender.mode, new Uint8Array(32).fill(7));
    const watch = <Bytes extends Uint8Array | null>(bytes: Bytes): Bytes => {
      if (bytes !== null)
        this.#payloads.push({
          words: Buffer.from(bytes).toString('latin1'),
          ref: new WeakRef<Uint8Array>(bytes),
        });
      return bytes;
    };
    return {
      cipher: {
        mode: opener.mode,
        open: (packet) => watch(opener.open(packet)),
        seal: (fields, payload) => opener.seal(fields, payload),
        sealRtcp: (clear8, body) => opener.sealRtcp(clear8, body),
      },
      dave: { ...keys, open: (userId, frame) => watch(keys.open(userId, frame)) },
    };
  }
}

function personOf(userId: string) {
  const muted = { muted: false, deafened: false, sessionId: null, hasCamera: false };
  return { userId, name: `name of ${userId}`, bot: false, ...muted };
}
