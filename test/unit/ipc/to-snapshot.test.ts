import { describe, expect, test } from 'vitest';
import type { GuildView } from '../../../main/engine/channel-view.ts';
import { toSnapshot, type ShownDeck } from '../../../main/ipc/to-snapshot.ts';
import { NO_COUNTS } from '../../../main/recording/manifest.ts';
import { NO_LOSS } from '../../../main/session/loss-tally.ts';
import type { SessionView } from '../../../main/session/session.ts';
import { events } from '../../../preload/contract/event-schemas.ts';
import type { RecordingSessionSnapshot, Snapshot } from '../../../preload/contract/snapshot.ts';
import { fakeDeck, sessionView } from '../../support/fake-deck.ts';

const SECOND = 48_000;

const guild: GuildView = {
  id: '1',
  name: 'The Salt Road',
  available: true,
  hiddenChannelCount: 2,
  channels: [
    {
      id: '11',
      name: 'Session Zero',
      kind: 'voice',
      guildId: '1',
      guildName: 'The Salt Road',
      people: [
        {
          userId: '1',
          name: 'Mara',
          bot: false,
          muted: true,
          deafened: false,
          sessionId: 'not for the page',
          hasCamera: false,
        },
      ],
      missingPermissions: ['Connect'],
      missingForNotices: ['Speak'],
      full: { count: 5, limit: 5 },
    },
  ],
};

/** The snapshot of a deck, parsed by the contract's schema. */
function told(deck: ShownDeck): Snapshot {
  return events.snapshot.parse(toSnapshot(deck, '0.1.0'));
}

function toldView(view: Partial<ShownDeck['view']>, guilds: readonly GuildView[] = []): Snapshot {
  const deck = fakeDeck(null, { view });
  return told({ ...deck, engine: { ...deck.engine, guilds: () => guilds } });
}

/** The session in the snapshot of a recording in that state. */
function toldSession(change: Partial<SessionView>): RecordingSessionSnapshot {
  const session = { kind: 'recording', session: { view: () => sessionView(change) } } as const;
  const snapshot = toldView({ session });
  if (snapshot.session.kind === 'idle' || snapshot.session.kind === 'joining')
    throw new Error('nothing is recorded');
  return snapshot.session;
}

describe('account in the snapshot', () => {
  const account = {
    kind: 'signed-in',
    user: { id: '9', name: 'Bot' },
    applicationId: '9',
    connection: 'retrying',
    demo: false,
  } as const;
  const problem = { code: 'token-rejected', details: {} } as const;

  test('signing in says whether it is the demo', () => {
    const signingIn = { kind: 'signing-in', demo: true } as const;
    expect(toldView({ account: signingIn }).account).toEqual(signingIn);
  });

  test('signed out with its reason, signed in with its name and connection', () => {
    expect(toldView({ account: { kind: 'signed-out', problem } }).account).toEqual({
      kind: 'signed-out',
      problem,
    });
    expect(toldView({ account }).account).toMatchObject({
      kind: 'signed-in',
      userId: '9',
      name: 'Bot',
      connection: 'retrying',
    });
  });
});

describe('servers in the snapshot', () => {
  test('have channels with people, and no more of them than the page shows', () => {
    expect(toldView({}, [guild]).guilds).toEqual([
      {
        id: '1',
        name: 'The Salt Road',
        available: true,
        hiddenChannelCount: 2,
        channels: [
          {
            id: '11',
            name: 'Session Zero',
            kind: 'voice',
            people: [{ userId: '1', name: 'Mara', bot: false, muted: true }],
            missingPermissions: ['Connect'],
            missingForNotices: ['Speak'],
            full: { count: 5, limit: 5 },
          },
        ],
      },
    ]);
  });
});

describe('session in the snapshot', () => {
  test('idle: why the last recording failed, and what was recorded last', () => {
    const problem = { code: 'kicked', details: {} } as const;
    const ended = { recordingId: 'one', samples: SECOND };
    expect(toldView({}).session).toEqual({ kind: 'idle', problem: null, ended: null });
    expect(toldView({ sessionProblem: problem, ended }).session).toEqual({
      kind: 'idle',
      problem,
      ended,
    });
  });

  test('joining names the channel, as far as it is known', () => {
    const session = { kind: 'joining', channelId: '11', cancel: new AbortController() } as const;
    const place = { channelName: 'Session Zero', guildName: 'The Salt Road' };
    expect(toldView({ session }, [guild]).session).toEqual({
      kind: 'joining',
      channelId: '11',
      ...place,
    });
    expect(toldView({ session }).session).toMatchObject({ channelName: '', guildName: '' });
  });

  test('a recording’s id is its folder’s name, also while it is closed', () => {
    const { kind, recordingId } = toldSession({});
    expect([kind, recordingId]).toEqual([
      'recording',
      '2026-11-23 10-15-30 The Salt Road - Session Zero',
    ]);
    expect(toldSession({ stopping: true }).kind).toBe('stopping');
  });

  test('an outage has its beginning on the clock and on the tape', () => {
    expect(toldSession({}).connection).toEqual({ kind: 'good' });
    const retrying = { sinceWallMs: 5_000, fromSamples: SECOND, attempt: 2 };
    expect(toldSession({ retrying }).connection).toEqual({
      kind: 'retrying',
      sinceMs: 5_000,
      fromSamples: SECOND,
      attempt: 2,
    });
  });

  test('people were told, or nobody was to be', () => {
    expect(toldSession({ noticeAtMs: 5 }).notice).toEqual({ toldAtMs: 5, chosenNone: false });
    expect(toldSession({ noticeAtMs: null }).notice).toEqual({ toldAtMs: null, chosenNone: true });
  });

  test('news is passed unchanged', () => {
    const news = [
      { kind: 'began', number: 7, atMs: 1, samples: 0 },
      { kind: 'back', missingSamples: 9, number: 8, atMs: 2, samples: 10 },
    ] as const;
    expect(toldSession({ news }).news).toEqual(news);
  });
});

