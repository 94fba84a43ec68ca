import { describe, expect, test } from 'vitest';
import { Output } from '../../../main/cli/output.ts';
import { RecordStatus } from '../../../main/cli/record-status.ts';
import type { UntimedSessionEvent } from '../../../main/session/session-event.ts';
import { streams } from '../../support/output-streams.ts';

/** The lines that a person reads for these events. */
function linesOf(...events: UntimedSessionEvent[]): string {
  const { text, ...both } = streams();
  using status = new RecordStatus(new Output({ ...both, mode: 'people' }));
  for (const event of events) status.show({ ...event, at: '2026-01-01T00:00:00.000Z' });
  return text().stdout;
}

const encrypted = {
  event: 'e2ee',
  version: 1,
  epoch: 1,
  privacyCode: '123456789012345678901234567890',
} as const;
const plain = { event: 'e2ee', version: 0, epoch: null, privacyCode: null } as const;
const maya = {
  userId: '11',
  name: 'Maya',
  file: 'tracks/01-Maya.opus',
  samples: 48_000,
  packets: 50,
  lost: 1,
  late: 2,
  undecryptable: 3,
  padding: 4,
  duplicate: 5,
  silenceAdded: 6,
};

describe('what a person reads of a recording', () => {
  test('is a line for whatever happens', () => {
    expect(
      linesOf(
        { event: 'connected', user: { id: '1', name: 'Deck' } },
        {
          event: 'joined',
          guildId: '2',
          channelId: '3',
          mode: 'x',
          daveVersion: 1,
          recording: '/r',
        },
        { event: 'present', userId: '11', name: 'Maya', bot: false, excluded: false },
        { event: 'speaker', userId: '11', name: 'Maya', track: 'tracks/01-Maya.opus' },
        { event: 'speaker', userId: null, name: '', track: 'tracks/02-unknown.opus' },
        { event: 'moved', channelId: '4', channelName: 'Stage' },
        { event: 'gap', reason: 'reconnect', fromSamples: 0, toSamples: 48_000 * 61 },
        { event: 'warning', code: 'packet-fault', message: 'Something.' },
        { event: 'excluded', userId: '11', excluded: true, by: 'operator' },
        { event: 'excluded', userId: '11', excluded: true, by: 'person' },
        { event: 'excluded', userId: '12', excluded: false, by: 'person' },
        { event: 'left', userId: '11', name: 'Maya' },
      ).split('\n'),
    ).toEqual([
      'Signed in as Deck. Joining the channel…',
      'Recording into /r. Ctrl-C stops.',
      'Maya is in the channel.',
      'Maya speaks: tracks/01-Maya.opus',
      'Somebody speaks: tracks/02-unknown.opus',
      'Moved to Stage.',
      'Nothing was received for 0:01:01 (reconnect).',
      'Warning: Something.',
      'Maya is left out from here on.',
      'Maya does not want to be recorded, and is left out from here on.',
      '12 is recorded again.',
      'Maya left.',
      '',
    ]);
  });

  test('names each privacy code, and the end of encryption where there was some', () => {
    expect(linesOf(plain, encrypted, plain)).toBe(
      'Encrypted from end to end. Privacy code: 12345 67890 12345 67890 12345 67890\n' +
        'The call is no longer encrypted from end to end.\n',
    );
  });

  test('ends with why, how long, and a table of the tracks', () => {
    const stopped = { event: 'stopped', reason: 'user', samples: 48_000 * 3601 } as const;
    expect(linesOf({ ...stopped, tracks: [] })).toBe('Stopped. 1:00:01 recorded. Nobody spoke.\n');
    expect(linesOf({ ...stopped, tracks: [maya] }).split('\n')).toEqual([
      'Stopped. 1:00:01 recorded.',
      '',
      'Name  File                 Packets  Lost  Late  Undecryptable',
      'Maya  tracks/01-Maya.opus       50     1     2              3',
      '',
    ]);
  });
});
