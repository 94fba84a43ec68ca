import type { RtpFields } from '../../rtp/rtp-writer.ts';
import type { PacketLine } from '../sent-log.ts';

/** A frame as a speaker's client sends it. `epoch` and `group` are those of its keys; both null: a plain frame. */
export interface SealedFrame {
  readonly payload: Uint8Array;
  readonly epoch: number | null;
  readonly group: number | null;
}

/** A frame without end-to-end encryption. */
export function plainFrame(payload: Uint8Array): SealedFrame {
  return { payload, epoch: null, group: null };
}

/** One RTP packet as its speaker sends it, before transport encryption. */
export interface SpokenPacket extends SealedFrame {
  readonly fields: RtpFields;
  /** Length of the payload before end-to-end encryption. */
  readonly plainBytes: number;
  readonly kind: PacketLine['kind'];
  /** Where the packet starts in the speaker's source, in samples as `PacketLine.position`; null: not from a source. */
  readonly position: number | null;
}
