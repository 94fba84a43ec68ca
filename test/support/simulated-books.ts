import { createHash } from 'node:crypto';

/** What has to stand in the manifest of one track. */
export interface Expected {
  packets: number;
  lost: number;
  late: number;
  padding: number;
  duplicate: number;
}

/**
 * What becomes of a packet, known when it is sent. `elsewhere`: it passes in a gap or a pause, and is in no count.
 * `late` comes, but after its turn.
 */
export type Fate = 'kept' | 'late' | 'dropped' | 'elsewhere';

/** What one speaker's track has to hold, kept in constant memory. */
export class Books {
  readonly expected: Expected = { packets: 0, lost: 0, late: 0, padding: 0, duplicate: 0 };
  /** All that was sent, one way or the other. */
  sent = 0;
  elsewhere = 0;
  dropped = 0;
  /** Of the speech that has to be in the track. */
  speechBytes = 0;
  readonly #speech = createHash('sha256');
  /** Dropped since the last that came; null before the first of its stretch. */
  #missing: number | null = null;

  /** In the order of the numbers. */
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

  /** What is missing across a gap, a pause or a new stream is no loss. */
  breakOff(): void {
    this.#missing = null;
  }

  /** Over the speech that has to be in the track, in order. Once, at the end. */
  speechHash(): string {
    return this.#speech.digest('hex');
  }
}
