import { createHash } from 'node:crypto';

/** Counts that the manifest of one track must have. */
export interface Expected {
  packets: number;
  lost: number;
  late: number;
  padding: number;
  duplicate: number;
}

/**
 * What becomes of a packet, known when it is sent. `elsewhere`: it is sent in a gap or a pause, and is in no count.
 * `late`: it arrives after the jitter buffer gave it up.
 */
export type Fate = 'kept' | 'late' | 'dropped' | 'elsewhere';

/** What one speaker's track must hold, in constant memory. */
export class SentTally {
  readonly expected: Expected = { packets: 0, lost: 0, late: 0, padding: 0, duplicate: 0 };
  /** Packets sent, whatever became of them. */
  sent = 0;
  elsewhere = 0;
  dropped = 0;
  /** Bytes of the speech packets that must be in the track. */
  speechBytes = 0;
  readonly #speech = createHash('sha256');
  /** Packets dropped since the last one that arrived; null while none has arrived since `breakOff`. */
  #missing: number | null = null;

  /** Counts a packet with its fate; in the order of sequence numbers. */
  send(
    { opus, kind }: { opus: Uint8Array; kind: 'speech' | 'silence' | 'padding' },
    fate: Fate,
  ): void {
    this.sent += 1;
    switch (fate) {
      case 'elsewhere':
        this.elsewhere += 1;
        return this.breakOff();
      case 'dropped':
        this.dropped += 1;
        if (this.#missing !== null) this.#missing += 1;
        return;
      case 'late':
        this.expected.late += 1;
        break;
      case 'kept':
        if (kind === 'padding') this.expected.padding += 1;
        else this.expected.packets += 1;
        if (kind === 'speech') {
          this.#speech.update(opus);
          this.speechBytes += opus.byteLength;
        }
    }
    this.expected.lost += this.#missing ?? 0;
    this.#missing = 0;
  }

  /** Packets missing across a gap, a pause or a new stream are not counted as lost. */
  breakOff(): void {
    this.#missing = null;
  }

  /** SHA-256 of all speech packets that must be in the track, in order. Called once, at the end. */
  speechHash(): string {
    return this.#speech.digest('hex');
  }
}
