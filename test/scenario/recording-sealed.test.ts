import { generateKeyPairSync, sign } from 'node:crypto';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { z } from 'zod';
import { openRecording } from '../../main/recording/library.ts';
import { addSealLine } from '../../main/recording/seal/add-seal-line.ts';
import { checkSeal } from '../../main/recording/seal/check-seal.ts';
import { hashLine, sealName } from '../../main/recording/seal/seal-line.ts';
import { findTracks } from '../../main/recording/track-files.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { ending } from '../support/recording-files.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import {
  ADA,
  BEN,
  checkByPython,
  closeSealed,
  EVENTS,
  recordSealed,
  SEAL,
  sealLines,
  SECONDS,
  writeSealLines,
  type SealedPlaces,
} from '../support/sealed-recording.ts';

const SAMPLES = SECONDS * 48_000;

/** Samples that the lines between the first and the last tell: flushes are 400 ms apart. */
const TOLD = [57_600, 96_000, 153_600, 192_000, 249_600, 288_000];

async function places(): Promise<SealedPlaces & { readonly settings: string }> {
  const folder = await scratchFolder();
  return { library: path.join(folder, 'library'), settings: path.join(folder, 'settings') };
}

/** One closed recording, of which each test below changes a copy. */
let original: { readonly folder: string; readonly settings: string };

beforeAll(async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'tapedeck-sealed-'));
  const settings = path.join(root, 'settings');
  original = {
    folder: await closeSealed({ library: path.join(root, 'library'), settings }),
    settings,
  };
  return () => rm(root, { recursive: true, force: true });
});

async function copyOfOriginal(): Promise<string> {
  const folder = path.join(await scratchFolder(), 'copy');
  await cp(original.folder, folder, { recursive: true });
  return folder;
}

const lineOfSeal = z.looseObject({
  samples: z.int(),
  files: z.record(z.string(), z.looseObject({ bytes: z.int() }).nullable()),
});

function parsed(lines: readonly string[]): z.infer<typeof lineOfSeal>[] {
  return lines.map((line) => lineOfSeal.parse(JSON.parse(line)));
}

/** Asserts that the checker in Python comes to the same result; skips the test, and says so, where there is no Python. */
async function expectSameByPython(
  folder: string,
  of: { readonly sealedUntil: number | null; readonly ok: boolean; readonly found?: string },
  { skip }: Pick<TestContext, 'skip'>,
): Promise<void> {
  const verdict = await checkByPython(folder);
  if (verdict === null) return skip('python3 is missing: nothing checks the seal independently');
  const { sealedUntil, faults, signatures } = verdict;
  if (signatures === 'no openssl')
    return skip('openssl is missing: nothing checks the signatures independently');
  expect({ sealedUntil, ok: faults.length === 0 }).toEqual({
    sealedUntil: of.sealedUntil,
    ok: of.ok,
  });
  expect(faults.join()).toContain(sealName(of.found ?? ''));
}

test('a line a second tells what is on the disk, with the privacy code, and the last one all of it', async (context) => {
  const folder = await copyOfOriginal();
  const lines = parsed(await sealLines(folder));
  expect(lines.map(({ samples }) => samples)).toEqual([0, ...TOLD, SAMPLES]);
  expect(lines[0]).toMatchObject({ n: 0, seal: 1, startedAt: '2026-11-23T10:15:30.000Z' });
  expect(lines.flatMap(({ e2ee }) => e2ee ?? [])).toEqual([
    { epoch: 7, privacyCode: '11111 22222' },
  ]);
  expect(Object.keys(lines[1]?.files ?? {})).toEqual([EVENTS, 'tracks/01', 'tracks/02']);
  expect(Object.keys(lines[6]?.files ?? {})).not.toContain('tracks/02'); // who said nothing more
  const last = lines.at(-1);
  expect(last).toMatchObject({ act: 'closed', sealedUntil: SAMPLES });
  for (const file of [EVENTS, ADA, BEN])
    expect(last?.files[sealName(file)]?.bytes).toBe(
      (await readFile(path.join(folder, file))).byteLength,
    );
  const verified = await verifyRecording(folder, original.settings);
  expect(verified).toEqual({
    ok: true,
    files: 5,
    findings: [],
    sealedUntil: SAMPLES,
    signedBy: 'this-installation',
  });
  await expectSameByPython(folder, verified, context);
});

test('without a key the lines are chained, not signed', async (context) => {
  const { library } = await places();
  const folder = await closeSealed({ library, settings: null });
  const verified = await verifyRecording(folder);
  expect(verified).toMatchObject({ ok: true, sealedUntil: SAMPLES, signedBy: null });
  await expectSameByPython(folder, verified, context);
});

test('a recording of before there were seals has no finding', async () => {
  const folder = await copyOfOriginal();
  await rm(path.join(folder, SEAL));
  expect(await verifyRecording(folder, original.settings)).toEqual({
    ok: true,
    files: 4,
    findings: [],
    sealedUntil: null,
    signedBy: null,
  });
});

