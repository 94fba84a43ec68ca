import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toError } from '../../main/base/errors.ts';
import { killRecording, type KillOutcome } from './killed-recording.ts';

export interface KillsOptions {
  readonly kills: number;
  /** The same seed gives the same moments and the same damage. */
  readonly seed: number;
  /** Called after each kill; the folder is deleted afterwards. */
  readonly onKill?: (outcome: KillOutcome & { readonly index: number }) => void;
}

export interface KillsProof {
  readonly kills: number;
  /** Folders that were closed as `recovered`, in which `verify` finds nothing. */
  readonly recovered: number;
  /** Tracks that opusinfo, ffprobe or ffmpeg do not read to the end. */
  readonly unreadable: number;
  /** Kills after which a track was torn in its last page. */
  readonly torn: number;
  /** The longest time from the first packet missing at a track's end to the kill, excused kills left out. */
  readonly worstLossMs: number;
  /** Kills that lost more than 1 s because the process had to wait for a processor; 0 on a quiet machine. */
  readonly excused: number;
  /** A sentence for each thing that is wrong, with the number of its kill. */
  readonly findings: readonly string[];
}

/**
 * Kills at a time. A kill takes 4 to 7 s, mostly waiting. On two cores one at a time takes 5.1 s a kill, two take 3.3
 * s; three take no less, and delay each other's writes. 200 kills take about eleven minutes.
 */
const LANES = 2;

/**
 * Kills `record` many times, each time at another moment, and compares what is recovered with what was sent. An error
 * of a kill is a finding, not thrown.
 */
export async function proveKills({ kills, seed, onKill }: KillsOptions): Promise<KillsProof> {
  const outcomes: KillOutcome[] = [];
  const findings: string[] = [];
  let next = 0;
  const runLane = async (): Promise<void> => {
    const home = await mkdtemp(path.join(tmpdir(), 'tapedeck-kills-'));
    try {
      while (next < kills) {
        const index = next;
        next += 1;
        const outcome = await tryKill({ home, seed: seed * 1_000_003 + index });
        outcomes.push(outcome);
        findings.push(...outcome.findings.map((text) => `kill ${String(index)}: ${text}`));
        onKill?.({ ...outcome, index });
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
  const judged = outcomes.filter(({ excused }) => !excused);
  return {
    kills: outcomes.length,
    recovered: outcomes.filter(({ recovered }) => recovered).length,
    unreadable: outcomes.reduce((sum, { unreadable }) => sum + unreadable, 0),
    torn: outcomes.filter(({ torn }) => torn).length,
    worstLossMs: Math.max(0, ...judged.map(({ worstLossMs }) => worstLossMs)),
    excused: outcomes.length - judged.length,
    findings,
  };
}

async function tryKill(kill: Parameters<typeof killRecording>[0]): Promise<KillOutcome> {
  try {
    return await killRecording(kill);
  } catch (error) {
    return {
      folder: null,
      recovered: false,
      unreadable: 0,
      torn: false,
      damage: 'none',
      worstLossMs: 0,
      starvedMs: 0,
      excused: false,
      findings: [toError(error).message],
    };
  }
}
