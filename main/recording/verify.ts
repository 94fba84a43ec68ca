import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemErrorCode, toError } from '../base/errors.ts';
import { SAMPLES_PER_MS } from '../base/sample-rate.ts';
import { readEvents } from './event-log.ts';
import { MOST_FINDINGS_A_FILE, type Finding } from './finding.ts';
import { EVENTS_FILE, MANIFEST_FILE } from './layout.ts';
import { openRecording, recordingState } from './library.ts';
import { manifestFault, MOST_MANIFEST_BYTES, parseManifest } from './manifest.ts';
import type { Manifest, ManifestTrack } from './manifest.ts';
import { ManifestFold } from './manifest-fold.ts';
import { lengthFaults } from './manifest-length.ts';
import { readRegular } from './open-regular.ts';
import { toRecordingEvent } from './recording-event.ts';
import { checkSeal } from './seal/check-seal.ts';
import { readSealKey } from './seal/seal-key.ts';
import { scanTrack } from './track/scan-track.ts';
import { orStorageError, StorageError } from './storage-error.ts';
import { findTracks } from './track-files.ts';

/** What `verifyRecording` found; `ok` without a finding. */
export interface Verification {
  readonly ok: boolean;
  /** Files that were read. */
  readonly files: number;
  readonly findings: readonly Finding[];
  /** Up to this sample all is as it was recorded, as the seal tells; null without a seal. */
  readonly sealedUntil: number | null;
  /** By whose key the seal says so; null when it is not signed. */
  readonly signedBy: 'this-installation' | 'another-installation' | null;
}

/**
 * Reads every byte of the recording back. A dead recording is recovered first; nothing else is changed. Throws
 * StorageError: 'not-a-recording', or what cannot be read, or failed in recovering. `settingsFolder`: where this
 * installation's key is; null: it has none.
 */
export function verifyRecording(
  folder: string,
  settingsFolder: string | null = null,
): Promise<Verification> {
  return orStorageError({ cannot: 'read', file: folder }, () => verify(folder, settingsFolder));
}

async function verify(folder: string, settingsFolder: string | null): Promise<Verification> {
  const state = await recordingState(folder);
  if (state === 'absent') throw new StorageError('not-a-recording', `${folder} holds no recording`);
  const live =
    state === 'live' || (state === 'dead' && (await openRecording(folder, settingsFolder)).live);
  const findings: Finding[] = [];
  const text = await readRegular(path.join(folder, MANIFEST_FILE), MOST_MANIFEST_BYTES);
  const fault = text === null ? 'the manifest is missing or cannot be read' : manifestFault(text);
  if (fault !== null) findings.push({ file: MANIFEST_FILE, offset: null, message: fault });
  const manifest = text === null ? null : parseManifest(text);
  if (manifest !== null && !live) findings.push(...checkManifest(manifest));
  const fold = manifest === null || live ? null : new ManifestFold(manifest);
  findings.push(...(await checkEvents(folder, fold)));
  if (manifest !== null && fold !== null) findings.push(...changes(manifest, fold));
  const files = await findTracks(folder);
  for (const [file, place] of files) {
    const track = manifest?.tracks.find((each) => each.file === file) ?? null;
    findings.push(...(await checkTrack(place, { file, track, manifest, live })));
  }
  for (const { file } of manifest?.tracks ?? []) {
    if (!files.has(file) && !live)
      findings.push({ file, offset: null, message: 'the track is missing' });
  }
  const seal = await checkSeal(folder, files, live ? 'live' : 'closed');
  findings.push(...seal.findings);
  const { sealedUntil, publicKey } = seal;
  const samples = manifest === null || live ? Infinity : manifest.samples;
  return {
    ok: findings.length === 0,
    files: files.size + (sealedUntil === null ? 2 : 3),
    findings,
    sealedUntil: sealedUntil === null ? null : Math.min(sealedUntil, samples),
    signedBy: await ownerOf(publicKey, settingsFolder),
  };
}

async function ownerOf(
  publicKey: string | null,
  settingsFolder: string | null,
): Promise<Verification['signedBy']> {
  if (publicKey === null) return null;
  const own = settingsFolder === null ? null : await readSealKey(settingsFolder).catch(() => null);
  return own?.publicKey === publicKey ? 'this-installation' : 'another-installation';
}

