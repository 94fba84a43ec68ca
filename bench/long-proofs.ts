import { proveKills } from '../test/support/kills.ts';
import { simulateHours } from '../test/support/simulated-hours.ts';
import { atMost, type Row } from './row.ts';

const HOURS = 12;
const SPEAKERS = 10;
const KILLS = 200;

/** Simulates a long recording: the growth of its memory, and whether every packet is accounted for. */
export async function proveHours(): Promise<Row[]> {
  const told = await simulateHours({ hours: HOURS, speakers: SPEAKERS, seed: 1 });
  tell(told.findings);
  const { memoryGrowth, pathMicrosecondsPerPacket, sent, findings } = told;
  const call = `${String(HOURS)} hours of ${String(SPEAKERS)} speakers, ${String(sent)} packets`;
  return [
    atMost(1.05, {
      id: 'A8',
      figure: Number(memoryGrowth.toFixed(3)),
      against: `memory in the last hour ÷ in the first; ${call}, ${pathMicrosecondsPerPacket.toFixed(1)} µs each`,
    }),
    atMost(0, { id: 'C7h', figure: findings.length, against: `findings in ${call}` }),
  ];
}

/** Kills the command line again and again. */
export async function provePowerCuts(): Promise<Row[]> {
  const told = await proveKills({ kills: KILLS, seed: 1 });
  tell(told.findings);
  const { kills, recovered, unreadable, worstLossMs, torn, excused } = told;
  const of = `${String(kills)} kills, ${String(torn)} with a torn page, ${String(excused)} excused`;
  return [
    atMost(1_000, {
      id: 'C2',
      figure: Math.round(worstLossMs),
      against: `ms lost at most by ${of}`,
    }),
    atMost(0, {
      id: 'C2r',
      figure: kills - recovered + unreadable,
      against: `folders not recovered or tracks unreadable of ${of}`,
    }),
  ];
}

function tell(findings: readonly string[]): void {
  for (const finding of findings) console.log(`      ${finding}`);
}
