import { SAMPLE_RATE_HZ } from '../../preload/contract/sample-rate.ts';
import type { RecordingSessionSnapshot, SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import type { LevelStore } from '../bridge/level-store.ts';
import { clock, shortClock } from '../ui/figures.ts';
import { text } from '../ui/text.tsx';

/** What becomes of sound: it is recorded, cannot arrive, or is not recorded. */
export type Flow = 'kept' | 'waiting' | 'paused';

/** A pause comes before an outage: then nothing is recorded, whether it arrives or not. */
export function flowOf({ pausedAtSamples, connection }: RecordingSessionSnapshot): Flow {
  if (pausedAtSamples !== null) return 'paused';
  return connection.kind === 'retrying' ? 'waiting' : 'kept';
}

/** Whether somebody speaks at present, as a string: a lane renders only when it changes. */
export type Voice = 'speaking' | 'not-yet' | `quiet-${string}`;

/** The state of that track by its levels; `quiet-` is followed by whole seconds. */
export function voiceOf(levels: LevelStore, track: string | null): Voice {
  const sound = levels.track(track);
  if (sound === null || sound.lastTalkSamples === null) return 'not-yet';
  if (sound.speaking) return 'speaking';
  return `quiet-${String(Math.max(0, Math.floor((levels.samples - sound.lastTalkSamples) / SAMPLE_RATE_HZ)))}`;
}

/** The second line of a lane. */
export function laneStateText(speaker: SpeakerSnapshot, voice: Voice, flow: Flow): string {
  if (speaker.leftAtSamples !== null && !speaker.present) {
    return text('lane.left', { time: clock(speaker.leftAtSamples) });
  }
  if (flow !== 'kept') return text(`lane.${flow}`);
  if (speaker.userId === null) return text('lane.unknown');
  if (voice === 'speaking') return text('lane.speaking');
  if (voice === 'not-yet') return text('lane.not-yet');
  return text('lane.quiet', { time: shortClock(Number(voice.slice('quiet-'.length))) });
}
