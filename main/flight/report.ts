import { redactTokens } from '../../preload/contract/bot-token.ts';
import { type MaskedFolders, maskPaths } from '../settings/path-mask.ts';
import { flightFolder, newestRuns } from './flight-file.ts';

/** Below what most chats and mail take as one attachment. */
const MOST_BYTES = 9 * 1024 * 1024;

/** What a report is made of, beside the flight records. */
export interface ReportSource extends MaskedFolders {
  readonly logs: string;
  /** A name and a value each. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** One line for each of the newest recordings: figures only, no names. */
  readonly recordings?: readonly string[];
}

/**
 * The text of a report for whoever helps: JSON lines, first what is said here, then the newest runs, newest first, as
 * many as fit into 9 MiB. No token, key, sound, name or message is in it.
 */
export async function makeReport(source: ReportSource): Promise<string> {
  const { logs, facts = {}, recordings = [] } = source;
  const madeAt = new Date().toISOString();
  const head = JSON.stringify({ report: 'tapedeck', madeAt, facts, recordings });
  const runs = await newestRuns(flightFolder(logs), MOST_BYTES);
  const text = [head, ...runs.map(({ run, text }) => `${JSON.stringify({ run })}\n${text}`)];
  return maskPaths(redactTokens(`${text.join('\n').trimEnd()}\n`), source);
}
