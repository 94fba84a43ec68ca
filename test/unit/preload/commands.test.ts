import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../../preload/contract/command-names.ts';
import { commands } from '../../../preload/contract/commands.ts';

const fits = (name: keyof typeof commands, input: unknown) =>
  commands[name].input.safeParse(input).success;

describe('commands of the contract', () => {
  test('the preload passes exactly the commands that main answers', () => {
    expect(Object.keys(COMMAND_NAMES).toSorted()).toEqual(Object.keys(commands).toSorted());
  });

  test.each(['session.pause', 'session.resume'] as const)('%s takes nothing', (name) => {
    expect(fits(name, {})).toBe(true);
    expect(fits(name, { marker: 0 })).toBe(false);
    expect(fits(name, undefined)).toBe(false);
  });

  test('a marker may have a note or none', () => {
    expect(fits('session.mark', {})).toBe(true);
    expect(fits('session.mark', { note: '' })).toBe(true);
    expect(fits('session.mark', { note: 'Ship reveal' })).toBe(true);
    expect(fits('session.mark', { note: null })).toBe(false);
    expect(fits('session.mark', { note: 'a', samples: 1 })).toBe(false);
  });

  test('a note has at most 200 characters', () => {
    expect(fits('session.note-marker', { marker: 0, note: 'x'.repeat(200) })).toBe(true);
    expect(fits('session.note-marker', { marker: 0, note: 'x'.repeat(201) })).toBe(false);
  });

  test.each(['a\nb', 'a\tb', '\u0000', '\u001b[2J', '\u007f', '\u0085', '\u2028', '\ud800'])(
    'a note is one line of plain text, not %j',
    (note) => {
      expect(fits('session.mark', { note })).toBe(false);
      expect(fits('session.note-marker', { marker: 0, note })).toBe(false);
    },
  );

  test.each(['高橋みなみ', 'ליאור', 'Juniper 🌿', '👩‍🚀', 'É'])(
    'the note %s of any script is taken',
    (note) => {
      expect(fits('session.note-marker', { marker: 3, note })).toBe(true);
    },
  );

  test.each([-1, 0.5, NaN, Infinity, 1_000_001, '0', null])('%j is no marker', (marker) => {
    expect(fits('session.note-marker', { marker, note: '' })).toBe(false);
  });
});
