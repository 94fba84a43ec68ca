import { redactTokens } from '../../preload/contract/bot-token.ts';
import { maskPaths, type MaskedFolders } from './path-mask.ts';

/** What a fault report is made of. Names and paths may be in it: `writeDiagnostics` masks them. */
export interface DiagnosticsSource extends MaskedFolders {
  /** Versions, platform, free space: a name and a value each. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** One line for each of the newest recordings: figures only, no names. */
  readonly recordings: readonly string[];
  /** The newest lines of the log, oldest first. */
  readonly logLines: readonly string[];
}

/** The text of a fault report: facts, recordings, log. No token, no audio and no names from Discord are in it. */
export function writeDiagnostics(source: DiagnosticsSource): string {
  const facts = Object.entries(source.facts).map(([name, value]) => `${name}: ${String(value)}`);
  const parts = [
    ['Tapedeck diagnostics', ...facts],
    ['Recordings, newest first', ...orNone(source.recordings)],
    ['Log, oldest first', ...orNone(source.logLines)],
  ];
  const whole = `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return maskPaths(redactTokens(whole), source);
}

function orNone(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['none'] : lines;
}
