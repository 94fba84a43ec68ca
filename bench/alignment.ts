import { simulate, type Impairment } from '../test/support/simulated-speech.ts';
import { atMost, type Row } from './row.ts';

/** Seeds of two speakers. */
const SEEDS = [77, 90];

interface AlignmentRow {
  readonly id: string;
  readonly what: string;
  readonly impairment: Omit<Impairment, 'seed' | 'minutes'>;
  readonly minutes?: number;
  readonly mostMs: number;
}

const ROWS: readonly AlignmentRow[] = [
  { id: 'B1', what: 'nothing wrong', impairment: {}, mostMs: 1.25 },
  { id: 'B2', what: 'jitter of 10 ms', impairment: { jitterMs: 10 }, mostMs: 10 },
  { id: 'B3', what: 'jitter of 40 ms', impairment: { jitterMs: 40 }, mostMs: 20 },
  {
    id: 'B4',
    what: 'first packet of a talkspurt held up to 300 ms',
    impairment: { firstHeldMs: 300 },
    mostMs: 20,
  },
  { id: 'B5', what: '1 % lost', impairment: { loss: 0.01 }, mostMs: 10 },
  { id: 'B6', what: '5 % lost', impairment: { loss: 0.05 }, mostMs: 10 },
  { id: 'B7', what: '10 % lost', impairment: { loss: 0.1 }, mostMs: 10 },
  {
    id: 'B8',
    what: 'a clock 100 ppm fast, one hour',
    minutes: 60,
    impairment: { driftPpm: 100 },
    mostMs: 20,
  },
  {
    id: 'B9',
    what: 'a clock that stands still in silence',
    impairment: { clock: 'frozen' },
    mostMs: 20,
  },
];

/** Compares the position of every frame with its sender's clock: the worst error for each impairment, in ms. */
export function* alignment(size: 'full' | 'quick'): Generator<Row> {
  for (const { id, what, impairment, minutes = 20, mostMs } of ROWS) {
    const length = size === 'full' ? minutes : 2;
    const errors = SEEDS.flatMap((seed) => simulate({ ...impairment, seed, minutes: length }))
      .map(({ errorMs }) => errorMs)
      .sort((a, b) => a - b);
    const at = (share: number): number => errors[Math.floor((errors.length - 1) * share)] ?? NaN;
    const [least, middle, most] = [at(0), at(0.5), at(1)];
    const worst = Math.max(middle - least, most - middle);
    const percentile = (at(0.01) - middle).toFixed(2);
    const spread = (most - least).toFixed(2);
    const against = `worst ms off, ${what}: 1st percentile ${percentile}, spread ${spread}, common offset ${middle.toFixed(2)}`;
    yield atMost(mostMs, { id, figure: Number(worst.toFixed(2)), against });
  }
  yield withinTalkspurts(size);
}

/**
 * The largest difference between the errors of frames within one talkspurt: 0, as positions follow the sender's clock.
 */
function withinTalkspurts(size: 'full' | 'quick'): Row {
  const bySpurt = new Map<number, { least: number; most: number }>();
  const minutes = size === 'full' ? 20 : 2;
  for (const { spurt, errorMs } of simulate({ seed: 5, minutes, jitterMs: 30, loss: 0.05 })) {
    const { least, most } = bySpurt.get(spurt) ?? { least: errorMs, most: errorMs };
    bySpurt.set(spurt, { least: Math.min(least, errorMs), most: Math.max(most, errorMs) });
  }
  const worst = Math.max(...[...bySpurt.values()].map(({ least, most }) => most - least));
  const figure = Math.round(worst * 48);
  return atMost(0, { id: 'B10', figure, against: 'samples between frames of one talkspurt' });
}
