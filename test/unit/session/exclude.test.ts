import { describe, expect, test } from 'vitest';
import { PLAIN_CALL, RecordedCall, said, sealed, sealedCall } from '../../support/recorded-call.ts';

const ANN = '11';
const BEN = '12';

const words =
  (what: string) =>
  (number: number): Uint8Array =>
    said(`${what} ${String(number)}`);

const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

/** What must stand nowhere: neither in a file nor in memory. */
async function expectNowhere(call: RecordedCall, secret: string): Promise<void> {
  expect(await call.heldOf(secret)).toEqual([]);
  expect(await call.written()).not.toContain(secret);
}

describe('of somebody who is excluded while recording', () => {
  test('nothing of a word under way is written, held or metered, and what was written stays', async () => {
    await using call = await RecordedCall.open({ people: [ANN, BEN] });
    call.name(1, ANN);
    call.name(2, BEN);
    await call.talk(1, 0, 40, words('written'));
    // Behind a number that is missing, packets wait in the jitter buffer.
    await call.talk(1, 41, 5, words('secret'));
    expect(await call.heldOf('secret')).toHaveLength(5);
    expect(call.recorder.exclude(ANN, true, 'operator')).toBe('done');
    expect(await call.heldOf('secret')).toEqual([]);
    await call.talk(1, 46, 50, words('secret'));
    await call.talk(2, 0, 50, words('by ben'));
    const levels = new Map(call.recorder.levels().map(({ track, bars }) => [track, bars.length]));
    expect([...levels.values()]).toEqual([0, expect.any(Number)]);
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    const bytes = await call.written();
    for (let number = 0; number < 40; number += 1)
      expect(bytes).toContain(`<written ${String(number)}>`);
    expect(bytes).toContain('<by ben 49>');
    const [ann] = manifest.tracks;
    // The number that is missing was lost before.
    expect(ann).toMatchObject({ userId: ANN, packets: 40, lost: 1, late: 0, undecryptable: 0 });
    expect(ann?.talk?.at(-1)?.[1]).toBeLessThan(41 * 960 + 9_600);
    expect(call.faults).toEqual([]);
  });

  test('nothing is written when what was said is only known to be theirs later', async () => {
    await using call = await RecordedCall.open({ people: [ANN, BEN] });
    await call.talk(1, 0, 10, words('secret before'));
    await call.talk(2, 0, 10, words('by ben'));
    call.recorder.exclude(ANN, true, 'person');
    await call.talk(1, 10, 10, words('secret'));
    expect(await call.heldOf('secret')).toHaveLength(20); // they may be anybody's
    call.name(1, ANN);
    call.name(2, BEN);
    expect(await call.heldOf('secret')).toEqual([]);
    await call.talk(1, 20, 10, words('secret'));
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toMatchObject([{ userId: BEN, packets: 10 }]);
    expect(manifest.rejected['unknown-ssrc']).toBe(0);
  });

  test('nothing is written when it is never known whose it is', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    await call.talk(1, 0, 10, words('secret'));
    call.recorder.exclude(ANN, true, 'person');
    await call.talk(1, 10, 10, words('secret'));
    await call.pass(11_000);
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toEqual([]);
    expect(manifest.rejected['unknown-ssrc']).toBe(20);
  });

  test('nothing is written of frames that waited for their key', async () => {
    const has = new Set<string>();
    await using call = await RecordedCall.open({
      keys: sealedCall([ANN, BEN], has),
      people: [ANN, BEN],
    });
    call.name(1, ANN);
    call.name(2, BEN);
    await call.talk(1, 0, 10, (number) => sealed(ANN, `secret ${String(number)}`));
    await call.talk(2, 0, 10, (number) => sealed(BEN, `by ben ${String(number)}`));
    expect(await call.heldOf('secret')).toHaveLength(10);
    call.recorder.exclude(ANN, true, 'operator');
    expect(await call.heldOf('secret')).toEqual([]);
    await call.talk(1, 10, 10, (number) => sealed(ANN, `secret ${String(number)}`));
    has.add(ANN).add(BEN);
    call.keysChanged();
    await call.talk(1, 20, 10, (number) => sealed(ANN, `secret ${String(number)}`));
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toMatchObject([{ userId: BEN, packets: 10, undecryptable: 0 }]);
  });

  test('nothing is written of frames that only their key names', async () => {
    const has = new Set<string>();
    await using call = await RecordedCall.open({
      keys: sealedCall([ANN, BEN], has),
      people: [ANN, BEN],
    });
    await call.talk(1, 0, 10, (number) => sealed(ANN, `secret ${String(number)}`));
    await call.talk(2, 0, 10, (number) => sealed(BEN, `by ben ${String(number)}`));
    call.recorder.exclude(ANN, true, 'person');
    await call.talk(1, 10, 10, (number) => sealed(ANN, `secret ${String(number)}`));
    has.add(ANN).add(BEN);
    call.keysChanged();
    await call.talk(1, 20, 10, (number) => sealed(ANN, `secret ${String(number)}`));
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toMatchObject([{ userId: BEN, packets: 10 }]);
  });

  test('nothing more is written to an unknown track, which turns out to be theirs', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    await call.talk(1, 0, 10, words('written'));
    await call.pass(10_000);
    await call.talk(1, 510, 3, words('secret')); // waits in the jitter buffer
    call.recorder.exclude(ANN, true, 'person');
    await call.talk(1, 513, 10, words('secret'));
    call.name(1, ANN);
    await call.talk(1, 523, 10, words('secret'));
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toMatchObject([
      { userId: ANN, file: 'tracks/01-unknown.opus', packets: 10 },
    ]);
  });

  test('an unknown track that turns out to be another’s goes on', async () => {
    await using call = await RecordedCall.open({ people: [ANN, BEN] });
    await call.talk(1, 0, 10, words('by ben'));
    await call.pass(10_000);
    call.recorder.exclude(ANN, true, 'person');
    await call.talk(1, 510, 10, words('by ben'));
    call.name(1, BEN);
    const manifest = await call.close();
    expect(manifest.tracks).toMatchObject([
      { userId: BEN, file: 'tracks/01-unknown.opus', packets: 20, lost: 0 },
    ]);
  });

  test.each(['before they leave', 'when they have left'])(
    'nothing that comes late is taken for the next person’s with their SSRC, excluded %s',
    async (when) => {
      await using call = await RecordedCall.open({ people: [ANN, BEN] });
      const { recorder } = call;
      call.name(1, ANN);
      await call.talk(1, 0, 20, words('written'));
      await call.talk(1, 21, 3, words('secret'));
      if (when === 'when they have left') recorder.media.left(ANN);
      recorder.exclude(ANN, true, 'person');
      if (when === 'before they leave') recorder.media.left(ANN);
      await call.talk(1, 24, 2, words('secret'));
      await call.talk(1, 40_000, 2, words('by ben'));
      call.hear(1, 20, said('secret, overtaken'));
      call.name(1, BEN);
      await call.talk(1, 40_002, 2, words('by ben'));
      call.hear(1, 26, said('secret, late'));
      await call.talk(1, 40_004, 2, words('by ben'));
      const { tracks } = await call.close();
      await expectNowhere(call, 'secret');
      expect(tracks).toMatchObject([
        { userId: ANN, packets: 20 },
        { userId: BEN, packets: 6, lost: 0, late: 0, duplicate: 0 },
      ]);
    },
  );

  test('silence that makes way for sound is not written either', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    call.name(1, ANN);
    await call.talk(1, 0, 30, words('written'));
    await call.talk(1, 30, 5, () => SILENCE);
    call.recorder.exclude(ANN, true, 'operator');
    expect(await call.heldOf(Buffer.from(SILENCE).toString('latin1'))).toEqual([]);
    await call.pass(1_000);
    expect((await call.close()).tracks).toMatchObject([{ packets: 30, late: 0, lost: 0 }]);
  });
});

