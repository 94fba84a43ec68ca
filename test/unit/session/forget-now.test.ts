import { copyFile, cp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEvents } from '../../../main/recording/event-log.ts';
import { readManifest } from '../../../main/recording/rebuild-manifest.ts';
import { recover } from '../../../main/recording/recover.ts';
import { verifyRecording } from '../../../main/recording/verify.ts';
import { RecordedCall, said } from '../../support/recorded-call.ts';

const ANN = '11';
const BEN = '12';

const words =
  (what: string) =>
  (number: number): Uint8Array =>
    said(`${what} ${String(number)}`);

const ANNS_FIRST = 'tracks/01-name of 11.opus';
const BENS = 'tracks/02-name of 12.opus';

/** Ann and Ben have said something, which is on the disk. */
async function bothHeard(): Promise<RecordedCall> {
  const call = await RecordedCall.open({ people: [ANN, BEN] });
  call.name(1, ANN);
  call.name(2, BEN);
  await call.talk(1, 0, 30, words('secret'));
  await call.talk(2, 0, 30, words('by ben'));
  await call.pass(1_000);
  expect(await call.written()).toContain('<secret 29>');
  return call;
}

/** Events that the log of a closed recording has of the track that was removed. */
async function toldOfAnnsFirst(folder: string): Promise<string[]> {
  const told: string[] = [];
  for await (const event of readEvents(folder))
    if (event['file'] === ANNS_FIRST || event['track'] === ANNS_FIRST) told.push(event.event);
  return told;
}

const trackFiles = (folder: string): Promise<string[]> => readdir(path.join(folder, 'tracks'));

describe('somebody who wants to be forgotten while recording', () => {
  test('has no track any more, neither on disk nor in the manifest, and a new one later', async () => {
    await using call = await bothHeard();
    const { recorder } = call;
    await call.talk(1, 120, 3, words('secret')); // waits in the jitter buffer
    expect(await recorder.forgetNow(ANN)).toBe('forgotten');
    expect(await trackFiles(recorder.folder)).toEqual([path.basename(BENS)]);
    expect((await readManifest(recorder.folder))?.tracks).toMatchObject([{ file: BENS }]);
    expect(await call.written()).not.toContain('secret');
    expect(await call.heldOf('secret')).toEqual([]);
    expect(recorder.keptLevels().map(({ track }) => track)).not.toContain(ANNS_FIRST);
    expect(await recorder.forgetNow(ANN)).toBe('nothing-kept');

    await call.talk(1, 200, 20, words('again'));
    const manifest = await call.close();
    expect(manifest.tracks).toMatchObject([
      { userId: BEN, file: BENS, packets: 30 },
      { userId: ANN, file: 'tracks/03-name of 11.opus', packets: 20, lost: 0 },
    ]);
    expect(await call.written()).not.toContain('secret');
    expect(await verifyRecording(recorder.folder)).toMatchObject({ findings: [] });
    expect(await recorder.forgetNow(ANN)).toBe('over');
    expect(await toldOfAnnsFirst(recorder.folder)).toEqual(['removed']);
    // A file that comes back under the removed name is nobody's track.
    await writeFile(path.join(recorder.folder, ANNS_FIRST), 'from a backup');
    expect(await verifyRecording(recorder.folder)).toMatchObject({ findings: [] });
  });

  test('is not heard later with what waited for a name', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    await call.talk(1, 0, 10, words('secret'));
    await call.recorder.forgetNow(ANN);
    await call.talk(1, 10, 10, words('again'));
    call.name(1, ANN);
    expect((await call.close()).tracks).toMatchObject([{ userId: ANN, packets: 10 }]);
    expect(await call.written()).not.toContain('secret');
  });

  test('leaves no file that had not been made yet', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    call.name(1, ANN);
    for (let number = 0; number < 20; number += 1) call.hear(1, number, words('secret')(number));
    await call.pass(260);
    await call.recorder.forgetNow(ANN);
    const manifest = await call.close();
    expect(manifest.tracks).toEqual([]);
    expect(await trackFiles(call.recorder.folder)).toEqual([]);
  });

  // What a crash leaves: the old file and manifest, with the event or without it, or the event alone.
  test.each([
    ['between the event and the removal', ['events.jsonl']],
    ['between the removal and the event', ['tracks']],
    ['between the removal and the manifest', ['events.jsonl', 'tracks']],
  ])('is forgotten by recovery when a crash comes %s', async (_, done) => {
    await using call = await bothHeard();
    const { folder } = call.recorder;
    const left = `${folder} left`;
    await cp(folder, left, { recursive: true, filter: (file) => !file.endsWith('.new') });
    await call.recorder.forgetNow(ANN);
    if (done.includes('events.jsonl'))
      await copyFile(path.join(folder, 'events.jsonl'), path.join(left, 'events.jsonl'));
    if (done.includes('tracks')) await rm(path.join(left, ANNS_FIRST));
    await rm(path.join(left, 'recording.lock'));
    const manifest = await recover(left);
    expect(manifest.tracks).toMatchObject([{ userId: BEN, file: BENS, packets: 30 }]);
    expect(await trackFiles(left)).toEqual([path.basename(BENS)]);
    expect(await verifyRecording(left)).toMatchObject({ findings: [] });
    if (done.includes('events.jsonl')) expect(await toldOfAnnsFirst(left)).toEqual(['removed']);
  });
});
