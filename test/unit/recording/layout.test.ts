import { describe, expect, test } from 'vitest';
import { recordingFolderName, toSafeName, trackFile } from '../../../main/recording/layout.ts';

describe('safe names', () => {
  test.each([
    ['Tape Lovers', 'Tape Lovers'],
    ['a/b\\c:d*e?f"g<h>i|j', 'a_b_c_d_e_f_g_h_i_j'],
    ['..', 'fallback'],
    ['../../etc', '.._.._etc'],
    ['  tabs\tand\nlines  ', 'tabs and lines'],
    ['ends in dots. . .', 'ends in dots'],
    ['CON', '_CON'],
    ['com1.txt', '_com1.txt'],
    ['LPT¹', '_LPT¹'],
    ['console', 'console'],
    ['', 'fallback'],
    ['\u0000\u0007', 'fallback'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['e\u0301', '\u00e9'],
    ['e\u202e\u0301', '\u00e9'],
    ['\ud800x', 'x'],
    ['日本語', '日本語'],
  ])('%j becomes %j', (name, safe) => {
    expect(toSafeName(name, 'fallback')).toBe(safe);
  });

  test('are at most 40 characters and 100 bytes, and no character is cut in two', () => {
    const family = '👨‍👩‍👧';
    for (const name of [
      'x'.repeat(100),
      '語'.repeat(100),
      family.repeat(50),
      `a${'\u0301'.repeat(200)}`,
    ]) {
      const safe = toSafeName(name, 'fallback');
      expect(safe).not.toBe('fallback');
      expect(safe.length).toBeLessThanOrEqual(40);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(100);
      expect(safe).not.toMatch(/\p{Surrogate}/u);
    }
    expect(toSafeName(family.repeat(50), '')).toBe(family.repeat(5));
    expect(toSafeName(`${'x'.repeat(39)}. y`, '')).toBe('x'.repeat(39));
  });

  test('are safe for random names', () => {
    let state = 3;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let run = 0; run < 2_000; run += 1) {
      const units = Array.from({ length: random() * 60 }, () =>
        Math.floor(random() * (run % 2 === 0 ? 0x80 : 0x1_0000)),
      );
      const safe = toSafeName(String.fromCharCode(...units), 'fallback');
      expect(safe).toBe(safe.normalize('NFC'));
      expect(safe).not.toMatch(/[/\\:*?"<>|\u0000-\u001f\u007f-\u009f]|[. ]$|^$/);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(100);
    }
  });
});

describe('names of a recording', () => {
  test('begin with the local time', () => {
    const startedAt = new Date(2026, 0, 2, 3, 4, 5);
    expect(recordingFolderName(startedAt, { guild: 'A/B', channel: '' })).toBe(
      '2026-01-02 03-04-05 A_B - channel',
    );
  });

  test('number tracks from 01, past 99 too', () => {
    expect(trackFile(1, 'Ada')).toBe('tracks/01-Ada.opus');
    expect(trackFile(100, '/')).toBe('tracks/100-_.opus');
  });
});
