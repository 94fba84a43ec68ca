import { describe, expect, test } from 'vitest';
import { scene } from '../../support/fake-bridge/scenes.ts';
import type {
  EncryptionSnapshot,
  RecordingSessionSnapshot,
  Snapshot,
} from '../../../preload/contract/snapshot.ts';
import { changedCode, codeGroups, encryptionOf } from '../../../renderer/deck/encryption.ts';
import { statusOf } from '../../../renderer/deck/status.ts';
import { lossLines, lossWords } from '../../../renderer/speakers/loss-words.ts';

const NOW = 1_000_000;
const CODE = '528187102240417903551826477503';
const first = { code: '1'.repeat(30), sinceMs: NOW - 60_000 };

function on(...sinceMs: readonly number[]): EncryptionSnapshot {
  const codes = [first, ...sinceMs.map((ms) => ({ code: CODE, sinceMs: ms }))];
  return { kind: 'on', codes, hasOlderCodes: false };
}

function recordingOf({ session }: Snapshot): RecordingSessionSnapshot {
  if (session.kind !== 'recording') throw new Error('the scene records');
  return session;
}

/** The session of a made-up recording, with that change. */
function recording(
  change: Partial<RecordingSessionSnapshot>,
  sceneName: 'live' | 'undecryptable' = 'live',
): { session: RecordingSessionSnapshot; snapshot: Snapshot } {
  const { snapshot } = scene(sceneName);
  const session = { ...recordingOf(snapshot), ...change };
  return { session, snapshot: { ...snapshot, session } };
}

const stateOf = (encryption: EncryptionSnapshot) =>
  encryptionOf(recording({ encryption }).session, NOW);

const sentenceOf = ({ snapshot }: { snapshot: Snapshot }) =>
  statusOf(snapshot, { samples: 48_000, nowMs: NOW })[0];

describe('privacy code', () => {
  test('has six groups of five digits', () => {
    expect(codeGroups(CODE)).toEqual(['52818', '71022', '40417', '90355', '18264', '77503']);
    expect(codeGroups('')).toEqual([]);
  });

  test('the first one is not a change, later ones are', () => {
    expect(changedCode(on())).toBeNull();
    expect(changedCode(on(NOW))?.code).toBe(CODE);
    expect(changedCode({ kind: 'on', codes: [first], hasOlderCodes: true })).toEqual(first);
    expect(changedCode({ kind: 'setting-up', codes: [first], hasOlderCodes: false })).toBeNull();
  });
});

describe('encryption badge', () => {
  test('says that the code changed for ten seconds', () => {
    expect(stateOf(on(NOW - 9_999)).kind).toBe('changed');
    expect(stateOf(on(NOW - 10_000)).kind).toBe('encrypted');
    expect(stateOf(on()).kind).toBe('encrypted');
  });

  test('names a stage, a plain call, and one that is being set up', () => {
    expect(stateOf({ kind: 'stage' }).kind).toBe('stage');
    expect(stateOf({ kind: 'none' }).kind).toBe('none');
    expect(stateOf({ kind: 'setting-up', codes: [], hasOlderCodes: false }).kind).toBe(
      'setting-up',
    );
  });

  test('is in trouble while somebody cannot be decrypted: who, and what is lost', () => {
    const { session } = recording({}, 'undecryptable');
    const speakers = session.speakers.map((one, index) => ({
      ...one,
      undecryptableFromSamples: index < 2 ? 0 : null,
      undecryptablePackets: 10,
    }));
    const state = encryptionOf(recording({ speakers }).session, NOW);
    expect(state).toMatchObject({ kind: 'failing', lostPackets: 20 });
    expect(state.kind === 'failing' && state.people.map(({ name }) => name)).toEqual([
      'Mara',
      'Okke van Dijk',
    ]);
  });
});

describe('status line about encryption', () => {
  test('names the one person who cannot be decrypted', () => {
    const { session } = recording({});
    const speakers = session.speakers.map((one, index) => ({
      ...one,
      undecryptableFromSamples: index === 1 ? 0 : null,
    }));
    const { tone, about, sentence } = sentenceOf(recording({ speakers })) ?? {};
    expect({ tone, about }).toEqual({ tone: 'trouble', about: 'encryption' });
    expect(sentence?.replaceAll(/[\u2068\u2069]/g, '')).toBe(
      'Okke van Dijk’s sound cannot be decrypted just now. Usually over in seconds; what is lost is marked.',
    );
  });

  test('counts them when they are several, in one sentence', () => {
    const { snapshot } = recording({}, 'undecryptable');
    const sentences = statusOf(snapshot, { samples: 48_000, nowMs: NOW });
    expect(sentences.filter(({ about }) => about === 'encryption')).toHaveLength(1);
    expect(sentences[0]?.sentence).toMatch(/^The sound of 2 people cannot be decrypted just now\./);
  });

  test('a changed code is news, not trouble', () => {
    expect(sentenceOf(recording({ encryption: on(NOW) }))).toEqual({
      tone: 'news',
      about: 'encryption',
      sentence: 'The privacy code changed. Recording goes on.',
    });
    expect(sentenceOf(recording({ encryption: on() }))?.tone).toBe('fine');
  });

  test('somebody who joins is named in place of the code that changed by it', () => {
    const joined = { kind: 'joined', name: 'Ilse', atMs: NOW, number: 0, samples: 0 } as const;
    const sentence = sentenceOf(recording({ encryption: on(NOW), news: [joined] }))?.sentence;
    expect(sentence).toBe('Joined: Ilse. The privacy code changed.');
  });
});

describe('losses in words', () => {
  const [mara] = recordingOf(scene('live').snapshot).speakers;
  if (mara === undefined) throw new Error('the scene has people');

  test('each kind has its seconds and where it happened last', () => {
    const counts = { lostPackets: 75, latePackets: 2, undecryptablePackets: 70 };
    const lastLossBars = { lost: 5, late: 300, undecryptable: 300 };
    expect(lossLines({ ...mara, ...counts, lastLossBars })).toEqual([
      '0.06 s did not arrive, last at 0:00:01',
      '0.04 s came too late, last at 0:01:00',
      '1.4 s could not be decrypted, last at 0:01:00',
    ]);
  });

  test('a loss without a known bar has no time', () => {
    const lastLossBars = { lost: null, late: null, undecryptable: null };
    expect(lossLines({ ...mara, lostPackets: 3, lastLossBars })).toEqual(['0.06 s did not arrive']);
    expect(lossLines(mara)).toEqual([]);
  });

  test('a mark on the tape names its own time and kinds', () => {
    expect(lossWords({ bar: 300, lost: 0, late: 1, undecryptable: 10 })).toEqual([
      'Lost at 0:01:00',
      '0.02 s came too late',
      '0.2 s could not be decrypted',
    ]);
  });
});
