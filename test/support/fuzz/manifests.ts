import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lengthFaults, withinLength } from '../../../main/recording/manifest-length.ts';
import { manifestFault, parseManifest, writeManifest } from '../../../main/recording/manifest.ts';
import { openRecording } from '../../../main/recording/library.ts';
import { StorageError } from '../../../main/recording/storage-error.ts';
import { ManifestFold } from '../../../main/recording/manifest-fold.ts';
import { toRecordingEvent } from '../../../main/recording/recording-event.ts';
import { verifyRecording } from '../../../main/recording/verify.ts';
import { makeRecording } from '../recording-folder.ts';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { changedBytes } from './changed-bytes.ts';
import { changedJson, toJson, type Json } from './changed-json.ts';
import { FuzzRun, type FuzzReport } from './fuzz-run.ts';

const at = '2026-11-23T10:15:30.123Z';
const TRACK = 'tracks/01-ann.opus';
const SAMPLES = 48_000;

/** Events that a manifest is folded from, one of each kind. */
const EVENTS: readonly { readonly [key: string]: Json }[] = [
  {
    event: 'recording',
    app: 'tapedeck 0.1.0',
    startedAt: at,
    transport: 't',
    consent: {},
    guild: { id: '1', name: 'g' },
    channel: { id: '2', name: 'c', kind: 'voice' },
  },
  { event: 'started', startedAt: at },
  { event: 'track', file: TRACK, userId: '11', name: 'ann' },
  { event: 'gap', reason: 'reconnect', fromSamples: 0, toSamples: 960 },
  { event: 'marker', note: 'here' },
  { event: 'pause' },
  { event: 'resume' },
  { event: 'present', userId: '11', name: 'ann', bot: false, excluded: false },
  { event: 'left', userId: '11', name: 'ann' },
  { event: 'e2ee', version: 1, transitions: 2, epoch: 3, privacyCode: '1' },
  { event: 'talkspurt', track: TRACK, ssrc: 1, sequence: 2, timestamp: 3, arrivedAtSamples: 4 },
];

/** Every 2000th input is a folder on disk, which is recovered and verified. */
const INPUTS_A_FOLDER = 2_000;

/** Events that one fold takes before the next one begins. */
const EVENTS_A_LOG = 200;

const HUGE = 2_000;

/** Reads wrong manifests and events, as text and as folders that are opened, recovered and verified. */
export async function fuzzManifests(options: {
  readonly count: number;
  readonly seed: number;
}): Promise<FuzzReport> {
  const random = new SeededRandom(options.seed);
  const run = new FuzzRun({ kind: 'manifests and events', ...options, hangMs: 5_000 });
  const library = await mkdtemp(path.join(tmpdir(), 'tapedeck-fuzz-'));
  const model = path.join(library, 'model');
  const opus = Array.from({ length: 40 }, (_, mark) => Uint8Array.of(0x78, mark, 1, 2, 3, 4));
  const made = { samples: SAMPLES, tracks: [{ file: TRACK, userId: '11', packets: opus }] };
  const { manifest } = await makeRecording(model, made);
  const person = { userId: '11', name: 'ann', bot: false, excluded: false, present: [[0, 960]] };
  const whole = toJson({
    ...manifest,
    people: [person],
    pauses: [[0, 960]],
    consent: { noNotice: false },
    gaps: [{ reason: 'network', fromSamples: 0, toSamples: 960 }],
    markers: [{ samples: 5, note: 'here' }],
  });
  const track = await readFile(path.join(model, TRACK));
  const first = parseManifest(JSON.stringify(whole));
  if (first === null) throw new Error('the model is no manifest');
  let told = new ManifestFold(first);
  while (run.goesOn) {
    if (run.tried % EVENTS_A_LOG === 0) told = new ManifestFold(first);
    if (run.tried % INPUTS_A_FOLDER === INPUTS_A_FOLDER - 1) {
      const folder = path.join(library, String(run.tried));
      const files = await writeFolder(folder, { whole, track, random });
      await run.tryLater(files, () => openFolder(folder));
      await rm(folder, { recursive: true, force: true });
    } else if (random.next() < 0.5) {
      const text = changedJson(whole, random, HUGE);
      run.try(text, () => takeManifest(text));
    } else {
      const text = wrongEvent(random);
      run.try(text, () => takeEvent(told, text, random));
    }
  }
  await rm(library, { recursive: true, force: true });
  return run.report();
}

