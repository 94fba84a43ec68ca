/** Samples of each channel in a second of every recording and export: the rate of Discord's RTP clock (RFC 7587 §4.1). */
export const SAMPLE_RATE_HZ = 48_000;

/** Samples of each channel in a millisecond. */
export const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;