describe('speakers in the snapshot', () => {
  const person = { userId: '1', name: 'Mara', bot: false, leftAtSamples: null } as const;
  const speaker = {
    track: 'tracks/01-Mara.opus',
    userId: '1',
    name: 'Mara',
    counts: { ...NO_COUNTS, packets: 90, lost: 1, late: 2, undecryptable: 3 },
    loss: NO_LOSS,
    isLive: true,
  };

  test('people are in order of their appearance, with or without a track, then unnamed speakers', () => {
    const okke = { ...person, userId: '2', name: 'Okke' };
    const unknown = { ...speaker, track: 'tracks/02-unknown.opus', userId: null, name: 'unknown' };
    const { speakers, peopleCount } = toldSession({
      people: [okke, person],
      speakers: [speaker, unknown],
    });
    expect(speakers.map(({ name, track }) => [name, track])).toEqual([
      ['Okke', null],
      ['Mara', 'tracks/01-Mara.opus'],
      ['unknown', 'tracks/02-unknown.opus'],
    ]);
    expect(peopleCount).toBe(2);
  });

  test('somebody whose unknown track was named late has one lane, with the counts of both tracks', () => {
    const earlier = {
      ...speaker,
      isLive: false,
      loss: {
        recent: { all: 0.1, onTheWay: 0 },
        lastBars: { lost: 5, late: null, undecryptable: 7 },
      },
    };
    const named = {
      ...speaker,
      track: 'tracks/02-unknown.opus',
      counts: { ...NO_COUNTS, packets: 10, lost: 1 },
      loss: {
        recent: { all: 0.05, onTheWay: 0.05 },
        lastBars: { lost: 4, late: 6, undecryptable: null },
      },
    };
    const lane = {
      track: 'tracks/02-unknown.opus',
      userId: '1',
      packets: 100,
      lostPackets: 7,
      recentLoss: { all: 0.1, onTheWay: 0.05 },
      lastLossBars: { lost: 5, late: 6, undecryptable: 7 },
    };
    const speakers = [earlier, named];
    expect(toldSession({ people: [person], speakers }).speakers).toMatchObject([lane]);
    expect(toldSession({ people: [], speakers }).speakers).toMatchObject([lane]);
    const bothLive = [{ ...earlier, isLive: true }, named];
    expect(toldSession({ speakers: bothLive }).speakers).toMatchObject([
      { track: 'tracks/01-Mara.opus' },
    ]);
  });

  test('losses are given by kind, with their share and their bars', () => {
    const loss = {
      recent: { all: 0.06, onTheWay: 0.03 },
      lastBars: { lost: 5, late: null, undecryptable: 9 },
    };
    expect(toldSession({ speakers: [{ ...speaker, loss }] }).speakers).toMatchObject([
      {
        packets: 90,
        lostPackets: 6,
        latePackets: 2,
        undecryptablePackets: 3,
        recentLoss: loss.recent,
        lastLossBars: loss.lastBars,
      },
    ]);
  });

  test('a speaker who cannot be decrypted says since when, until they leave', () => {
    const undecryptable = new Map([['1', 5 * SECOND]]);
    const [here] = toldSession({ undecryptable }).speakers;
    expect(here).toMatchObject({ present: true, undecryptableFromSamples: 5 * SECOND });
    const people = [{ ...person, leftAtSamples: 6 * SECOND }];
    const [gone] = toldSession({ undecryptable, people }).speakers;
    expect(gone).toMatchObject({
      present: false,
      leftAtSamples: 6 * SECOND,
      undecryptableFromSamples: null,
    });
    const [unseen] = toldSession({ undecryptable, people: [], speakers: [speaker] }).speakers;
    expect(unseen).toMatchObject({ userId: '1', undecryptableFromSamples: 5 * SECOND });
  });
});

describe('disk in the snapshot', () => {
  test('is shown as time for the people in the recording, else in the chosen channel', () => {
    const freeBytes = 8_000 * 3_600;
    expect(toldView({ freeBytes: null }).disk).toBeNull();
    expect(toldView({ freeBytes, chosenChannelId: null }).disk?.secondsLeft).toBe(3_600);
    expect(toldView({ freeBytes }, [guild]).disk?.secondsLeft).toBe(3_600);
    const people = ['1', '2', '3'].map((userId) => ({
      userId,
      name: userId,
      bot: false,
      leftAtSamples: null,
    }));
    const session = {
      kind: 'recording',
      session: { view: () => sessionView({ people }) },
    } as const;
    expect(toldView({ freeBytes, session }).disk).toEqual({
      freeBytes,
      secondsLeft: 1_200,
      low: true,
    });
  });
});
