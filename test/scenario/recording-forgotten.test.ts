import { cp, link, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Forgotten } from '../../main/recording/forget/carry-out.ts';
import { forgetPerson } from '../../main/recording/forget/forget.ts';
import { listRecordings, openRecording } from '../../main/recording/library.ts';
import { Recording } from '../../main/recording/recording.ts';
import { verifyRecording } from '../../main/recording/verify.ts';
import { readManifestOf } from '../support/checked-tracks.ts';
import { dyingDisk } from '../support/dying-disk.ts';
import { expectSound } from '../support/finished-recording.ts';
import { expectEventsToTell } from '../support/folded-events.ts';
import {
  BEN_ID,
  forgettableRecording,
  namesBelow,
  tracesOfZoe,
  ZOE_ID,
  ZOES_TRACKS,
} from '../support/forgettable-recording.ts';
import { makeDead } from '../support/received-recording.ts';
import { recordingOptions, temporaryLibrary } from '../support/recording-files.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

vi.mock('node:fs/promises', async (real) => {
  const { dyingDisk: disk } = await import('../support/dying-disk.ts');
  return disk.wrap(await real());
});

const yes = (): Promise<boolean> => Promise.resolve(true);

/** What is left of the exports: Ben alone, and what tells of nobody. */
const LEFT = [
  'exports/02-Ben (2).flac',
  'exports/02-Ben.wav',
  'exports/chapters.txt',
  'recording.json',
  'events.jsonl',
  'seal.jsonl',
  'words.json',
  'tracks/02-Ben.opus',
  'tracks/02-Ben.peaks.dat',
];

let original = '';
beforeAll(async () => {
  const library = await temporaryLibrary();
  original = await forgettableRecording(library.folder);
  return () => library[Symbol.asyncDispose]();
});

/** A copy of the recording in a library of its own. */
async function copy(): Promise<string> {
  const folder = path.join(await scratchFolder(), path.basename(original));
  await cp(original, folder, { recursive: true });
  return folder;
}

/** Asserts that nothing of Zoë is left, that all else is, and that the recording is sound. */
async function expectForgotten(folder: string): Promise<void> {
  expect(await tracesOfZoe(folder)).toEqual([]);
  expect(await namesBelow(folder)).toEqual([...LEFT, 'exports', 'tracks'].sort());
  for (const file of LEFT.filter((name) => name.includes('/'))) {
    const [left, before] = [folder, original].map((one) => readFile(path.join(one, file)));
    expect([file, (await left)?.equals((await before) ?? Buffer.alloc(0))]).toEqual([file, true]);
  }
  expect(await verifyRecording(folder)).toMatchObject({ ok: true, findings: [] });
  await expectEventsToTell(folder);
}

