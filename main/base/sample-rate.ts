/** Everything in `main` takes the sample rate from here; the window takes it from the contract. */
export { SAMPLE_RATE_HZ, SAMPLES_PER_MS } from '../../preload/contract/sample-rate.ts';
