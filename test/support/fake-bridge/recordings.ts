import type { RecordingSnapshot } from '../../../preload/contract/library.ts';
import { MANY, trackFile } from './people.ts';
import { voiceAt } from './voices.ts';

const HOUR_MS = 3_600_000;

interface RecordingInit {
  readonly id: string;
  readonly place: readonly [guild: string, channel: string];
  readonly hoursAgo: number;
  readonly seconds: number;
  readonly names: readonly string[];
  readonly change?: Partial<RecordingSnapshot>;
}

function recording(init: RecordingInit): RecordingSnapshot {
  const [guildName, channelName] = init.place;
  const samples = init.seconds * 48_000;
  const slots = 120;
  return {
    id: init.id,
    guildName,
    channelName,
    startedAtMs: Date.now() - init.hoursAgo * HOUR_MS,
    samples,
    state: 'complete',
    sizeBytes: init.seconds * 9000 * init.names.length,
    lostPackets: 0,
    tracks: init.names.map((name, index) => ({
      file: trackFile(name, index),
      userId: String(1000 + index),
      name,
      talk: Array.from({ length: slots }, (_, slot) => slot)
        .filter((slot) => voiceAt(index + init.seconds, slot * 4, 0.45) !== null)
        .map((slot) => [(slot * samples) / slots, ((slot + 1) * samples) / slots] as const),
    })),
    ...init.change,
  };
}

/** A library with each state a recording can be in, newest first. */
export const recordings: readonly RecordingSnapshot[] = [
  recording({
    id: 'r1',
    place: ['The Salt Road', 'Session Zero'],
    hoursAgo: 1,
    seconds: 8071,
    names: MANY.slice(0, 6),
  }),
  recording({
    id: 'r2',
    place: ['Podcast People', 'Studio A'],
    hoursAgo: 27,
    seconds: 3728,
    names: ['Tess', 'Ilse', 'Bo'],
  }),
  recording({
    id: 'r3',
    place: ['Podcast People', 'Studio A'],
    hoursAgo: 50,
    seconds: 2875,
    names: ['Pim', 'Ada'],
    change: { lostPackets: 412 },
  }),
  recording({
    id: 'r4',
    place: ['The Salt Road', 'Session Zero'],
    hoursAgo: 170,
    seconds: 11_112,
    names: MANY.slice(0, 7),
    change: { state: 'recovered' },
  }),
  recording({
    id: 'r5',
    place: ['Reading Group', 'Thursday readers'],
    hoursAgo: 260,
    seconds: 5320,
    names: MANY.slice(5, 16),
  }),
  recording({
    id: 'r6',
    place: ['Podcast People', 'Studio B'],
    hoursAgo: 380,
    seconds: 10,
    names: ['Lumen', 'Tamsin'],
  }),
];
