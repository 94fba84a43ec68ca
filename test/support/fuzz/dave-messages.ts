import { FUZZ_STATES, runDaveFuzz } from '../dave-fuzz.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

/** `any` is run less often: half of its messages make new keys, which is slow. */
const KINDS = ['binary', 'binary', 'binary', 'any'] as const;

/** Wrong messages to one session, after which everybody in the call must open everybody's frames again. */
const MESSAGES_A_CALL = 2_000;

/** Sends wrong DAVE messages in every state of a session; `count` is the number of messages. */
export function fuzzDaveMessages(options: {
  readonly count: number;
  readonly seed: number;
}): FuzzReport {
  const messages = Math.min(MESSAGES_A_CALL, options.count);
  const calls = Math.ceil(options.count / messages);
  const run = new FuzzRun({
    kind: 'end-to-end encryption messages',
    seed: options.seed,
    count: calls,
    hangMs: 10_000, // each input is a whole call, recovery included
  });
  let tried = 0;
  while (run.goesOn) {
    const state = FUZZ_STATES[run.tried % FUZZ_STATES.length] ?? 'active';
    const kind = KINDS[Math.floor(run.tried / FUZZ_STATES.length) % KINDS.length] ?? 'any';
    const seed = options.seed + run.tried;
    const call = `${state}, ${kind}, seed ${String(seed)}`;
    run.try(call, () => {
      const told = runDaveFuzz({ seed, state, kind, messages });
      run.count('op 31 sent', told.recoveries);
      run.count('began again by itself', told.healings);
      if (!told.doAllHearEachOther) throw new Error('not everyone understands everyone');
      return `calls, ${state}`;
    });
    tried += messages;
  }
  return { ...run.report(), tried };
}
