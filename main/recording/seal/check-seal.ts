import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readLines } from '../event-log.ts';
import { MOST_FINDINGS_A_FILE, type Finding } from '../finding.ts';
import { EVENTS_FILE, SEAL_FILE } from '../layout.ts';
import { StorageError } from '../storage-error.ts';
import type { TrackFiles } from '../track-files.ts';
import { SealChain } from './seal-chain.ts';
import { sealName } from './seal-line.ts';
import { SealedFiles } from './sealed-files.ts';

/** What a recording's seal says of it. */
export interface SealCheck {
  /** Up to this sample everything that was on the disk is as it was recorded; null without a seal. */
  readonly sealedUntil: number | null;
  /** Key of the signatures up to there, as in `SealKey`; null: nothing is signed. */
  readonly publicKey: string | null;
  readonly findings: readonly Finding[];
  /** The files that the seal names, by `sealName`. */
  readonly files: ReadonlySet<string>;
  /** Where another line can follow; null where the chain is broken, and without a seal. */
  readonly end: SealEnd | null;
}

/** The end of a seal. */
export interface SealEnd {
  /** Number of the last whole line; -1 when there is none. */
  readonly n: number;
  /** What the next line's `previous` is. */
  readonly hash: string | null;
  /** Bytes of the whole lines. */
  readonly bytes: number;
  /** Key of the last line, as in `SealKey`. */
  readonly publicKey: string | null;
}

/** Whether the recording goes on, died, or is over: only then is the seal to have its end. */
export type SealedState = 'live' | 'dead' | 'closed';

const NO_SEAL: SealCheck = {
  sealedUntil: null,
  publicKey: null,
  findings: [],
  files: new Set(),
  end: null,
};

/**
 * Compares a recording with its seal, line by line: every signature, every link of the chain, every byte of the tracks
 * and the log. `tracks`: those that are there. Throws nothing but bugs: what cannot be read is a finding.
 */
export async function checkSeal(
  folder: string,
  tracks: TrackFiles,
  state: SealedState,
): Promise<SealCheck> {
  const chain = new SealChain();
  const files = new SealedFiles(folder, tracks);
  try {
    const { fault, bytes } = await follow(folder, { chain, files, state });
    return await result({ chain, files, tracks, state, fault, bytes });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return NO_SEAL; // made before there were seals
    const code = error instanceof StorageError ? error.reason : systemErrorCode(error);
    if (code === null) throw error;
    return { ...NO_SEAL, sealedUntil: 0, findings: [whole(SEAL_FILE, `cannot be read: ${code}`)] };
  }
}

type Fault = { readonly offset: number; readonly message: string } | null;

/** Takes lines as far as they belong there. */
async function follow(
  folder: string,
  to: { readonly chain: SealChain; readonly files: SealedFiles; readonly state: SealedState },
): Promise<{ fault: Fault; bytes: number }> {
  const { chain, files, state } = to;
  let end = 0;
  for await (const { offset, bytes, whole } of readLines(path.join(folder, SEAL_FILE))) {
    if (!whole) {
      const message = 'the last line is cut off';
      return { fault: state === 'closed' ? { offset, message } : null, bytes: end };
    }
    const taken = chain.take(bytes);
    if (typeof taken === 'string') return { fault: { offset, message: taken }, bytes: end };
    if (!(await files.take(taken)))
      return { fault: { offset, message: 'the seal names too many files' }, bytes: end };
    end = offset + bytes.byteLength + 1;
  }
  return { fault: null, bytes: end };
}

async function result(of: {
  readonly chain: SealChain;
  readonly files: SealedFiles;
  readonly tracks: TrackFiles;
  readonly state: SealedState;
  readonly fault: Fault;
  readonly bytes: number;
}): Promise<SealCheck> {
  const { chain, files, tracks, state, fault, bytes } = of;
  const { samples, changed } = await files.end();
  const { names } = files;
  // Of a recording under way a track may just have been removed, which the next line tells.
  const places = new Map([EVENTS_FILE, ...tracks.keys()].map((file) => [sealName(file), file]));
  const findings: Finding[] = changed
    .filter((name) => state !== 'live' || places.has(name))
    .map((name) => whole(places.get(name) ?? name, 'is not as sealed'));
  if (fault !== null) findings.push({ file: SEAL_FILE, ...fault });
  else if (state === 'closed' && !files.isOver)
    findings.push(whole(SEAL_FILE, 'the end of the seal is missing'));
  else if (state === 'closed') {
    const strangers = [...tracks.keys()].filter((file) => !names.has(sealName(file)));
    findings.push(...strangers.map((file) => whole(file, 'is not in the seal')));
  }
  const { last, publicKey, firstPublicKey } = chain;
  const end = { n: last?.line.n ?? -1, hash: last?.hash ?? null, bytes, publicKey };
  return {
    sealedUntil: samples,
    publicKey: firstPublicKey,
    findings: findings.slice(0, MOST_FINDINGS_A_FILE),
    files: names,
    end: fault === null ? end : null,
  };
}

/** A finding about a whole file. */
function whole(file: string, message: string): Finding {
  return { file, offset: null, message };
}
