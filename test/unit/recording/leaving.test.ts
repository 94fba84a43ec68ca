import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findPerson } from '../../../main/recording/forget/leaving.ts';
import { makeRecording } from '../../support/recording-folder.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

/** A folder whose log has those lines, and what is known of person 5001. */
async function find(people: readonly (readonly [userId: string, name: string])[], log: string) {
  const folder = path.join(await scratchFolder(), 'a recording');
  const { manifest } = await makeRecording(folder, {
    samples: 960,
    tracks: [{ file: 'tracks/01-x.opus', userId: '5001', packets: [] }],
    manifest: {
      people: people.map(([userId, name]) => ({
        userId,
        name,
        bot: false,
        excluded: false,
        present: [],
      })),
    },
  });
  await writeFile(path.join(folder, 'events.jsonl'), log);
  return findPerson(folder, { manifest, userId: '5001' });
}

const line = (fields: object): string => `${JSON.stringify({ at: '', samples: 0, ...fields })}\n`;

test('a track that was removed while recording is theirs by its event alone', async () => {
  const removed = line({ event: 'removed', userId: '5001', file: 'tracks/02-Lady.opus' });
  expect((await find([['5002', 'Ben']], removed))?.tracks).toContain('tracks/02-Lady.opus');
});

test('a person is known by every name of theirs that nobody else has', async () => {
  const log = [
    line({ event: 'present', userId: '5001', name: 'Ada' }),
    line({ event: 'of a later version', userId: '5001', name: 'Lady' }),
    line({ event: 'track', userId: '5001', name: 'Lady', file: 'tracks/03-Lady.opus' }),
    line({ event: 'removed', file: 'tracks/03-Lady.opus' }),
    line({ event: 'named', userId: '5001', name: '' }),
    line({ event: 'named', userId: '5001', name: 'x'.repeat(300) }),
  ];
  expect(
    await find(
      [
        ['5001', 'Countess'],
        ['5002', 'Ada'],
      ],
      log.join(''),
    ),
  ).toEqual({
    userId: '5001',
    names: ['Countess', '01-x', 'Lady'],
    tracks: ['tracks/01-x.opus', 'tracks/03-Lady.opus'],
  });
});
