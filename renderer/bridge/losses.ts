import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';

/** What became of lost sound, in packets of 20 ms: it did not arrive, came too late, or could not be decrypted. */
export interface LossKinds {
  readonly missing: number;
  readonly late: number;
  readonly undecryptable: number;
}

/** What was lost of one speaker within one bar of the tape. */
export interface Loss extends LossKinds {
  readonly bar: number;
}

const NOTHING: LossKinds = { missing: 0, late: 0, undecryptable: 0 };

/** What was lost of this speaker so far. */
export function lostOf(speaker: SpeakerSnapshot): LossKinds {
  const { lostPackets, latePackets: late, undecryptablePackets: undecryptable } = speaker;
  return { missing: lostPackets - late - undecryptable, late, undecryptable };
}

/** The losses with what one more snapshot of the speaker adds in that bar; the same list when it adds nothing. */
export function continueLosses(
  losses: readonly Loss[],
  { was, is }: { readonly was: SpeakerSnapshot | undefined; readonly is: SpeakerSnapshot },
  bar: number,
): readonly Loss[] {
  if (is.lostPackets <= (was?.lostPackets ?? 0)) return losses;
  const then = was === undefined ? NOTHING : lostOf(was);
  const now = lostOf(is);
  const last = losses.at(-1);
  const inSameBar = last?.bar === bar;
  const before = inSameBar ? last : NOTHING;
  const loss: Loss = {
    bar,
    missing: before.missing + Math.max(0, now.missing - then.missing),
    late: before.late + Math.max(0, now.late - then.late),
    undecryptable: before.undecryptable + Math.max(0, now.undecryptable - then.undecryptable),
  };
  return [...(inSameBar ? losses.slice(0, -1) : losses), loss];
}