describe('somebody who is taken back', () => {
  test('goes on on the same track; what they said meanwhile is silence and in no count', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    call.name(1, ANN);
    await call.talk(1, 0, 50, words('written'));
    await call.pass(400);
    call.recorder.exclude(ANN, true, 'operator');
    await call.talk(1, 70, 50, words('secret'));
    expect(call.recorder.exclude(ANN, false, 'operator')).toBe('done');
    await call.talk(1, 120, 50, words('again'));
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(await call.written()).toContain('<again 169>');
    expect(manifest.tracks).toMatchObject([
      { userId: ANN, packets: 100, lost: 0, late: 0, duplicate: 0 },
    ]);
    const [first, second] = manifest.tracks[0]?.talk ?? [];
    expect((first?.[1] ?? 0) / 960).toBeCloseTo(50, 0);
    expect((second?.[0] ?? 0) / 960).toBeCloseTo(120, 0);
  });

  test('is not heard with what they said meanwhile, when its name comes behind', async () => {
    await using call = await RecordedCall.open({ people: [ANN, BEN] });
    call.recorder.exclude(ANN, true, 'person');
    await call.talk(1, 0, 10, words('secret'));
    await call.talk(2, 0, 10, words('secret')); // never named
    call.recorder.exclude(ANN, false, 'person');
    await call.talk(1, 30, 10, words('again'));
    call.name(1, ANN);
    await call.pass(10_000);
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toMatchObject([{ userId: ANN, packets: 10, lost: 0 }]);
    expect(manifest.rejected['unknown-ssrc']).toBe(10);
  });
});

