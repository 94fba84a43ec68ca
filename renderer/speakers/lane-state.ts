import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import type { LevelStore } from '../bridge/level-store.ts';
import { clock, shortClock } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';

/** Whether somebody is heard just now, as a primitive: a lane renders only when it changes. */
export type Voice = 'speaking' | 'not-yet' | `quiet-${string}`;

/** What the levels say of that speaker; quiet since whole seconds. */
export function voiceOf(levels: LevelStore, track: string | null): Voice {
  const sound = levels.track(track);
  if (sound === null || sound.lastTalkSamples === null) return 'not-yet';
  if (sound.speaking) return 'speaking';
  return `quiet-${String(Math.max(0, Math.floor((levels.samples - sound.lastTalkSamples) / 48_000)))}`;
}

/** The second line of a lane. */
export function laneStateText(
  speaker: SpeakerSnapshot,
  voice: Voice,
  connection: 'good' | 'retrying',
): string {
  if (speaker.leftAtSamples !== null && !speaker.present) {
    return text('lane.left', { time: clock(speaker.leftAtSamples) });
  }
  if (connection === 'retrying') return text('lane.waiting');
  if (speaker.userId === null) return text('lane.unknown');
  if (voice === 'speaking') return text('lane.speaking');
  if (voice === 'not-yet') return text('lane.not-yet');
  return text('lane.quiet', { time: shortClock(Number(voice.slice('quiet-'.length))) });
}
