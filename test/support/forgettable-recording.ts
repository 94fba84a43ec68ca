import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportWith } from '../../main/export/export.ts';
import { openRecording } from '../../main/recording/library.ts';
import { Recording } from '../../main/recording/recording.ts';
import { renderHere } from './export-here.ts';
import { ending, recordingOptions, speak, tonePackets } from './recording-files.ts';

export const ZOE_ID = '500000000000000001';
export const BEN_ID = '500000000000000002';

/** Her second name here; in NFC. */
const ZOE = 'Zo\u00eb';
const BEFORE = 'Zoe B. "Zed"';
const SAMPLES = 96_000;
const VOICE = tonePackets(40, 700);
const AT = '2026-11-24T03:20:58.000Z';

/** Her tracks, the second one of an SSRC that was named late, with their peaks. */
export const ZOES_TRACKS = [
  'tracks/01-Zoe B. _Zed_.opus',
  'tracks/01-Zoe B. _Zed_.peaks.dat',
  'tracks/03-unknown.opus',
  'tracks/03-unknown.peaks.dat',
];

/** A closed recording of Zoë and Ben in which everything that may hold somebody holds Zoë; its transcript and exports too. */
export async function forgettableRecording(library: string): Promise<string> {
  const consent = { askFirst: false, none: false, notices: [], people: [], stoppedBy: ZOE_ID };
  const recording = await Recording.create(recordingOptions(library, { consent }));
  const zoe = { userId: ZOE_ID, name: BEFORE };
  const ben = { userId: BEN_ID, name: 'Ben' };
  for (const one of [zoe, ben])
    recording.tell({ event: 'present', samples: 0, ...one, bot: false, excluded: false });
  const notice = { kind: 'message' as const, channelId: '200', ok: true, why: null };
  recording.tell({ event: 'notice', samples: 10, at: AT, ...notice });
  speak(recording.addTrack(zoe), 48, VOICE);
  speak(recording.addTrack(ben), 48, tonePackets(40, 440));
  const late = recording.addTrack({ userId: null, name: 'unknown' });
  speak(late, 48_000, VOICE);
  recording.nameTrack(late, { userId: ZOE_ID, name: ZOE });
  recording.tell({ event: 'named', samples: 20, userId: ZOE_ID, name: ZOE });
  for (const { file } of [late, { file: 'tracks/02-Ben.opus' }]) {
    const packet = { track: file, ssrc: 7, sequence: 1 };
    const arrived = { timestamp: 9, arrivedAtSamples: 60 };
    recording.tell({ event: 'talkspurt', samples: 48, ...packet, ...arrived });
    recording.tell({ event: 'loss', samples: 50, ...packet, count: 1 });
  }
  recording.tell({ event: 'marker', samples: 99, number: 1, note: `${ZOE} and Ben sing` });
  recording.tell({ event: 'left', samples: 90_000, userId: ZOE_ID, name: ZOE });
  await recording.close(ending({ reason: 'user', samples: SAMPLES }));
  const { folder } = recording;
  for (const file of ZOES_TRACKS.filter((name) => name.endsWith('.dat')))
    await writeFile(path.join(folder, file), 'peaks');
  await writeFile(path.join(folder, 'tracks/02-Ben.peaks.dat'), 'peaks');
  const words = [
    { userId: ZOE_ID, name: ZOE, fromSamples: 48, toSamples: 900, text: 'La la' },
    { userId: BEN_ID, name: 'Ben', fromSamples: 48, toSamples: 900, text: `Sing, ${ZOE}!` },
  ];
  await writeFile(path.join(folder, 'words.json'), JSON.stringify({ utterances: words }));
  await addExports(folder);
  return folder;
}

/** What `export` makes of it, and tables and projects beside. */
async function addExports(folder: string): Promise<void> {
  const recording = await openRecording(folder);
  await exportWith(renderHere, {
    recording,
    format: 'wav',
    bitDepth: '16',
    channels: 'mono',
    tracks: null,
    mixdown: true,
    fromSamples: 0,
    toSamples: SAMPLES,
    folder: path.join(folder, 'exports'),
  });
  const made = {
    '01-Zoe B. _Zed_ (2).flac': VOICE[0] ?? '',
    '02-Ben (2).flac': 'Ben',
    '.tapedeck-0123456789abcdef.part': VOICE[0] ?? '',
    'mixdown (2).opus': VOICE[0] ?? '',
    'by name, Zo\u00eb.wav': VOICE[0] ?? '',
    'talk.csv': 'P1,48,900',
    'project.rpp': '<TRACK\n  NAME "Zo&#235;"\n>',
    'project.aup': `<wavetrack name="Zo\\u00eb"/>`,
    'captions.vtt': Buffer.from(`<v ${ZOE}>La`, 'utf16le'),
    'chapters.txt': '00:00:01.000 A song',
  };
  for (const [name, content] of Object.entries(made))
    await writeFile(path.join(folder, 'exports', name), content);
  await mkdir(path.join(folder, 'exports/project_data'));
  await writeFile(path.join(folder, 'exports/project_data/e0001.au'), VOICE[1] ?? '');
}

/** Files and folders below a folder, relative, with `/` between, sorted. */
export async function namesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.map((name) => name.split(path.sep).join('/')).sort();
}

/** Sound of Ben's that `forget` tells of: the marker in it has Zoë's name. */
const WITH_MARKER = path.join('exports', '02-Ben.wav');

/** Every trace of Zoë below a folder: where it is, and what of her it is. Searched byte by byte. */
export async function tracesOfZoe(folder: string): Promise<string[]> {
  const names = [ZOE_ID, ZOE, BEFORE, 'Zoe B. _Zed_', ZOE.normalize('NFD')];
  const needles = new Map<string, Buffer>();
  for (const name of names) {
    const escaped = JSON.stringify(name)
      .slice(1, -1)
      .replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
    needles.set(`${name} in UTF-8`, Buffer.from(name));
    needles.set(`${name} in UTF-16`, Buffer.from(name, 'utf16le'));
    needles.set(`${name} in JSON`, Buffer.from(escaped));
  }
  for (const packet of VOICE.slice(0, 10))
    needles.set(`packet ${Buffer.from(packet).toString('hex')}`, Buffer.from(packet));
  const traces: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const place = path.join(entry.parentPath, entry.name);
    if (place.endsWith(WITH_MARKER)) continue;
    const bytes = entry.isFile() ? await readFile(place) : Buffer.alloc(0);
    for (const [what, needle] of needles) {
      if (bytes.includes(needle) || Buffer.from(entry.name).includes(needle))
        traces.push(`${place}: ${what}`);
    }
  }
  return traces;
}
