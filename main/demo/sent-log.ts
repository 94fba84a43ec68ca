import { closeSync, openSync, writeSync } from 'node:fs';

/** One packet on its way to one receiver; tests check recordings against these lines. */
export interface PacketLine {
  readonly event: 'packet';
  /** The receiver's user id. */
  readonly to: string;
  /** The speaker's user id; null for packets that no speaker sent. */
  readonly userId: string | null;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** Where the packet starts in the speaker's decoded source: 48 kHz samples after the pre-skip; null: no source. */
  readonly position: number | null;
  /**
   * `speech` and `silence` (a frame of `F8 FF FE` at the end of a talkspurt) carry audio, `relayed` is media of another
   * client; `padding` and `zeros` carry none; a recorder has to refuse `junk`, `rtcp` and `video`.
   */
  readonly kind:
    ('speech' | 'silence' | 'relayed') | ('padding' | 'zeros') | ('junk' | 'rtcp' | 'video');
  /** `dropped`: never sent; `reordered`: sent after a later one; `duplicated`: sent twice. */
  readonly fate: 'sent' | 'dropped' | 'reordered' | 'duplicated';
  /** Length of the RTP padding; 0: the P bit is not set. */
  readonly paddingBytes: number;
  /** Length of the payload before end-to-end encryption; of a relayed packet, as it came. */
  readonly payloadBytes: number;
  /**
   * Epoch and group of the keys that encrypted the frame; `keys` lines say who was sent those. Both null: a plain
   * frame, as silence frames always are, or one of another client, whose keys the demo server does not know.
   */
  readonly epoch: number | null;
  readonly group: number | null;
}

/** One RTP packet that a client sent and that opened under its transport key. */
export interface ReceivedLine {
  readonly event: 'received';
  /** The client's user id. */
  readonly userId: string;
  readonly channelId: string;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Hex of what stood under the transport encryption, header extension and padding cut off. */
  readonly payload: string;
  /** Flags of the client's last op 5 before it; null: there was none. */
  readonly speaking: number | null;
  /** Why it is sent on to nobody; null: it goes to all others in the channel. */
  readonly refusal:
    | ('before op 5' | 'not in voice' | 'self-muted' | 'muted' | 'suppressed' | 'without Speak')
    | null;
}

/** What happened in a call's end-to-end encryption. */
export type DaveNews =
  /**
   * The user was sent an unaltered op 29 or 30, and so the keys of `group` and `epoch`, which nobody has without that.
   * Not written for a client after its stale commit, which has other keys than this message means.
   */
  | {
      readonly message: 'keys';
      readonly userId: string;
      readonly by: 'commit' | 'welcome';
      /** 0: the keys are in effect at once. */
      readonly transitionId: number;
    }
  /** The user was sent op 22: official clients encrypt with the new keys from this line on. */
  | { readonly message: 'executes'; readonly userId: string; readonly transitionId: number }
  /** The user was sent op 21. */
  | {
      readonly message: 'version';
      readonly userId: string;
      readonly transitionId: number;
      readonly version: number;
    }
  /** The user was sent op 24: it is out of the old group, and in the new one after the next `keys` line. */
  | { readonly message: 'new group'; readonly userId: string }
  /** The user's commit was accepted; users in `removed` have no keys of this epoch. */
  | {
      readonly message: 'commit';
      readonly userId: string;
      readonly transitionId: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** The user sent op 31. */
  | { readonly message: 'recovery'; readonly userId: string; readonly transitionId: number };

/** One line about a channel's end-to-end encryption; `group` and `epoch` are those after what the line says. */
export type DaveLine = DaveNews & {
  readonly event: 'dave';
  readonly channelId: string;
  /** Counts the channel's groups from 1. */
  readonly group: number;
  /** 0: the group is pending, nobody has keys. */
  readonly epoch: number;
};

/** Any other line: requests, gateway messages, joins, leaves, faults. */
export interface OtherLine {
  readonly event: 'rest' | 'gateway' | 'voice' | 'udp' | 'conversation' | 'person' | 'control';
  readonly [key: string]: unknown;
}

const WRITE_EVERY_MS = 200;

/**
 * Everything that the demo server sent and did, one JSON object a line; tests compare recordings with it. Every line has
 * `atMs` too: milliseconds since 1970 with 3 decimals, on a monotonic clock.
 */
export class SentLog {
  readonly file: string;
  readonly #handle: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];
  #open = true;

  /** Makes `file`, or empties it. Throws the system's error when that fails. */
  constructor(file: string) {
    this.file = file;
    this.#handle = openSync(file, 'w');
    this.#timer = setInterval(() => this.flush(), WRITE_EVERY_MS).unref();
  }

  write(line: PacketLine | ReceivedLine | DaveLine | OtherLine): void {
    if (!this.#open) return;
    const atMs = Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
    this.#waiting.push(`${JSON.stringify({ atMs, ...line })}\n`);
    const isMedia = line.event === 'packet' || line.event === 'received';
    if (!isMedia) this.flush(); // so that the file is complete when a session has ended
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