describe('a choice', () => {
  test('of the person stays whatever the operator does, and the other way round', async () => {
    await using call = await RecordedCall.open({ people: [ANN] });
    const { recorder } = call;
    const told = (): unknown[] => call.events.filter(({ event }) => event === 'excluded');
    expect(recorder.exclude(ANN, true, 'operator')).toBe('done');
    expect(recorder.exclude(ANN, true, 'operator')).toBe('done');
    expect(recorder.exclude(ANN, true, 'person')).toBe('done');
    expect(recorder.exclude(ANN, false, 'operator')).toBe('chosen-by-person');
    expect(told()).toMatchObject([
      { userId: ANN, excluded: true, by: 'operator' },
      { userId: ANN, excluded: true, by: 'person' },
    ]);
    expect(recorder.exclude(ANN, false, 'person')).toBe('done');
    expect(recorder.exclude(ANN, true, 'operator')).toBe('done');
    expect(recorder.exclude(ANN, false, 'person')).toBe('chosen-by-operator');
    expect(told().slice(2)).toMatchObject([
      { excluded: false, by: 'person' },
      { excluded: true, by: 'operator' },
    ]);
    const { consent, people } = await call.close();
    expect(people).toMatchObject([{ userId: ANN, excluded: true }]);
    expect(consent.people).toMatchObject([{ userId: ANN, choice: 'excluded', by: 'operator' }]);
  });

  test('made before the recording holds for who comes, and stands beside them', async () => {
    await using call = await RecordedCall.open({
      keys: PLAIN_CALL,
      people: [ANN],
      leftOut: { excluded: [ANN], refused: [BEN] },
    });
    call.name(1, ANN);
    call.name(2, BEN);
    call.arrived(BEN);
    await call.talk(1, 0, 10, words('secret'));
    await call.talk(2, 0, 10, words('secret'));
    const manifest = await call.close();
    await expectNowhere(call, 'secret');
    expect(manifest.tracks).toEqual([]);
    expect(manifest.people).toMatchObject([{ excluded: true }, { excluded: true }]);
    expect(manifest.consent.people).toMatchObject([
      { userId: ANN, choice: 'excluded', by: 'operator', choiceAt: manifest.startedAt },
      { userId: BEN, choice: 'refused', by: 'person' },
    ]);
  });
});
