import { describe, expect, onTestFinished, test } from 'vitest';
import type {
  GapSnapshot,
  RecordingSessionSnapshot,
  SessionSnapshot,
} from '../../../preload/contract/snapshot.ts';
import { announceSession } from '../../../renderer/app/announcements.ts';
import { connect } from '../../../renderer/bridge/connection.ts';
import { FakeBridge } from '../../support/fake-bridge/fake-bridge.ts';
import { scene } from '../../support/fake-bridge/scenes.ts';
import { Announcer } from '../../../renderer/ui/announcer.tsx';

const { session } = scene('live').snapshot;
if (session.kind !== 'recording') throw new Error('nothing is recorded in this scene');
const recording: RecordingSessionSnapshot = { ...session, deafened: false, gaps: [], markers: [] };
const { channelId, channelName, guildName } = recording;

const gap = (reason: GapSnapshot['reason'], seconds: number): GapSnapshot => {
  return { reason, fromSamples: 48_000, toSamples: (1 + seconds) * 48_000 };
};

/** What screen readers are told at each of these, one snapshot each, the first when the window opens. */
function saidOf(sessions: readonly SessionSnapshot[]): readonly (string | null)[] {
  const fake = new FakeBridge('live');
  const connection = connect({ on: fake.on, invoke: () => new Promise(() => undefined) });
  const announcer = new Announcer();
  onTestFinished(announceSession(connection, announcer));
  return sessions.map((one) => {
    fake.change({ session: one });
    return announcer.take('alert') ?? announcer.take('polite');
  });
}

/** The same for what changes in a recording that is under way. */
function said(
  ...changes: readonly Partial<RecordingSessionSnapshot>[]
): readonly (string | null)[] {
  return saidOf([recording, ...changes.map((change) => ({ ...recording, ...change }))]).slice(1);
}

describe('screen readers are told', () => {
  test('once that nothing can be heard, and once that it can be again', () => {
    const deaf = { deafened: true };
    expect(said(deaf, { ...deaf, bytesWritten: 1 }, {}, { bytesWritten: 2 })).toEqual([
      'Someone deafened the bot. Nothing can be heard.',
      null,
      'The bot hears again.',
      null,
    ]);
  });

  test('at the start that the bot is deafened already', () => {
    const joining = { kind: 'joining', channelId, channelName, guildName } as const;
    expect(saidOf([joining, { ...recording, deafened: true }])[1]).toMatch(
      /^Recording .* Someone deafened the bot\. Nothing can be heard\.$/,
    );
  });

  test.each([
    ['sleep', 'This computer slept, 7 seconds missing.'],
    ['network', 'Nothing arrived for 7 seconds.'],
  ] as const)('once of a gap by %s, when it is over', (reason, sentence) => {
    const gaps = [gap(reason, 7)];
    expect(said({ gaps }, { gaps, bytesWritten: 1 })).toEqual([sentence, null]);
  });

  test.each(['pause', 'channel-move'] as const)('nothing more of a gap by %s', (reason) => {
    expect(said({ gaps: [gap(reason, 7)] })).toEqual([null]);
  });

  test('that the connection is lost, not of each try, and that it is back', () => {
    const retrying = (attempt: number) => ({
      connection: { kind: 'retrying', sinceMs: 0, attempt } as const,
    });
    expect(said(retrying(1), retrying(2), { gaps: [gap('reconnect', 7)] }, {})).toEqual([
      'Connection lost. Recording waits.',
      null,
      'Connected again, 7 seconds missing.',
      null,
    ]);
  });

  test('of what happens at once in one message', () => {
    expect(said({ deafened: true, gaps: [gap('sleep', 7)] })).toEqual([
      'This computer slept, 7 seconds missing. Someone deafened the bot. Nothing can be heard.',
    ]);
  });
});
