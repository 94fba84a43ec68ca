/** Samples in order: 48 kHz, 16 bit, interleaved, for as long as anybody asks. */
export interface PcmSource extends AsyncDisposable {
  /** Fills `into`, whole frames, with what comes next; false when all of it is zeros because nobody spoke there. */
  read(into: Int16Array): Promise<boolean>;
  close(): Promise<void>;
}

/** 100 ms: what is read, summed and remembered as silent or not, as one. */
export const BLOCK_FRAMES = 4800;
