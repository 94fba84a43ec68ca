import type { RtpFields } from '../../rtp/rtp-writer.ts';
import type { PacketLine } from '../sent-log.ts';

/** What leaves a speaker's client; `epoch` and `group` are null for a plain frame. */
export interface SealedFrame {
  readonly payload: Uint8Array;
  readonly epoch: number | null;
  readonly group: number | null;
}

/** As it is said. */
export function plainFrame(payload: Uint8Array): SealedFrame {
  return { payload, epoch: null, group: null };
}

/** One packet as its speaker sends it, before any transport. */
export interface SpokenPacket extends SealedFrame {
  readonly fields: RtpFields;
  /** Of the payload before end-to-end encryption. */
  readonly plainBytes: number;
  readonly kind: PacketLine['kind'];
  /** In the speaker's own source; null: not from there. */
  readonly position: number | null;
}
