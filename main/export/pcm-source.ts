/** Samples in order: 48 kHz, 16 bit, interleaved. */
export interface PcmSource extends AsyncDisposable {
  /** Fills `into` (whole frames) with the next samples; false when all are zeros because nobody spoke there. */
  read(into: Int16Array): Promise<boolean>;
  close(): Promise<void>;
}

/** 100 ms: the unit in which samples are read, summed, and marked as silent or not. */
export const BLOCK_FRAMES = 4800;
