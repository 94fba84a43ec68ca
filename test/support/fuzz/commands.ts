import { silentLog } from '../../../main/base/log.ts';
import { answerCommand } from '../../../main/ipc/answer.ts';
import type { CommandHandlers } from '../../../main/ipc/commands.ts';
import { commands, type CommandName } from '../../../preload/contract/commands.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedJson, type Json } from './changed-json.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

/** Inputs that the window sends, each of some command. */
const INPUTS: readonly { readonly [key: string]: Json }[] = [
  {},
  { token: 'MTE4.abc.def' },
  { channelId: '127121515262115840' },
  { note: 'a line' },
  { marker: 3, note: 'another line' },
  { recordingId: '2026-11-23 10-15-30 server - channel' },
  { recordingId: 'r', userId: '127121515262115840' },
  { exportId: '7' },
  { link: 'invite' },
  {
    recordingId: 'r',
    format: 'wav',
    bitDepth: '24',
    channels: 'stereo',
    mixdown: true,
    tracks: ['tracks/01-ann.opus'],
    folder: 'recording',
  },
];

/** Values that Electron's IPC carries and JSON does not, or of extreme size. */
const STRANGE: readonly (() => unknown)[] = [
  () => undefined,
  () => NaN,
  () => -Infinity,
  () => 2n ** 80n,
  () => new Date(NaN),
  () => new Map([['channelId', '1']]),
  () => new Set([1]),
  () => new Uint8Array(10_000),
  () => new Error('x'),
  () => /x/,
  () => '\ud800',
  () => 'x'.repeat(100_000),
  () => new Array<undefined>(2_000),
  () => Object.fromEntries(Array.from({ length: 300 }, (_, at) => [String(at), at])),
  () => {
    const loop: { self: unknown } = { self: null };
    loop.self = loop;
    return loop;
  },
];

/** What the contract has a command answer, where that is more than `ok`. */
const ANSWERS: { readonly [Name in CommandName]?: unknown } = {
  'session.mark': { ok: true, marker: 1 },
  'export.choose-folder': { folder: null },
  'diagnostics.save': { ok: true, saved: true },
  'recording.forget': { ok: true, unsure: [] },
};

/** No text in an input that reaches a handler is longer. */
const MOST_TEXT = 400;

/**
 * Sends wrong inputs to every command of the window. Each is refused, or reaches its handler in the contract's shape,
 * with no text longer than 400 characters.
 */
export async function fuzzCommands(options: {
  readonly count: number;
  readonly seed: number;
}): Promise<FuzzReport> {
  const random = new SeededRandom(options.seed);
  const run = new FuzzRun({ kind: 'window commands', ...options });
  const names = Object.keys(commands).filter(isCommandName);
  let given: unknown;
  const log = silentLog;
  const handlers = allHandlers(names, (input) => (given = input));
  while (run.goesOn) {
    const name = names[random.integer(names.length)] ?? 'window.ready';
    const input = wrongInput(random);
    given = undefined;
    const from = random.next() < 0.02 ? 'a-stranger' : 'our-page';
    await run.tryLater(
      () => `${name} ${shown(input)}`,
      async () => {
        const told = await answerCommand({ from, name, input }, { handlers, log }).catch(refusal);
        if (told === 'bad-request' && given !== undefined) throw new Error('refused and done');
        if (told !== 'bad-request' && (from === 'a-stranger' || !isShort(given)))
          throw new Error(`taken: ${shown(given)}`);
        return `${name}: ${told === 'bad-request' ? 'refused' : 'taken'}`;
      },
    );
  }
  return run.report();
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** The message of a refusal; rethrows any other error. */
function refusal(error: unknown): string {
  if (error instanceof Error && error.message === 'bad-request') return error.message;
  throw error;
}

/** A handler for each command, which passes its input to `take` and answers as the contract allows. */
function allHandlers(
  names: readonly CommandName[],
  take: (input: unknown) => void,
): CommandHandlers {
  const handlers = Object.fromEntries(
    names.map((name) => [
      name,
      (input: unknown) => {
        take(input);
        return ANSWERS[name] ?? { ok: true };
      },
    ]),
  );
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- one for each name, just above
  return handlers as unknown as CommandHandlers;
}

function wrongInput(random: SeededRandom): unknown {
  const input = INPUTS[random.integer(INPUTS.length)] ?? {};
  const dice = random.next();
  const strange = STRANGE[random.integer(STRANGE.length)]?.();
  if (dice < 0.03) return strange;
  const [key = 'note'] = Object.keys(input);
  if (dice < 0.08) return structuredClone({ ...input, [key]: strange });
  const text = changedJson(input, random);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isShort(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  return Object.values(input).every(
    (value) => typeof value !== 'string' || value.length <= MOST_TEXT,
  );
}

function shown(input: unknown): string {
  try {
    return JSON.stringify({ input }).slice(0, 2_000);
  } catch {
    return 'no JSON';
  }
}
