import type { Loss } from '../../preload/contract/events.ts';
import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';

/** What became of lost sound, in packets of 20 ms: it did not arrive, came too late, or could not be decrypted. */
export type LossKinds = Omit<Loss, 'bar'>;

/** What was lost of this speaker so far. */
export function lostOf(speaker: SpeakerSnapshot): LossKinds {
  const { lostPackets, latePackets: late, undecryptablePackets: undecryptable } = speaker;
  return { lost: lostPackets - late - undecryptable, late, undecryptable };
}
