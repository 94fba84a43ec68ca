import { describe, expect, test } from 'vitest';
import { scene } from '../../support/fake-bridge/scenes.ts';
import { shortcutOf } from '../../../renderer/app/shortcuts.ts';
import { talkColumns } from '../../../renderer/library/talk-columns.ts';
import { planOf } from '../../../renderer/save/save-plan.ts';
import { reasonAgainst } from '../../../renderer/ui/channel-reason.ts';
import { filterGuilds } from '../../../renderer/channels/channel-filter.ts';
import { lossSummary, statusOf } from '../../../renderer/deck/status.ts';
import { cleanToken } from '../../../preload/contract/bot-token.ts';
import { isWholeToken } from '../../../renderer/settings/token.ts';
import {
  clock,
  day,
  duration,
  shortClock,
  shortDuration,
  size,
} from '../../../renderer/ui/figures.ts';
import { initials, personColour } from '../../../renderer/ui/person.ts';
import { problemText } from '../../../renderer/ui/text.tsx';

describe('figures', () => {
  test('time on the counter is cut, never rounded up', () => {
    expect(clock(48_000 * 2537 + 47_999)).toBe('0:42:17');
    expect(clock(0)).toBe('0:00:00');
    expect(shortClock(18)).toBe('0:18');
    expect(shortClock(3723)).toBe('1:02:03');
  });

  test('durations have one unit, rounded down', () => {
    expect(duration(41 * 3600)).toBe('41 hours');
    expect(duration(14 * 60)).toBe('14 minutes');
    expect(duration(1)).toBe('1 second');
    expect(shortDuration(41 * 3600)).toBe('41 h');
    expect(shortDuration(9)).toBe('9 s');
  });

  test('sizes are decimal', () => {
    expect(size(118_000_000)).toBe('118 MB');
    expect(size(10_800_000_000)).toBe('10.8 GB');
    expect(size(400_000)).toBe('400 kB');
    expect(size(999_999_999)).toBe('1.0 GB');
  });

  test('today and yesterday are named, other days have their date', () => {
    const now = new Date(2026, 10, 24, 12).getTime();
    expect(day(new Date(2026, 10, 24, 0, 1).getTime(), now)).toBe('Today');
    expect(day(new Date(2026, 10, 23, 23, 59).getTime(), now)).toBe('Yesterday');
    expect(day(new Date(2026, 10, 21).getTime(), now)).toBe('Sat 21 Nov');
    expect(day(new Date(2025, 10, 21).getTime(), now)).toBe('Fri 21 Nov 2025');
  });
});

describe('people', () => {
  test.each([
    ['Mara', 'M'],
    ['Okke van Dijk', 'OV'],
    ['Juniper 🌿', 'J'],
    ['🎲🎲🎲', ''],
    ['高橋みなみ', '高'],
    ['  ', ''],
  ])('the initials of %s are “%s”', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });

  test('the thirteenth person has the first colour with a dashed edge', () => {
    expect(personColour(12)).toEqual({ number: 1, edge: 'dashed' });
    expect(personColour(24)).toEqual({ number: 1, edge: 'dotted' });
  });
});

describe('problems', () => {
  test('details fill the places of the sentence', () => {
    const details = { count: 5, limit: 5 };
    expect(problemText({ code: 'channel-full', details })).toMatch(/^Full: 5 of 5 people\./);
  });

  test('a missing detail is an ellipsis, an unknown code a fault', () => {
    expect(problemText({ code: 'permission-missing', details: {} })).toContain('“…”');
    expect(problemText({ code: 'no-such-code', details: {} })).toMatch(/inside Tapedeck/);
  });
});

describe('status line', () => {
  const moment = { samples: 48_000 * 60, nowMs: Date.now() };

  test('joining says that Discord makes us wait', () => {
    const { snapshot } = scene('asked-to-wait');
    const moment = { samples: 0, nowMs: 0 };
    expect(statusOf(snapshot, moment).map(({ sentence }) => sentence)).toEqual([
      'Joining Session Zero… Discord asks us to wait 12 s.',
    ]);
  });

  test('shows the worst trouble first and keeps the others', () => {
    const { snapshot } = scene('trouble');
    const [worst, next] = statusOf(snapshot, moment);
    expect(worst).toMatchObject({ tone: 'trouble', about: 'connection' });
    expect(worst?.sentence).toMatch(
      /Trying again \(2nd time\)\. Everything up to 0:42:1\d is safe/,
    );
    expect(next?.about).toBe('disk');
    expect(next?.sentence).toContain('14 minutes');
  });

  test('names whose packets the network loses, and which share of the last minute', () => {
    const { snapshot } = scene('trouble');
    const last = statusOf(snapshot, moment).at(-1);
    expect(last).toMatchObject({ tone: 'trouble', about: 'loss' });
    expect(last?.sentence).toMatch(
      /^Much of Dr\. Fennimore’s sound is lost on the way \(4\.6\s?%\)/,
    );
    const { session } = snapshot;
    if (session.kind !== 'recording') throw new Error('the scene records');
    const speakers = session.speakers.map((one) => ({
      ...one,
      recentLoss: { all: 0.5, onTheWay: 0.009 },
    }));
    const about = statusOf({ ...snapshot, session: { ...session, speakers } }, moment);
    expect(about.map((one) => one.about)).not.toContain('loss');
  });

  test('a deafened bot is trouble while it lasts', () => {
    const [worst] = statusOf(scene('deafened').snapshot, moment);
    expect(worst).toMatchObject({ tone: 'trouble', about: 'sound' });
    expect(worst?.sentence).toMatch(/^Someone deafened the bot/);
  });

  test('a recording that ended by itself says how much was saved', () => {
    const [only] = statusOf(scene('ended').snapshot, moment);
    expect(only?.sentence).toBe(
      'Disk full. Stopped and saved at 0:42:17. Free some space before the next recording.',
    );
  });

  test('a recording that could not begin says only why', () => {
    const { snapshot } = scene('ended');
    const session = { ...snapshot.session, ended: null };
    const [only] = statusOf({ ...snapshot, session }, moment);
    expect(only?.sentence).toBe('Disk full. Free some space before the next recording.');
  });

  test('what is missing is named in seconds', () => {
    const { session } = scene('live-many').snapshot;
    if (session.kind !== 'recording') throw new Error('the scene records');
    expect(lossSummary(session)).toMatch(/^Lost so far: 0\.06 s of /);
  });
});