/** Flips a bit of a file. */
async function flip(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

interface Attack {
  readonly what: string;
  readonly attack: (folder: string, lines: readonly string[]) => Promise<void>;
  /** File of a finding. */
  readonly found: string;
  readonly sealedUntil: number;
}

/** Bytes that the line tells of a file. */
function bytesTold(lines: readonly string[], n: number, file: string): number {
  return parsed(lines)[n]?.files[sealName(file)]?.bytes ?? NaN;
}

const without = (lines: readonly string[], n: number): string[] =>
  lines.filter((_, index) => index !== n);

const attacks: readonly Attack[] = [
  {
    what: 'a byte of a track is flipped',
    attack: (folder, lines) => flip(path.join(folder, ADA), bytesTold(lines, 3, ADA) + 50),
    found: ADA,
    sealedUntil: TOLD[3] ?? 0, // the line after that tells nothing of this track
  },
  {
    what: 'a byte of its first page is flipped',
    attack: (folder) => flip(path.join(folder, BEN), 60),
    found: BEN,
    sealedUntil: 0,
  },
  {
    what: 'a track is cut',
    attack: (folder, lines) => truncate(path.join(folder, ADA), bytesTold(lines, 5, ADA) - 1),
    found: ADA,
    sealedUntil: TOLD[3] ?? 0,
  },
  {
    what: 'something is added to a track',
    attack: (folder) => appendFile(path.join(folder, ADA), 'x'),
    found: ADA,
    sealedUntil: SAMPLES,
  },
  {
    what: 'a track is deleted',
    attack: (folder) => rm(path.join(folder, BEN)),
    found: sealName(BEN),
    sealedUntil: 0,
  },
  {
    what: 'an event is edited',
    attack: async (folder) => {
      const file = path.join(folder, EVENTS);
      await writeFile(file, (await readFile(file, 'utf8')).replace('11111 22222', '11111 33333'));
    },
    found: EVENTS,
    sealedUntil: TOLD[1] ?? 0,
  },
  {
    what: 'two lines are swapped',
    attack: (folder, lines) =>
      writeSealLines(folder, [
        ...lines.slice(0, 3),
        ...lines.slice(3, 5).reverse(),
        ...lines.slice(5),
      ]),
    found: SEAL,
    sealedUntil: TOLD[1] ?? 0,
  },
  {
    what: 'a line is dropped',
    attack: (folder, lines) => writeSealLines(folder, without(lines, 4)),
    found: SEAL,
    sealedUntil: TOLD[2] ?? 0,
  },
  {
    what: 'the last line is dropped',
    attack: (folder, lines) => writeSealLines(folder, lines.slice(0, -1)),
    found: SEAL,
    sealedUntil: TOLD[5] ?? 0,
  },
  {
    what: 'a number in a line is changed',
    attack: (folder, lines) =>
      writeSealLines(
        folder,
        lines.map((line, n) => (n === 2 ? line.replace('96000', '96001') : line)),
      ),
    found: SEAL,
    sealedUntil: TOLD[0] ?? 0,
  },
  {
    what: 'the lines from one on are signed with another key',
    attack: (folder, lines) => writeSealLines(folder, resign(lines, 3)),
    found: SEAL,
    sealedUntil: TOLD[1] ?? 0,
  },
];

/** The lines from number `from` on, chained anew and signed with a stranger's key, which they do not name. */
function resign(lines: readonly string[], from: number): string[] {
  const { privateKey } = generateKeyPairSync('ed25519');
  const made: string[] = [];
  for (const [n, line] of lines.entries()) {
    if (n < from) made.push(line);
    else {
      const [unsigned] = parsed([line.replace(/,"signature":"[^"]*"/, '')]);
      const body = JSON.stringify({ ...unsigned, previous: hashLine(made.at(-1) ?? '') });
      const signature = sign(null, Buffer.from(body), privateKey).toString('base64');
      made.push(`${body.slice(0, -1)},"signature":"${signature}"}`);
    }
  }
  return made;
}

describe('it is found that', () => {
  test.for(attacks)('$what', async ({ attack, found, sealedUntil }, context) => {
    const folder = await copyOfOriginal();
    await attack(folder, await sealLines(folder));
    const verified = await verifyRecording(folder, original.settings);
    expect(verified).toMatchObject({ ok: false, sealedUntil });
    const messages = verified.findings.filter(({ file }) => file === found);
    expect(messages.map(({ message }) => message)).toContainEqual(
      found === SEAL ? expect.any(String) : 'is not as sealed',
    );
    await expectSameByPython(folder, { sealedUntil, ok: false, found }, context);
  });

  test('a track was added that the seal does not name', async () => {
    const folder = await copyOfOriginal();
    const added = 'tracks/03-Eve.opus';
    await cp(path.join(folder, ADA), path.join(folder, added));
    const told = { event: 'track', at: '2026-11-23T10:15:30.000Z', samples: 0, file: added };
    await appendFile(
      path.join(folder, EVENTS),
      `${JSON.stringify({ ...told, userId: '3', name: 'Eve' })}\n`,
    );
    const { findings } = await verifyRecording(folder, original.settings);
    expect(findings).toContainEqual({ file: added, offset: null, message: 'is not in the seal' });
  });

  test('everything is signed anew with another key, or comes from elsewhere', async () => {
    const forged = await closeSealed(await places());
    for (const settings of [original.settings, null])
      expect(await verifyRecording(forged, settings)).toMatchObject({
        ok: true,
        sealedUntil: SAMPLES,
        signedBy: 'another-installation',
      });
  });
});

/** A copy of a recording under way, as a crash leaves it, whose process is gone. */
async function dead({ library, settings }: SealedPlaces): Promise<string> {
  await using recording = (await recordSealed({ library, settings })).recording;
  const folder = path.join(library, 'dead');
  await cp(recording.folder, folder, { recursive: true });
  await rm(path.join(folder, 'recording.lock'));
  return folder;
}

describe('a recording that died', () => {
  test('is sealed by its recovery up to the last line', async (context) => {
    const at = await places();
    const folder = await dead(at);
    await appendFile(path.join(folder, SEAL), '{"n":7,"at":"20'); // torn
    await openRecording(folder, at.settings);
    const verified = await verifyRecording(folder, at.settings);
    expect(verified).toMatchObject({ ok: true, findings: [], signedBy: 'this-installation' });
    expect(verified.sealedUntil).toBeGreaterThan(SAMPLES - 48_000);
    expect(parsed(await sealLines(folder)).at(-1)).toMatchObject({ act: 'recovered' });
    await expectSameByPython(folder, verified, context);
  });

  test('and was changed before its recovery is sealed up to the change', async (context) => {
    const at = await places();
    const folder = await dead(at);
    await flip(path.join(folder, ADA), bytesTold(await sealLines(folder), 3, ADA) + 50);
    await openRecording(folder, at.settings);
    const verified = await verifyRecording(folder, at.settings);
    expect(verified).toMatchObject({ ok: true, sealedUntil: TOLD[3] });
    await expectSameByPython(folder, verified, context);
  });

  test('is not vouched for by the key of whoever recovers it elsewhere', async () => {
    const at = await places();
    const other = await places();
    const folder = await dead(at);
    await openRecording(folder, other.settings);
    const copied = await verifyRecording(folder, at.settings);
    expect(copied).toMatchObject({ ok: true, findings: [], signedBy: 'this-installation' });
    expect(copied.sealedUntil).toBeGreaterThanOrEqual(TOLD[3] ?? 0);
    await flip(path.join(folder, ADA), 60);
    expect(await verifyRecording(folder, at.settings)).toMatchObject({ ok: false, sealedUntil: 0 });
  });

  test('before the first line was written has an empty seal, which recovery begins', async () => {
    const at = await places();
    const folder = await dead(at);
    await writeFile(path.join(folder, SEAL), '');
    await openRecording(folder, at.settings);
    expect(await verifyRecording(folder, at.settings)).toMatchObject({ ok: true, sealedUntil: 0 });
  });
});

test('what is added after a track was taken out covers the new log, and hides no other change', async (context) => {
  const folder = await copyOfOriginal();
  const forget = async (): Promise<void> => {
    const before = await checkSeal(folder, await findTracks(folder), 'closed');
    await rm(path.join(folder, BEN), { force: true });
    const events = path.join(folder, EVENTS);
    const lines = (await readFile(events, 'utf8')).split('\n');
    await writeFile(events, lines.filter((line) => !line.includes('Ben')).join('\n'));
    await addSealLine(folder, {
      act: 'forgotten',
      before,
      files: [BEN, EVENTS],
      samples: SAMPLES,
      atMs: Date.UTC(2026, 10, 24),
      settingsFolder: original.settings,
    });
  };
  await forget();
  const check = async () => checkSeal(folder, await findTracks(folder), 'closed');
  expect(await check()).toMatchObject({ findings: [], sealedUntil: SAMPLES });
  await expectSameByPython(folder, { sealedUntil: SAMPLES, ok: true }, context);
  await flip(path.join(folder, ADA), 60);
  await forget();
  const finding = { file: ADA, offset: null, message: 'is not as sealed' };
  expect(await check()).toMatchObject({ findings: [finding], sealedUntil: 0 });
});

test('a track that was removed while recording is missed by no line after it', async (context) => {
  const at = await places();
  const { recording, ben } = await recordSealed(at);
  await recording.removeTracks([ben]);
  expect(await verifyRecording(recording.folder, at.settings)).toMatchObject({ findings: [] });
  await recording.close(ending({ reason: 'user', samples: SAMPLES }));
  expect(parsed(await sealLines(recording.folder)).at(-1)?.files).toMatchObject({
    'tracks/02': null,
  });
  const verified = await verifyRecording(recording.folder, at.settings);
  expect(verified).toMatchObject({ ok: true, sealedUntil: SAMPLES });
  await expectSameByPython(recording.folder, verified, context);
});

test('a live recording is sealed up to its last line', async () => {
  const at = await places();
  await mkdir(at.library, { recursive: true });
  await using recording = (await recordSealed(at)).recording;
  expect(await verifyRecording(recording.folder, at.settings)).toMatchObject({
    ok: true,
    sealedUntil: SAMPLES,
    signedBy: 'this-installation',
  });
});
