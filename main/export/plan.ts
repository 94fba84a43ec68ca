import path from 'node:path';
import { localTimeZone } from '../base/time-zone.ts';
import type { ManifestTrack } from '../recording/manifest.ts';
import type { TrackFiles } from '../recording/track-files.ts';
import { ExportError } from './export-error.ts';
import type { ExportRequest } from './export-request.ts';
import { cuesOf } from './wav-cues.ts';
import type { WavDescription } from './wav-header.ts';
import { layOutWav } from './wav-header.ts';

/** The file of one person. */
export interface PlannedPerson {
  readonly kind: 'person';
  /** Name in the target folder, without ` (2)`. */
  readonly name: string;
  readonly userId: string | null;
  /** The person's Ogg Opus files, absolute; nearly always one. */
  readonly tracks: readonly string[];
  readonly fromSamples: number;
  readonly wav: WavDescription;
}

/** The file with all tracks in it. */
export interface PlannedMixdown {
  readonly kind: 'mixdown';
  readonly name: string;
  readonly wav: WavDescription;
}

export type PlannedFile = PlannedPerson | PlannedMixdown;

/** Every file that an export makes. `people` is in the manifest's order. */
export interface ExportPlan {
  readonly people: readonly PlannedPerson[];
  /** Null when none is wanted, or there is nothing to mix. */
  readonly mixdown: PlannedMixdown | null;
  /** Of all files together. */
  readonly bytes: number;
}

/**
 * The files that a request asks for; `located` is where the disk has the tracks. Of a live recording a track that is not
 * there yet is silence. Tracks of one person become one file, named after the first track with a name.
 * Throws ExportError 'unknown-track' and 'time-outside'.
 */
export function planExport(request: ExportRequest, located: TrackFiles): ExportPlan {
  const { recording, fromSamples, toSamples } = request;
  checkRange(request);
  const { manifest } = recording;
  const description = {
    format: { bitDepth: request.bitDepth, channels: request.channels },
    samples: toSamples - fromSamples,
    cues: cuesOf(manifest, request),
  };
  const describe = (what: string): WavDescription => ({
    ...description,
    broadcast: {
      description: `${what}, ${manifest.guild.name} - ${manifest.channel.name}`,
      originator: manifest.app,
      recordingStartedAtMs: Date.parse(manifest.startedAt),
      // A recording from before the key: the zone of this computer.
      timeZone: manifest.timeZone ?? localTimeZone(),
      fromSamples,
    },
  });
  const people = byPerson(chosenTracks(request)).map((tracks): PlannedPerson => {
    const [first] = tracks;
    return {
      kind: 'person',
      name: exportName(tracks),
      userId: first.userId,
      tracks: tracks.flatMap(({ file }) => {
        const place = located.get(file);
        if (place !== undefined) return [place];
        return recording.live ? [] : [path.join(recording.folder, file)];
      }),
      fromSamples,
      wav: describe(first.name),
    };
  });
  const mixdown: PlannedMixdown | null =
    request.mixdown && people.length > 0
      ? { kind: 'mixdown', name: 'mixdown.wav', wav: describe('mixdown') }
      : null;
  const files = mixdown === null ? people : [...people, mixdown];
  const bytes = files.reduce((sum, file) => sum + layOutWav(file.wav).fileBytes, 0);
  return { people, mixdown, bytes };
}

/** `toSamples` of a live recording is not checked: only its recorder knows the length. */
function checkRange({ recording, fromSamples, toSamples }: ExportRequest): void {
  const inOrder =
    Number.isSafeInteger(fromSamples) &&
    Number.isSafeInteger(toSamples) &&
    fromSamples >= 0 &&
    fromSamples <= toSamples;
  const { state, samples } = recording.manifest;
  if (inOrder && (state === 'recording' || toSamples <= samples)) return;
  const range = `${String(fromSamples)} to ${String(toSamples)}`;
  throw new ExportError('time-outside', `${range} is no part of ${String(samples)} samples`);
}

function chosenTracks({ recording, tracks }: ExportRequest): readonly ManifestTrack[] {
  const all = recording.manifest.tracks;
  if (tracks === null) return all;
  const missing = tracks.find((file) => !all.some((track) => track.file === file));
  if (missing !== undefined) throw new ExportError('unknown-track', `no track ${missing}`);
  return all.filter((track) => tracks.includes(track.file));
}

type TracksOfOne = [ManifestTrack, ...ManifestTrack[]];

/** Tracks by person, in the manifest's order. A track without a user id stays alone. */
function byPerson(tracks: readonly ManifestTrack[]): TracksOfOne[] {
  const people: TracksOfOne[] = [];
  for (const track of tracks) {
    const known = people.find(([{ userId }]) => userId !== null && userId === track.userId);
    if (known === undefined) people.push([track]);
    else known.push(track);
  }
  return people;
}

/** A track file `NN-unknown` keeps that name when its person becomes known; prefer the name of another track. */
function exportName([first, ...others]: TracksOfOne): string {
  const named = [first, ...others].find((track) => !/^tracks\/\d+-unknown\.opus$/.test(track.file));
  return `${path.posix.basename((named ?? first).file, '.opus')}.wav`;
}