describe('a person who is taken out of a recording', () => {
  test('is in no file of it any more; all others are as they were', async () => {
    const folder = await copy();
    expect((await tracesOfZoe(folder)).length).toBeGreaterThan(50);
    const { files, unsure } = await forgotten(folder);
    await expectForgotten(folder);
    await expectSound(folder);
    expect(unsure).toEqual(
      ['02-Ben (2).flac', '02-Ben.wav'].map((name) => path.join(folder, 'exports', name)),
    );
    const before = (await namesBelow(original)).filter((name) => !LEFT.includes(name));
    const inside = ['exports', 'tracks', 'exports/project_data/e0001.au'];
    expect(
      files.map((file) => path.relative(folder, file).split(path.sep).join('/')).sort(),
    ).toEqual(
      [
        ...before.filter((name) => !inside.includes(name)),
        ...['events.jsonl', 'recording.json', 'words.json'],
      ].sort(),
    );
    expect(files).toEqual(
      expect.arrayContaining(ZOES_TRACKS.map((file) => path.join(folder, file))),
    );
  });

  test('leaves in manifest and events that somebody was, and when, but not who', async () => {
    const folder = await copy();
    const before = await readManifestOf(folder);
    await forgotten(folder);
    const after = await readManifestOf(folder);
    expect(after).toEqual({
      ...before,
      people: before.people.filter(({ userId }) => userId === BEN_ID),
      tracks: before.tracks.filter(({ userId }) => userId === BEN_ID),
      markers: [{ samples: 99, note: '… and Ben sing' }],
      consent: {
        ...before.consent,
        people: before.consent.people?.filter(({ userId }) => userId === BEN_ID),
        stoppedBy: null,
      },
      forgotten: [{ at: after.forgotten?.[0]?.at }],
    });
    const lines = (await readFile(path.join(folder, 'events.jsonl'), 'utf8')).trim().split('\n');
    const events = lines.map((line): unknown => JSON.parse(line));
    expect(events.at(-1)).toEqual({
      event: 'forgotten',
      at: after.forgotten?.[0]?.at,
      samples: 96_000,
    });
    for (const kind of ['talkspurt', 'loss', 'track', 'present', 'notice'])
      expect(
        events.filter((event) => JSON.stringify(event).includes(`"event":"${kind}"`)),
      ).toHaveLength(1);
    const words = await readFile(path.join(folder, 'words.json'), 'utf8');
    expect(JSON.parse(words)).toMatchObject({
      utterances: [{ userId: BEN_ID, name: 'Ben', text: 'Sing, …!' }],
    });
  });

  test('is followed by the next', async () => {
    const folder = await copy();
    await forgotten(folder);
    await forgetPerson(folder, { userId: BEN_ID, settingsFolder: null }, yes);
    expect(await readManifestOf(folder)).toMatchObject({ people: [], tracks: [] });
    expect((await readManifestOf(folder)).forgotten).toHaveLength(2);
    expect(await verifyRecording(folder)).toMatchObject({ ok: true, findings: [] });
    await expectEventsToTell(folder);
  });

  test('may have left a crash behind: it is recovered first', async () => {
    const folder = await copy();
    await makeDead(folder);
    await forgotten(folder);
    expect(await readManifestOf(folder)).toMatchObject({ state: 'recovered' });
    await expectForgotten(folder);
  });

  test('is gone from a recording without events, by its manifest', async () => {
    const folder = await copy();
    await rm(path.join(folder, 'events.jsonl'));
    await forgotten(folder);
    expect(await tracesOfZoe(folder)).toEqual([]);
    expect(await namesBelow(folder)).not.toContain('events.jsonl');
  });

  test('takes along lines and a transcript that nobody can read', async () => {
    const folder = await copy();
    const log = path.join(folder, 'events.jsonl');
    await writeFile(log, `${await readFile(log, 'utf8')}{"event":"left","userId":"${ZOE_ID}\n`);
    await writeFile(path.join(folder, 'words.json'), `{"userId":"${ZOE_ID}"`);
    await forgotten(folder);
    expect(await tracesOfZoe(folder)).toEqual([]);
    expect(await verifyRecording(folder)).toMatchObject({ ok: true });
  });

  test('may be in sound under names of one’s own: that is named, not deleted', async () => {
    const folder = await copy();
    await writeFile(path.join(folder, 'exports/my cut.mp3'), 'x');
    const { unsure } = await forgotten(folder);
    expect(unsure).toContain(path.join(folder, 'exports/my cut.mp3'));
    expect(await namesBelow(folder)).toContain('exports/my cut.mp3');
  });
});

describe('nobody is taken out, and nothing changes,', () => {
  test.each([
    ['of somebody whom the recording does not know', '500000000000000009', yes, 'unknown-person'],
    ['when the question is answered with no', ZOE_ID, () => Promise.resolve(false), null],
  ])('%s', async (_, userId, confirm, reason) => {
    const folder = await copy();
    const asked = forgetPerson(folder, { userId, settingsFolder: null }, confirm);
    if (reason === null) expect(await asked).toBeNull();
    else await expect(asked).rejects.toMatchObject({ reason });
    expect(await namesBelow(folder)).toEqual(await namesBelow(original));
    expect(await readFile(path.join(folder, 'events.jsonl'))).toEqual(
      await readFile(path.join(original, 'events.jsonl')),
    );
  });

  test('while somebody records', async () => {
    await using library = await temporaryLibrary();
    await using recording = await Recording.create(recordingOptions(library.folder));
    recording.addTrack({ userId: ZOE_ID, name: 'Zoe' });
    await expect(
      forgetPerson(recording.folder, { userId: ZOE_ID, settingsFolder: null }, yes),
    ).rejects.toMatchObject({
      reason: 'still-recording',
    });
  });
});

