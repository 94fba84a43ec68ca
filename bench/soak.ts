import { parseArgs } from 'node:util';
import { runDaveChurn } from '../test/support/dave-churn.ts';
import { recordHalfHour } from '../test/support/half-hour.ts';
import { proveHours, provePowerCuts } from './long-proofs.ts';
import { proveFuzz } from './fuzz.ts';
import { Report } from './report.ts';
import { atMost, type Row } from './row.ts';

/** A long proof; `ids` are those of its rows. */
interface Proof {
  readonly ids: readonly string[];
  readonly prove: () => Row[] | Promise<Row[]>;
}

const PROOFS: readonly Proof[] = [
  { ids: ['C2', 'C2r'], prove: provePowerCuts },
  { ids: ['C4', 'C4m'], prove: proveFuzz },
  { ids: ['C6'], prove: proveChurn },
  { ids: ['A8', 'C7h'], prove: proveHours },
  { ids: ['C1', 'C3', 'C5', 'C7', 'C7m'], prove: proveHalfHour },
];

/** Runs the long proofs at full size, about an hour, and prints a line for each row; exit code 1 when one fails. */
export async function runSoak(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { only: { type: 'string' }, json: { type: 'string' } },
  });
  const report = new Report(values.only);
  for (const { ids, prove } of PROOFS) {
    if (!report.wantsAny(ids)) continue;
    for (const row of await prove()) report.add(row);
  }
  if (values.json !== undefined) report.write(values.json);
  if (!report.holds) process.exitCode = 1;
}

const CHURN_SEEDS = 20;
const CHURN_CHANGES = 200;

function proveChurn(): Row[] {
  let missed = 0;
  let openable = 0;
  let apart = 0;
  for (let seed = 1; seed <= CHURN_SEEDS; seed += 1) {
    const told = runDaveChurn({ seed, changes: CHURN_CHANGES });
    missed += told.missed;
    openable += told.openable;
    if (told.codes !== 1 || !told.doAllHearEachOther) apart += 1;
  }
  const of = `${String(openable)} frames, ${String(CHURN_SEEDS)} seeds, ${String(apart)} calls that fell apart`;
  return [atMost(0, { id: 'C6', figure: missed + apart, against: `frames missed of ${of}` })];
}

async function proveHalfHour(): Promise<Row[]> {
  const told = await recordHalfHour({ minutes: 30, cutEveryMs: 120_000, seed: 30 });
  for (const finding of told.findings) console.log(`      ${finding}`);
  const {
    sent,
    placed,
    late,
    dropped,
    droppedAtEdges,
    lost,
    cuts,
    gaps,
    refused,
    folders,
    speakers,
    memoryGrowth,
  } = told;
  const rows = [
    {
      id: 'C1',
      figure: told.findings.length,
      against: `findings; ${String(placed)} packets in the files and ${String(late)} late, of ${String(sent)} sent`,
    },
    {
      id: 'C3',
      figure: Math.max(dropped - lost, lost - dropped - droppedAtEdges, 0),
      against: `difference of ${String(lost)} counted as lost and ${String(dropped)} (${String(droppedAtEdges)} more at the edges of voice sessions) dropped by the server`,
    },
    {
      id: 'C5',
      figure: gaps.filter((reason) => reason === 'reconnect').length - refused,
      against: `gaps by ${String(cuts)} cut voice sockets that could be resumed`,
    },
    {
      id: 'C7',
      figure: folders - 1,
      against: `folders too many; ${String(speakers)} speakers, gaps: ${gaps.join(', ')}`,
    },
  ];
  const memory = {
    id: 'C7m',
    figure: Number(memoryGrowth.toFixed(3)),
    against: 'memory in the last fifth ÷ in the first',
  };
  return [...rows.map((row) => atMost(0, row)), atMost(1.1, memory)];
}
