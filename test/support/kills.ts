import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toError } from '../../main/base/errors.ts';
import { killRecording, type KillOutcome } from './killed-recording.ts';

export interface KillsOptions {
  readonly kills: number;
  /** The same seed gives the same moments and the same damage. */
  readonly seed: number;
  /** After each; its folder is gone afterwards. */
  readonly onKill?: (outcome: KillOutcome & { readonly index: number }) => void;
}

export interface KillsProof {
  readonly kills: number;
  /** Folders that were closed as `recovered`, in which `verify` finds nothing. */
  readonly recovered: number;
  /** Tracks that opusinfo, ffprobe or ffmpeg do not read to the end. */
  readonly unreadable: number;
  /** Kills of which a track was torn in its last page. */
  readonly torn: number;
  /**
   * Of all tracks: how long before the kill the first packet was sent of those that its end lacks. Without the kills
   * that are excused.
   */
  readonly worstLossMs: number;
  /** Kills that cost more than a second because the machine, with other work, kept the process from running; 0 on a quiet one. */
  readonly excused: number;
  /** A sentence for each thing that is not as it must be, with the number of the kill. */
  readonly findings: readonly string[];
}

/**
 * At a time. A kill takes 4 to 7 s, most of it waiting. On two cores two at a time take 3.3 s a kill, one 5.1 s, and three
 * no less than two but delay each other's writing: 200 kills in about eleven minutes.
 */
const LANES = 2;

/**
 * Kills `record` again and again, each time at another moment, and holds what is recovered against what was sent. Never
 * throws for what goes wrong with a kill: that is a finding, and its folder is not recovered.
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
