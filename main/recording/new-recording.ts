import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isTooLong, systemErrorCode } from '../base/errors.ts';
import { makeOwnFolder } from '../base/plain-file.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { recordingFolderName } from './layout.ts';
import { NO_REJECTS, type Consent, type Manifest } from './manifest.ts';

/** Server and channel that are recorded. */
export interface RecordingPlace {
  readonly guild: { readonly id: string; readonly name: string };
  readonly channel: {
    readonly id: string;
    readonly name: string;
    readonly kind: 'voice' | 'stage';
  };
}

/** What is known of a recording before it begins. */
export interface NewRecording {
  readonly libraryFolder: string;
  readonly place: RecordingPlace;
  /** `tapedeck 0.1.0` */
  readonly app: string;
  /** The server's own name of the transport mode. */
  readonly transport: string;
  readonly consent: Consent;
  readonly clock: Clock;
  /** Zone of this computer (IANA). */
  readonly timeZone: string;
}

/** What the first manifest holds; recordings from before `timeZone` have none. */
export type FirstFacts = Pick<NewRecording, 'app' | 'place' | 'transport' | 'consent'> & {
  readonly timeZone?: string | undefined;
};

/** The manifest of a recording that begins at `startedAtMs` (since 1970): no people, tracks or samples yet. */
export function firstManifest(
  { app, timeZone, place, transport, consent }: FirstFacts,
  startedAtMs: number,
): Manifest {
  return {
    schema: 1,
    state: 'recording',
    app,
    startedAt: new Date(startedAtMs).toISOString(),
    stoppedAt: null,
    reason: null,
    sampleRate: SAMPLE_RATE_HZ,
    samples: 0,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...place,
    transport,
    dave: { version: 0, transitions: 0 },
    people: [],
    tracks: [],
    rejected: { ...NO_REJECTS },
    gaps: [],
    markers: [],
    pauses: [],
    consent: { ...consent },
  };
}

/**
 * Makes the recording's folder, with ` (2)` and so on while the name is taken, and with shorter names where the disk
 * refuses the length; absolute. Throws the system's error.
 */
export async function makeFolder(options: NewRecording): Promise<string> {
  const { libraryFolder, place, clock, timeZone } = options;
  const names = { guild: place.guild.name, channel: place.channel.name };
  const startedAt = { wallMs: clock.wallMs(), timeZone };
  let name = recordingFolderName(startedAt, names);
  const short = recordingFolderName(startedAt, names, 'short');
  await makeOwnFolder(libraryFolder);
  for (let number = 1; ;) {
    const folder = path.resolve(libraryFolder, number === 1 ? name : `${name} (${String(number)})`);
    try {
      await mkdir(folder, 0o700);
      return folder;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EEXIST') number += 1;
      else if (isTooLong(error) && name !== short) name = short;
      else throw error;
    }
  }
}
