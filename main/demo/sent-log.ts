import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** One packet on its way to one receiver: what a recording of it is checked against. */
export interface PacketLine {
  readonly event: 'packet';
  /** The receiver's user id. */
  readonly to: string;
  /** Whose voice it is; null for what belongs to nobody. */
  readonly userId: string | null;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** Where the packet starts in the speaker's own source, decoded: 48 kHz samples, the pre-skip already cut; null: not from a source. */
  readonly position: number | null;
  /**
   * `speech` and `silence` (a frame of `F8 FF FE` at the end of a talkspurt) carry audio, `relayed` is another
   * client's; `padding` and `zeros` carry none; the rest is what no recorder may take for audio.
   */
  readonly kind:
    ('speech' | 'silence' | 'relayed') | ('padding' | 'zeros') | ('junk' | 'rtcp' | 'video');
  /** `dropped`: never sent; `reordered`: sent after a later one; `duplicated`: sent twice. */
  readonly fate: 'sent' | 'dropped' | 'reordered' | 'duplicated';
  /** RTP padding inside the packet; 0: P is not set. */
  readonly paddingBytes: number;
  /** As said: without what end-to-end encryption adds; of a relayed packet, as it came. */
  readonly payloadBytes: number;
  /**
   * Of the group that its sender encrypted it in, by which `DaveLine` says who was given keys. Null, both: a plain
   * frame (a silence frame always is), or another client's, whose keys nobody here knows.
   */
  readonly epoch: number | null;
  readonly group: number | null;
}

/** What happened in a call's end-to-end encryption. */
export type DaveNews =
  /**
   * Sent an op 29 or 30 as it should be: whoever can read it has the keys of `group` and `epoch`, and nobody else has.
   * Not written for a client that a stale commit has led astray: it reads it, and has other keys.
   */
  | {
      readonly message: 'keys';
      readonly userId: string;
      readonly by: 'commit' | 'welcome';
      /** 0: in effect at once. */
      readonly transitionId: number;
    }
  /** Sent op 22: official clients encrypt under the new keys from here on. */
  | { readonly message: 'executes'; readonly userId: string; readonly transitionId: number }
  /** Sent op 21. */
  | {
      readonly message: 'version';
      readonly userId: string;
      readonly transitionId: number;
      readonly version: number;
    }
  /** Sent op 24: out of the old group, in a new one only after the next `keys`. */
  | { readonly message: 'new group'; readonly userId: string }
  /** That client's commit has won; who was removed has no keys of this epoch. */
  | {
      readonly message: 'commit';
      readonly userId: string;
      readonly transitionId: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** Op 31 came. */
  | { readonly message: 'recovery'; readonly userId: string; readonly transitionId: number };

/** One line about a channel's end-to-end encryption; `group` and `epoch` are as they are from this line on. */
export type DaveLine = DaveNews & {
  readonly event: 'dave';
  readonly channelId: string;
  /** Counts the channel's groups from 1. */
  readonly group: number;
  /** 0: the group is pending, nobody has keys. */
  readonly epoch: number;
};

/** Anything else worth knowing: requests, gateway messages, joins, leaves, faults. */
export interface OtherLine {
  readonly event: 'rest' | 'gateway' | 'voice' | 'udp' | 'conversation' | 'person' | 'control';
  readonly [key: string]: unknown;
}

const WRITE_EVERY_MS = 200;

/**
 * Everything the demo server did, one JSON object a line: the truth that tests compare recordings with. Every line has
 * `atMs` too: milliseconds since 1970 with decimals, on a clock that does not jump.
 */
export class SentLog {
  readonly file: string;
  readonly #handle: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];
  #open = true;

  /** Writes to `file`, or to a new one in the system's folder for temporary files. */
  constructor(file?: string) {
    this.file =
      file ?? path.join(mkdtempSync(path.join(os.tmpdir(), 'tapedeck-demo-')), 'sent.jsonl');
    this.#handle = openSync(this.file, 'w');
    this.#timer = setInterval(() => this.flush(), WRITE_EVERY_MS).unref();
  }

  write(line: PacketLine | DaveLine | OtherLine): void {
    if (!this.#open) return;
    const atMs = Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
    this.#waiting.push(`${JSON.stringify({ atMs, ...line })}\n`);
    if (line.event !== 'packet') this.flush(); // rare; so the file is complete as soon as a session has ended
  }

  /** Afterwards the file holds everything written so far. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    writeSync(this.#handle, this.#waiting.join(''));
    this.#waiting = [];
  }

  close(): void {
    if (!this.#open) return;
    this.flush();
    clearInterval(this.#timer);
    closeSync(this.#handle);
    this.#open = false;
  }
}
