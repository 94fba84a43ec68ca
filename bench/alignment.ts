import { SAMPLES_PER_MS } from '../main/base/sample-rate.ts';
import { simulate, type Impairment } from '../test/support/simulated-speech.ts';
import { atMost, type Row } from './row.ts';

/** Two speakers of so many minutes each. */
const SEEDS = [77, 90];

interface AlignmentRow {
  readonly id: string;
  readonly what: string;
  /** `driftPpm`: of both speakers, or of each. */
  readonly impairment: Omit<Impairment, 'seed' | 'minutes' | 'driftPpm'> & {
    readonly driftPpm?: number | readonly [number, number];
  };
  readonly minutes?: number;
  readonly mostMs: number;
}

const ROWS: readonly AlignmentRow[] = [
  { id: 'B1', what: 'nothing wrong', impairment: {}, mostMs: 0 },
  { id: 'B2', what: 'jitter of 10 ms', impairment: { jitterMs: 10 }, mostMs: 2.5 },
  { id: 'B3', what: 'jitter of 40 ms', impairment: { jitterMs: 40 }, mostMs: 10 },
  {
    id: 'B4',
    what: 'first packet of a talkspurt held up to 300 ms',
    impairment: { firstHeldMs: 300 },
    mostMs: 1.25,
  },
  { id: 'B5', what: '1 % lost', impairment: { loss: 0.01 }, mostMs: 1.25 },
  { id: 'B6', what: '5 % lost', impairment: { loss: 0.05 }, mostMs: 1.25 },
  { id: 'B7', what: '10 % lost', impairment: { loss: 0.1 }, mostMs: 1.25 },
  {
    id: 'B8',
    what: 'a clock 100 ppm fast, one hour',
    minutes: 60,
    impairment: { driftPpm: 100 },
    mostMs: 5,
  },
  {
    id: 'B9',
    what: 'a clock that stands still in silence',
    impairment: { clock: 'frozen' },
    mostMs: 1.25,
  },
  {
    id: 'B11',
    what: '5 % lost, jitter of 40 ms, clocks 50 ppm fast and slow',
    impairment: { loss: 0.05, jitterMs: 40, driftPpm: [50, -50] },
    mostMs: 15,
  },
];

/** Where every frame that arrived landed against its sender's clock: worst error per impairment, in milliseconds. */
export function* alignment(size: 'full' | 'quick'): Generator<Row> {
  for (const { id, what, impairment, minutes = 20, mostMs } of ROWS) {
    const length = size === 'full' ? minutes : 2;
    const { driftPpm: drift = 0, ...rest } = impairment;
    const driftOf = (speaker: number): number =>
      typeof drift === 'number' ? drift : (drift[speaker] ?? 0);
    const errors = SEEDS.flatMap((seed, speaker) =>
      simulate({ ...rest, seed, minutes: length, driftPpm: driftOf(speaker) }),
    )
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

/** How far from each other the errors of one talkspurt's frames are, at worst: their clock rules, so not at all. */
function withinTalkspurts(size: 'full' | 'quick'): Row {
  const bySpurt = new Map<number, { least: number; most: number }>();
  const minutes = size === 'full' ? 20 : 2;
  for (const { spurt, errorMs } of simulate({ seed: 5, minutes, jitterMs: 30, loss: 0.05 })) {
    const { least, most } = bySpurt.get(spurt) ?? { least: errorMs, most: errorMs };
    bySpurt.set(spurt, { least: Math.min(least, errorMs), most: Math.max(most, errorMs) });
  }
  const worst = Math.max(...[...bySpurt.values()].map(({ least, most }) => most - least));
  const figure = Math.round(worst * SAMPLES_PER_MS);
  return atMost(0, { id: 'B10', figure, against: 'samples between frames of one talkspurt' });
}