function checkManifest(manifest: Manifest): Finding[] {
  const faults = lengthFaults(manifest);
  const { startedAt, stoppedAt, samples } = manifest;
  if (stoppedAt === null) faults.push('the manifest has no stoppedAt');
  else if (Math.abs(Date.parse(stoppedAt) - Date.parse(startedAt) - samples / SAMPLES_PER_MS) > 1)
    faults.push(`stoppedAt is not ${String(samples)} samples after startedAt`);
  return faults.map((message) => ({ file: MANIFEST_FILE, offset: null, message }));
}

/**
 * A finding for each field in which the manifest differs from what the events tell; none when the events lack beginning
 * or end.
 */
function changes(manifest: Manifest, fold: ManifestFold): Finding[] {
  const closed = fold.manifest();
  if (!fold.isWhole || closed.state === 'recording') return [];
  // Recordings recovered before `recovered` was an event may have `stopped` as the last one.
  if (manifest.state === 'recovered' && closed.state === 'complete') return [];
  return [...new Set([...Object.keys(closed), ...Object.keys(manifest)])]
    .filter((key) => !isDeepStrictEqual(manifest[key], closed[key]))
    .map((key) => ({
      file: MANIFEST_FILE,
      offset: null,
      message: `${key} differs from what ${EVENTS_FILE} tells`,
    }));
}

/** Findings in the log; its events go into `fold`. */
async function checkEvents(folder: string, fold: ManifestFold | null): Promise<Finding[]> {
  const findings: Finding[] = [];
  const file = EVENTS_FILE;
  try {
    const add = (finding: Finding): void => {
      if (findings.length < MOST_FINDINGS_A_FILE) findings.push(finding);
    };
    for await (const logged of readEvents(folder, (bad) => add({ file, ...bad }))) {
      if (!Number.isInteger(logged.samples))
        add({ file, offset: null, message: `${logged.event} has no place in samples` });
      const event = toRecordingEvent(logged);
      if (event !== null) fold?.take(event);
      else if (logged.event === 'stopped' || logged.event === 'recovered')
        add({ file, offset: null, message: `${logged.event} does not tell the end` });
    }
  } catch (error) {
    findings.push({ file, offset: null, message: `cannot be read: ${whyNot(error)}` });
  }
  return findings;
}

/** The system's own code; a StorageError names the file too, which a finding does already. */
function whyNot(error: unknown): string {
  const cause = error instanceof StorageError ? (error.cause ?? error) : error;
  return systemErrorCode(cause) ?? toError(cause).message;
}

async function checkTrack(
  place: string,
  of: {
    readonly file: string;
    readonly track: ManifestTrack | null;
    readonly manifest: Manifest | null;
    readonly live: boolean;
  },
): Promise<Finding[]> {
  const { file, track, manifest, live } = of;
  try {
    const scan = await scanTrack(place);
    // A recording under way has no last page (EOS), and its newest page may be written in part.
    const found = scan.findings
      .filter(({ kind }) => !live || (kind !== 'end' && kind !== 'truncated'))
      .map(({ offset, message }) => ({ file, offset, message }));
    if (!scan.headed && found.length === 0)
      found.push({ file, offset: 0, message: 'headers are not those of a track' });
    if (live || manifest === null || found.length > 0) return found.slice(0, MOST_FINDINGS_A_FILE);
    return wholeFaults(manifest, { track, scan }).map((message) => ({
      file,
      offset: null,
      message,
    }));
  } catch (error) {
    return [{ file, offset: null, message: `cannot be read: ${whyNot(error)}` }];
  }
}

/** Faults of a track that only a comparison with the manifest shows. */
function wholeFaults(
  manifest: Manifest,
  of: { track: ManifestTrack | null; scan: { samples: number; sha256: string } },
): string[] {
  const { track, scan } = of;
  if (track === null) return ['the manifest does not know this track'];
  const faults: string[] = [];
  if (scan.samples !== manifest.samples || track.samples !== manifest.samples)
    faults.push(`track has ${String(scan.samples)} samples, not ${String(manifest.samples)}`);
  if (track.sha256 !== scan.sha256) faults.push('SHA-256 is not that of the manifest');
  return faults;
}
