import { BAR_SAMPLES, type Loss } from '../../preload/contract/events.ts';
import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import { lostOf, type LossKinds } from '../bridge/losses.ts';
import { clock, secondsOfPackets } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';

const KINDS = ['lost', 'late', 'undecryptable'] as const satisfies readonly (keyof LossKinds)[];

/** What was lost within one bar of the tape: its time, then one line a kind. */
export function lossWords(loss: Loss): readonly string[] {
  return [
    text('loss.at', { time: clock(loss.bar * BAR_SAMPLES) }),
    ...KINDS.filter((kind) => loss[kind] > 0).map((kind) =>
      text(`loss.${kind}`, { seconds: secondsOfPackets(loss[kind]) }),
    ),
  ];
}

/** What was lost of this speaker: one line a kind, with how much it was and where it happened last. */
export function lossLines(speaker: SpeakerSnapshot): readonly string[] {
  const lost = lostOf(speaker);
  return KINDS.filter((kind) => lost[kind] > 0).map((kind) => {
    const loss = text(`loss.${kind}`, { seconds: secondsOfPackets(lost[kind]) });
    const last = speaker.lastLossBars[kind];
    return last === null ? loss : text('loss.last', { loss, time: clock(last * BAR_SAMPLES) });
  });
}