function takeManifest(text: string): string {
  const manifest = parseManifest(text);
  const fault = manifestFault(text);
  if ((manifest === null) !== (fault !== null)) throw new Error(`a fault is ${String(fault)}`);
  if (manifest === null) return `manifest refused: ${fault?.split(/[:.]/)[0] ?? ''}`;
  const cut = withinLength(manifest);
  lengthFaults(cut);
  if (parseManifest(writeManifest(manifest)) === null) throw new Error('cannot be read back');
  return 'manifest taken';
}

function takeEvent(told: ManifestFold, text: string, random: SeededRandom): string {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return 'event: no JSON';
  }
  if (!isEvent(event)) return 'event: none';
  const known = toRecordingEvent(event);
  if (known === null) return 'event: passed over';
  told.take(known);
  if (random.next() < 0.05 && parseManifest(writeManifest(told.manifest())) === null)
    throw new Error('the manifest behind it cannot be read back');
  return `event: ${known.event}`;
}

function isEvent(value: unknown): value is { event: string; at: string; samples: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { event, at: time, samples } = { event: 0, at: 0, samples: '', ...value };
  return typeof event === 'string' && typeof time === 'string' && typeof samples === 'number';
}

function wrongEvent(random: SeededRandom): string {
  const event = EVENTS[random.integer(EVENTS.length)] ?? {};
  return changedJson({ at, samples: random.integer(SAMPLES), ...event }, random, HUGE);
}

/** Writes a folder with wrong files; gives the manifest's text, to be shown when it fails. */
async function writeFolder(
  folder: string,
  from: { readonly whole: Json; readonly track: Uint8Array; readonly random: SeededRandom },
): Promise<string> {
  const { whole, track, random } = from;
  await mkdir(path.join(folder, 'tracks'), { recursive: true });
  const state = random.next() < 0.7 ? { state: 'recording', stoppedAt: null, reason: null } : {};
  const model = toJson(Object.assign({}, whole, state));
  const text = random.next() < 0.3 ? JSON.stringify(model) : changedJson(model, random, 20_000);
  const lines = Array.from({ length: random.integer(40) }, () => wrongEvent(random));
  const files: [string, string | Uint8Array][] = [
    ['events.jsonl', lines.join('\n')],
    [TRACK, random.next() < 0.2 ? track : changedBytes(track, random)],
  ];
  if (random.next() < 0.8) files.push(['recording.json', text]);
  if (random.next() < 0.3) files.push(['recording.lock', changedJson({ pid: 1 }, random)]);
  for (const [name, content] of files) await writeFile(path.join(folder, name), content);
  return text;
}

/** Opens the folder, which recovers it, and verifies it. */
async function openFolder(folder: string): Promise<string> {
  try {
    const { manifest, live } = await openRecording(folder);
    const { findings } = await verifyRecording(folder);
    if (live) return 'folder: live';
    if (manifest.state === 'recovered' && findings.some(({ file }) => file.startsWith('tracks/')))
      throw new Error(`recovered, and then ${findings[0]?.message ?? ''}`);
    if ((await readdir(path.join(folder, 'tracks'))).some((name) => name.endsWith('.new')))
      throw new Error('something half-written stays');
    return `folder: ${manifest.state}, ${findings.length === 0 ? 'nothing' : 'something'} found`;
  } catch (error) {
    if (error instanceof StorageError) return `folder: refused, ${error.reason}`;
    throw error;
  }
}
