import { describe, expect, test } from 'vitest';
import type { RecordingSessionSnapshot } from '../../../preload/contract/snapshot.ts';
import { NO_MARKS } from '../../support/fake-bridge/marks.ts';
import { scene } from '../../support/fake-bridge/scenes.ts';
import { LevelStore } from '../../../renderer/bridge/level-store.ts';
import { letterActionOf, shortcutOf } from '../../../renderer/app/shortcuts.ts';
import { lampOf } from '../../../renderer/deck/lamp.tsx';
import { cleanNote } from '../../../renderer/deck/marker-note.ts';
import { spokenState } from '../../../renderer/deck/spoken-state.ts';
import { statusOf } from '../../../renderer/deck/status.ts';
import { spokenClock } from '../../../renderer/ui/figures.ts';

const SECOND = 48_000;
const moment = { samples: 2537 * SECOND, nowMs: Date.now() };

function recording(name: 'live' | 'trouble') {
  const { snapshot } = scene(name);
  if (snapshot.session.kind !== 'recording') throw new Error('the scene records');
  return { snapshot, session: snapshot.session };
}

const said = (change: Partial<RecordingSessionSnapshot>, name: 'live' | 'trouble' = 'live') => {
  const { snapshot, session } = recording(name);
  return statusOf({ ...snapshot, session: { ...session, ...change } }, moment);
};

const markedAt = (atMs: number) => ({
  news: [{ kind: 'marked', marker: 0, atMs, number: 0, samples: 2537 * SECOND } as const],
});
const marked = markedAt(moment.nowMs);
const marker = { number: 0, samples: 2537 * SECOND, note: '' };

describe('status line of a pause', () => {
  test('says since when, and that nothing is recorded', () => {
    expect(said({ pausedAtSamples: 2530 * SECOND })).toEqual([
      {
        tone: 'news',
        about: 'pause',
        sentence: 'Paused at 0:42:10. Nothing that anyone says is kept until you press Go on.',
      },
    ]);
  });

  test('comes after troubles, which are worse', () => {
    const sentences = said({ pausedAtSamples: 2530 * SECOND }, 'trouble');
    expect(sentences[0]?.about).toBe('connection');
    expect(sentences.at(-1)?.about).toBe('pause');
  });

  test('says how long a pause that is over was', () => {
    const { nowMs: atMs, samples } = moment;
    const pausedSamples = 130 * SECOND;
    const resumed = { kind: 'resumed', pausedSamples, number: 0, atMs, samples } as const;
    const [only] = said({ ...NO_MARKS, news: [resumed] });
    expect(only?.sentence).toBe('Recording goes on. Paused for 2 minutes, marked on the tape.');
  });
});

describe('status line of a marker', () => {
  test('says when, and offers a note while there is none', () => {
    expect(said({ ...marked, markers: [marker] })).toEqual([
      { tone: 'news', about: 'marker', sentence: 'Marker at 0:42:17.', noteFor: 0 },
    ]);
    const [noted] = said({ ...marked, markers: [{ ...marker, note: 'Ship reveal' }] });
    expect(noted?.sentence).toBe('Marker at 0:42:17: \u2068Ship reveal\u2069');
    expect(noted).not.toHaveProperty('noteFor');
  });

  test('is shown during a pause too, for ten seconds', () => {
    const paused = { pausedAtSamples: SECOND, markers: [marker] };
    expect(said({ ...marked, ...paused })[0]?.noteFor).toBe(0);
    expect(said({ ...markedAt(0), ...paused })[0]?.about).toBe('pause');
  });

  test('that is no longer in the snapshot is not shown', () => {
    expect(said({ ...marked, ...NO_MARKS })[0]?.tone).toBe('fine');
  });
});

describe('lamp and glass of a pause', () => {
  test('the lamp says PAUSED also while the connection is lost', () => {
    const { session } = recording('trouble');
    expect(lampOf(session)).toBe('waiting');
    expect(lampOf({ ...session, pausedAtSamples: 0 })).toBe('paused');
    expect(lampOf({ ...session, pausedAtSamples: 0, kind: 'stopping' })).toBe('stopping');
  });

  test('the spoken state begins with the pause', () => {
    const { snapshot, session } = recording('live');
    const levels = new LevelStore();
    levels.accept({ samples: 2537 * SECOND, speakers: [] });
    const paused = { ...session, pausedAtSamples: 2530 * SECOND };
    expect(spokenState({ ...snapshot, session: paused }, levels)).toMatch(
      /^Paused for 7 seconds\. Recording Session Zero, /,
    );
  });

  test.each([
    [2537, '42 minutes 17'],
    [17, '17 seconds'],
    [60, '1 minute'],
    [3600 + 120 + 3, '1 hour 2 minutes 3'],
    [7200, '2 hours 0 minutes'],
  ])('%i seconds are spoken as %s', (seconds, words) => {
    expect(spokenClock(seconds * SECOND + 47_999)).toBe(words);
  });
});

describe('keys', () => {
  const press = {
    key: '',
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    repeat: false,
  };

  test('Ctrl+Shift+P pauses or resumes, once however long it is held', () => {
    const chord = { ...press, key: 'P', ctrlKey: true, shiftKey: true };
    expect(shortcutOf(chord, false)).toEqual({ kind: 'pause' });
    expect(shortcutOf({ ...chord, repeat: true }, false)).toBeNull();
    expect(shortcutOf({ ...chord, shiftKey: false }, false)).toBeNull();
    expect(shortcutOf({ ...chord, ctrlKey: false, metaKey: true }, true)).toEqual({
      kind: 'pause',
    });
  });

  test('M sets a marker, Shift+M one with a note', () => {
    expect(letterActionOf({ ...press, key: 'm' })).toEqual({ kind: 'mark' });
    expect(letterActionOf({ ...press, key: 'M' })).toEqual({ kind: 'mark' }); // Caps Lock
    expect(letterActionOf({ ...press, key: 'M', shiftKey: true })).toEqual({
      kind: 'mark-with-note',
    });
  });

  test('no other letter, no chord and no held key sets a marker', () => {
    expect(letterActionOf({ ...press, key: 'n' })).toBeNull();
    expect(letterActionOf({ ...press, key: 'm', ctrlKey: true })).toBeNull();
    expect(letterActionOf({ ...press, key: 'm', altKey: true })).toBeNull();
    expect(letterActionOf({ ...press, key: 'm', repeat: true })).toBeNull();
  });
});

describe('note of a marker', () => {
  test('becomes one line of plain text', () => {
    expect(cleanNote('  Ship\treveal\r\n at last \u0007')).toBe('Ship reveal  at last');
    expect(cleanNote('a\u2028b')).toBe('a b');
    expect(cleanNote('\n \t')).toBe('');
  });

  test('keeps any script and emoji', () => {
    expect(cleanNote('高橋さんの歌 👩‍🚀')).toBe('高橋さんの歌 👩‍🚀');
  });

  test('is cut to the contract’s 200 characters, and no character in two', () => {
    expect(cleanNote('x'.repeat(300))).toHaveLength(200);
    expect(cleanNote(`${'x'.repeat(199)}🚀`)).toBe('x'.repeat(199));
  });
});
