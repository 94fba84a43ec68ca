/** What one speaker of ordinary quality takes on disk: 64 kbit/s. */
const BYTES_PER_SPEAKER_SECOND = 8_000;

/** Time to find out what can go, and to move it. */
const LOW_SECONDS = 30 * 60;

/** For how long there is room on a disk. */
export interface DiskRoom {
  readonly freeBytes: number;
  /** Until it is full, when as many people as now go on speaking all the time. */
  readonly secondsLeft: number;
  /** Whether that is worth a warning. */
  readonly low: boolean;
}

export function diskRoom(freeBytes: number, peopleCount: number): DiskRoom {
  const bytesPerSecond = Math.max(1, peopleCount) * BYTES_PER_SPEAKER_SECOND;
  const secondsLeft = Math.floor(freeBytes / bytesPerSecond);
  return { freeBytes, secondsLeft, low: secondsLeft < LOW_SECONDS };
}

/** Whether there is room again after a warning: twice the limit, for whoever comes or goes changes the time left. */
export function isPlenty({ secondsLeft }: DiskRoom): boolean {
  return secondsLeft >= 2 * LOW_SECONDS;
}
