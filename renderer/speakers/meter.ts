/** Each of the 20 segments stands for 3 dB, from −60 to 0 dBFS. */
const SEGMENTS = 20;
const SEGMENT_DB = 3;

/** The last three segments, from −9 dB on, have the colour of high levels. */
export const HOT_SEGMENTS = 3;

const FALL_DB_PER_MS = 20 / 1000;
const HOLD_MS = 1500;

/** What a meter shows: the level, and the peak that is held. */
export interface MeterState {
  readonly levelDb: number;
  readonly heldDb: number;
  /** Milliseconds until the held peak is let go. */
  readonly holdMs: number;
}

export const SILENT_METER: MeterState = { levelDb: -100, heldDb: -100, holdMs: 0 };

/** The meter after `elapsedMs` with that peak: attack at once, fall 20 dB a second, peak held 1.5 s. */
export function nextMeter(state: MeterState, peakDb: number, elapsedMs: number): MeterState {
  const fallen = Math.max(-100, state.levelDb - elapsedMs * FALL_DB_PER_MS);
  const levelDb = Math.max(peakDb, fallen);
  if (levelDb >= state.heldDb) return { levelDb, heldDb: levelDb, holdMs: HOLD_MS };
  const holdMs = Math.max(0, state.holdMs - elapsedMs);
  return { levelDb, heldDb: holdMs > 0 ? state.heldDb : levelDb, holdMs };
}

/** Whether the meter changes without a new level. */
export function isMoving({ levelDb, holdMs }: MeterState): boolean {
  return levelDb > -60 || holdMs > 0;
}

/** Segments lit at that level, 0 to `segments`. */
export function litSegments(db: number, segments: 10 | 20 = SEGMENTS): number {
  const lit = Math.ceil((db + SEGMENTS * SEGMENT_DB) / SEGMENT_DB);
  return Math.round((Math.min(SEGMENTS, Math.max(0, lit)) * segments) / SEGMENTS);
}

/** Segments and their pitch in whole device pixels for a meter of that width: 10 where 20 would be too narrow. */
export function meterLayout(
  width: number,
  ratio: number,
): { readonly segments: 10 | 20; readonly pitch: number } {
  const segments = width / ratio < 64 ? 10 : 20;
  return { segments, pitch: Math.max(2, Math.floor(width / segments)) };
}