describe('channels', () => {
  const { guilds } = scene('signed-in').snapshot;

  test('are found by name, server and person, without case and accents', () => {
    const names = (query: string) =>
      filterGuilds(guilds, query).flatMap(({ channels }) => channels.map(({ name }) => name));
    expect(names('STUDIO')).toEqual(['Studio A', 'Studio B']);
    expect(names('ansél')).toEqual(['Side table']);
    expect(names('nothing like this')).toEqual([]);
  });

  test('say why they cannot be recorded', () => {
    const reasons = guilds.flatMap(({ channels }) => channels.map(reasonAgainst));
    expect(reasons.filter((reason) => reason !== null)).toHaveLength(2);
  });
});

describe('token', () => {
  const whole = `${'a'.repeat(26)}.abcdef.${'b'.repeat(38)}`;

  test('is pasted without blanks, quotes and “Bot ” around it', () => {
    expect(cleanToken(` "${whole}"\n`)).toBe(whole);
    expect(cleanToken(`Bot ${whole}`)).toBe(whole);
  });

  test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'cut off before character %i is incomplete',
    (length) => {
      expect(isWholeToken(whole)).toBe(true);
      expect(isWholeToken(whole.slice(0, length))).toBe(false);
    },
  );
});

describe('save plan', () => {
  const [recording] = scene('signed-in').recordings;
  if (recording === undefined) throw new Error('the scene has recordings');
  const tracks = new Set(recording.tracks.map(({ file }) => file));

  test('counts the mixdown and the bytes of all samples', () => {
    const plan = planOf(recording, { tracks, mixdown: true, channels: 'stereo', bitDepth: '24' });
    expect(plan.names).toHaveLength(7);
    expect(plan.names[0]).toBe('01-Mara.wav');
    expect(plan.bytes).toBe(7 * recording.samples * 6);
  });

  test('has no mixdown of no tracks', () => {
    const none = {
      tracks: new Set<string>(),
      mixdown: true,
      channels: 'mono',
      bitDepth: '16',
    } as const;
    expect(planOf(recording, none)).toEqual({ names: [], bytes: 0 });
  });
});

describe('talk map', () => {
  test('every talk run fills at least a column, and neighbours become one run', () => {
    const talk = [
      [0, 1],
      [10, 20],
      [20, 30],
      [999, 1000],
    ] as const;
    expect(talkColumns(talk, 1000, 100)).toEqual([
      [0, 3],
      [99, 100],
    ]);
    expect(talkColumns(talk, 0, 100)).toEqual([]);
  });
});

describe('shortcuts', () => {
  const press = {
    key: '',
    ctrlKey: true,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    repeat: false,
  };

  test('Ctrl and a figure open the screens', () => {
    expect(shortcutOf({ ...press, key: '3' }, false)).toEqual({
      kind: 'open',
      screen: 'recordings',
    });
    expect(shortcutOf({ ...press, key: '5' }, false)).toBeNull();
  });

  test('Ctrl+R records and only with Shift stops', () => {
    expect(shortcutOf({ ...press, key: 'r' }, false)).toEqual({ kind: 'record' });
    expect(shortcutOf({ ...press, key: 'R', shiftKey: true }, false)).toEqual({ kind: 'stop' });
    expect(shortcutOf({ ...press, ctrlKey: false, key: ' ' }, false)).toBeNull();
  });

  test('on a Mac it is Cmd', () => {
    expect(shortcutOf({ ...press, key: 'r' }, true)).toBeNull();
    const command = { ...press, ctrlKey: false, metaKey: true };
    expect(shortcutOf({ ...command, key: 'r' }, true)).toEqual({ kind: 'record' });
  });
});
