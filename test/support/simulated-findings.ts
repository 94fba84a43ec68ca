import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isTalk } from '../../main/audio/opus-silence.ts';
import type { Manifest, ManifestTrack } from '../../main/recording/manifest.ts';
import { readTrack } from '../../main/recording/track/track-reader.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { readManifestOf } from './checked-tracks.ts';
import { ffmpegLength, opusComplaints } from './ffprobe.ts';
import type { SentTally } from './simulated-tally.ts';
import type { SimulatedCall } from './simulated-call.ts';
import type { Plan } from './simulated-plan.ts';

/** What is in the files of a simulated recording, compared with what was sent. */
export interface SimulatedResult {
  /** Length of every track. */
  readonly samples: number;
  readonly tracks: number;
  readonly sent: number;
  readonly packets: number;
  readonly lost: number;
  readonly late: number;
  readonly padding: number;
  readonly duplicate: number;
  /** Packets sent in a gap or a pause. */
  readonly elsewhere: number;
  /** Reasons, in order. */
  readonly gaps: readonly string[];
  readonly markers: number;
  readonly comings: number;
  readonly fileBytes: number;
  readonly eventBytes: number;
  /** A sentence for each thing that is wrong. */
  readonly findings: readonly string[];
}

const GAP_REASONS = { outage: 'network', pause: 'pause', break: 'server-move' } as const;

/** Reads the recording back with our own readers, opusinfo and ffmpeg. */
export async function readResult(
  folder: string,
  told: { readonly plan: Plan; readonly call: SimulatedCall; readonly faults: readonly string[] },
): Promise<SimulatedResult> {
  const { plan, call, faults } = told;
  const manifest = await readManifestOf(folder);
  const findings = [...faults];
  for (const { file, message } of (await verifyRecording(folder)).findings) {
    findings.push(`${file}: ${message}`);
  }
  const sum = { sent: 0, packets: 0, lost: 0, late: 0, padding: 0, duplicate: 0, elsewhere: 0 };
  let fileBytes = 0;
  for (const { userId, tally } of call.people) {
    const track = manifest.tracks.find((each) => each.userId === userId);
    if (track === undefined) {
      findings.push(`${userId} has no track`);
      continue;
    }
    const of = await trackFindings(path.join(folder, track.file), track, tally);
    findings.push(...of.map((text) => `${track.file}: ${text}`));
    fileBytes += (await stat(path.join(folder, track.file))).size;
    sum.sent += tally.sent;
    sum.elsewhere += tally.elsewhere;
    for (const key of ['packets', 'lost', 'late', 'padding', 'duplicate'] as const) {
      sum[key] += track[key];
    }
  }
  findings.push(...(await foreignFindings(folder, manifest)), ...planFindings(manifest, plan));
  for (const [reason, count] of Object.entries(call.rejected)) {
    const counted = manifest.rejected[reason];
    if (counted !== count)
      findings.push(`${String(counted)} ${reason}, ${String(count)} were sent`);
  }
  return {
    ...sum,
    samples: manifest.samples,
    tracks: manifest.tracks.length,
    gaps: manifest.gaps.map(({ reason }) => reason),
    markers: manifest.markers.length,
    comings: manifest.people.reduce((count, { present }) => count + present.length, 0),
    fileBytes,
    eventBytes: (await stat(path.join(folder, 'events.jsonl'))).size,
    findings,
  };
}

async function trackFindings(
  file: string,
  track: ManifestTrack,
  tally: SentTally,
): Promise<string[]> {
  const findings: string[] = [];
  const expected = { ...tally.expected, undecryptable: 0 };
  for (const [key, count] of Object.entries(expected)) {
    const counted = String(track[key]);
    if (counted !== String(count))
      findings.push(`${counted} ${key}, ${String(count)} in the tally`);
  }
  const speech = createHash('sha256');
  for await (const { packet } of readTrack(file)) if (isTalk(packet)) speech.update(packet);
  if (speech.digest('hex') !== tally.speechHash()) findings.push('speech is not as it was sent');
  return findings;
}

async function foreignFindings(folder: string, { tracks, samples }: Manifest): Promise<string[]> {
  const findings: string[] = [];
  for (const { file } of tracks) {
    const complaints = await opusComplaints(path.join(folder, file));
    findings.push(...complaints.map((line) => `${file}: ${line}`));
  }
  const [first] = tracks; // ffmpeg takes several seconds for an hour of one track
  if (first === undefined) return ['no track'];
  const decoded = await ffmpegLength(path.join(folder, first.file));
  if (decoded !== samples)
    findings.push(`${first.file}: ffmpeg decodes ${String(decoded)} samples`);
  return findings;
}

function planFindings(manifest: Manifest, { stretches, markersMs, wholeMs }: Plan): string[] {
  const findings: string[] = [];
  const planned = stretches.filter(({ fromMs }) => fromMs < wholeMs);
  const reasons = planned.map(({ kind }) => GAP_REASONS[kind]).join();
  const counted = manifest.gaps.map(({ reason }) => reason).join();
  if (counted !== reasons) findings.push(`the gaps are ${counted}`);
  const marks = manifest.markers.map(({ samples }) => samples).join();
  if (marks !== markersMs.map((ms) => ms * 48).join()) findings.push(`markers are at ${marks}`);
  // A last packet that begins before the end makes the recording longer, by less than the packet.
  const over = manifest.samples - wholeMs * 48;
  if (over < 0 || over >= 960) findings.push(`length is ${String(over)} samples off`);
  return findings;
}
