import { fuzzCommands } from '../test/support/fuzz/commands.ts';
import { fuzzDatagrams } from '../test/support/fuzz/datagrams.ts';
import { fuzzDaveMessages } from '../test/support/fuzz/dave-messages.ts';
import { fuzzGatewayMessages } from '../test/support/fuzz/gateway-messages.ts';
import { fuzzDiscordNames } from '../test/support/fuzz/discord-names.ts';
import type { FuzzReport } from '../test/support/fuzz/fuzz-run.ts';
import { fuzzManifests } from '../test/support/fuzz/manifests.ts';
import { fuzzOggFiles } from '../test/support/fuzz/ogg-files.ts';
import { fuzzVoiceMessages } from '../test/support/fuzz/voice-messages.ts';
import { atMost, type Row } from './row.ts';

const DATAGRAMS = 5_000_000;
const MESSAGES = 1_000_000;
const NAMES = 100_000;

type Fuzz = (options: {
  readonly count: number;
  readonly seed: number;
}) => FuzzReport | Promise<FuzzReport>;

const KINDS: readonly { readonly fuzz: Fuzz; readonly count: number }[] = [
  { fuzz: fuzzDatagrams, count: DATAGRAMS },
  { fuzz: fuzzGatewayMessages, count: MESSAGES },
  { fuzz: fuzzVoiceMessages, count: MESSAGES },
  { fuzz: fuzzDaveMessages, count: MESSAGES },
  { fuzz: fuzzCommands, count: MESSAGES },
  { fuzz: fuzzManifests, count: MESSAGES },
  { fuzz: fuzzOggFiles, count: MESSAGES },
  { fuzz: fuzzDiscordNames, count: NAMES },
];

/** Room for caches and compiled code. With a million inputs a leak of 24 bytes an input exceeds it. */
const MOST_GROWN_MB = 16;

/** Runs every fuzz with wrong inputs; prints which outcomes they reached. */
export async function proveFuzz(): Promise<Row[]> {
  const reports: FuzzReport[] = [];
  for (const { fuzz, count } of KINDS) {
    const startedMs = performance.now();
    const report = await fuzz({ count, seed: 1 });
    reports.push(report);
    print(report, (performance.now() - startedMs) / 1_000);
  }
  const figure = reports.reduce((sum, { throws, hangs }) => sum + throws + hangs, 0);
  const counts = reports.map(({ tried, kind }) => `${String(tried)} ${kind}`).join(', ');
  const grown = Math.max(...reports.map(({ grownBytes }) => grownBytes / 1_048_576));
  return [
    atMost(0, { id: 'C4', figure, against: `throws and hangs of ${counts}` }),
    atMost(MOST_GROWN_MB, {
      id: 'C4m',
      figure: Number(grown.toFixed(1)),
      against: 'MiB of memory at the end over after the first fifth, of the kind that grew most',
    }),
  ];
}

function print(report: FuzzReport, seconds: number): void {
  const { kind, tried, throws, hangs, slowestMs, grownBytes, outcomes, first, seed } = report;
  const facts = [
    `${String(throws)} throws, ${String(hangs)} hangs`,
    `slowest ${slowestMs.toFixed(0)} ms`,
    `memory ${(grownBytes / 1_048_576).toFixed(1)} MiB more`,
    `${seconds.toFixed(0)} s`,
  ];
  console.log(`      ${String(tried)} ${kind}: ${facts.join(', ')}`);
  for (const [outcome, times] of Object.entries(outcomes))
    console.log(`        ${String(times).padStart(9)}  ${outcome}`);
  if (first !== null)
    console.log(
      `      seed ${String(seed)}, input ${String(first.index)}: ${first.what}\n      ${first.hex}`,
    );
}
