import { FUZZ_STATES, runDaveFuzz } from '../dave-fuzz.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

/** Of `any` every second one makes keys anew: the slower half. */
const KINDS = ['binary', 'binary', 'binary', 'any'] as const;

/** Wrong messages to one session before the call goes on and everyone has to understand everyone again. */
const MESSAGES_A_CALL = 2_000;

/** Wrong messages of end-to-end encryption in every state that a session can be in; `count` is of messages. */
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
    hangMs: 10_000, // a whole call, with what it takes to be mended
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