describe('a process that dies while it takes somebody out', () => {
  /** Forgets Zoë until the process dies at the change of the disk with that number; null when it ends before. */
  async function diesAt(step: number): Promise<string | null> {
    const folder = await copy();
    dyingDisk.dieAt(step);
    const ended = await forgetPerson(folder, { userId: ZOE_ID, settingsFolder: null }, yes).catch(
      (error: unknown) => error,
    );
    const { isDead } = dyingDisk;
    await dyingDisk.live();
    expect(ended instanceof Error).toBe(isDead);
    if (!isDead) return null;
    await leaveLock(folder);
    return folder;
  }

  test('is followed by one that opens the folder and does the rest', async () => {
    let step = 0;
    const done = new Set<boolean>();
    for (; ; step += 1) {
      const folder = await diesAt(step);
      if (folder === null) break;
      expect(await listRecordings(path.dirname(folder))).toHaveLength(1);
      const isForgotten = (await readManifestOf(folder)).forgotten !== undefined;
      done.add(isForgotten);
      if (!isForgotten) await forgotten(folder); // it died before it had written down what it wants
      await expectForgotten(folder);
    }
    expect(step).toBeGreaterThan(30);
    expect([...done].sort()).toEqual([false, true]);
  });

  test('is followed by one that is told the same', async () => {
    // It opens the folder as the other one does: every fourth step shows that.
    for (let step = 0; ; step += 4) {
      const folder = await diesAt(step);
      if (folder === null) break;
      await forgetPerson(folder, { userId: ZOE_ID, settingsFolder: null }, yes).catch(
        (error: unknown) => {
          expect(error).toMatchObject({ reason: 'unknown-person' }); // all was done but the lock
        },
      );
      await expectForgotten(folder);
    }
  });
});

describe('a received folder', () => {
  test('does not lead out of itself by links under any name that is deleted or written', async () => {
    const folder = await copy();
    const outside = await scratchFolder();
    const victim = path.join(outside, 'mine');
    await writeFile(victim, 'mine');
    await rm(path.join(folder, 'exports'), { recursive: true });
    await symlink(outside, path.join(folder, 'exports'));
    await writeFile(path.join(outside, 'mixdown.wav'), 'mine');
    for (const name of [
      ...['words.json', 'tracks/03-unknown.peaks.dat', 'recording.forget'],
      ...['recording.forget.0123456789abcdef.new', 'words.json.0123456789abcdef.old'],
    ]) {
      await rm(path.join(folder, name), { force: true });
      await symlink(victim, path.join(folder, name));
    }
    await rm(path.join(folder, ZOES_TRACKS[0] ?? ''));
    await link(victim, path.join(folder, ZOES_TRACKS[0] ?? ''));
    await forgotten(folder);
    expect(await readFile(victim, 'utf8')).toBe('mine');
    expect(await namesBelow(outside)).toEqual(['mine', 'mixdown.wav']);
    expect(await tracesOfZoe(folder)).toEqual([]);
  });

  test.each([
    [
      'of another recording',
      JSON.stringify({
        at: '2026-11-24T03:20:58.000Z',
        userId: '9',
        names: [],
        tracks: ['tracks/09-nobody.opus'],
      }),
    ],
    [
      'with a path that leads out',
      JSON.stringify({
        at: '2026-11-24T03:20:58.000Z',
        userId: BEN_ID,
        names: [],
        tracks: ['tracks/../../x.opus'],
      }),
    ],
    ['that is none', '{'],
  ])('with an intent %s opens, and keeps its tracks', async (_, text) => {
    const folder = await copy();
    await writeFile(path.join(folder, 'recording.forget'), text);
    const { manifest } = await openRecording(folder);
    expect(manifest.tracks).toHaveLength(3);
    expect(await namesBelow(folder)).not.toContain('recording.forget');
    expect(await verifyRecording(folder)).toMatchObject({ ok: true, findings: [] });
  });
});

async function forgotten(folder: string): Promise<Forgotten> {
  return (
    (await forgetPerson(folder, { userId: ZOE_ID, settingsFolder: null }, yes)) ??
    expect.fail('not confirmed')
  );
}

/** The lock of the dead process, as another process sees it: this one lives on. */
async function leaveLock(folder: string): Promise<void> {
  const lock = path.join(folder, 'recording.lock');
  const text = await readFile(lock, 'utf8').catch(() => null);
  if (text !== null) await writeFile(lock, text.replace(/"pid":\d+/, '"pid":4194999'));
}
