import { describe, expect, test } from 'vitest';
import path from 'node:path';
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
    ['\u202egnp.exe', 'gnp.exe_'],
    ['e\u0301', '\u00e9'],
    ['e\u202e\u0301', '\u00e9'],
    ['\ud800x', 'x'],
    ['日本語', '日本語'],
    ['\u3164', 'fallback'], // Hangul filler
    ['\u200b\u2060\u00ad\u034f', 'fallback'],
    ['\ufeff', 'fallback'],
    ['\u115f\u1160\u17b4', 'fallback'], // fillers of Hangul and Khmer
    ['\ufe0e\ufe0f\u{e0100}', 'fallback'], // variation selectors
    ['\u2003\u3000', 'fallback'],
    ['\u2800\u2800', 'fallback'], // Braille without a dot
    ['\u{e0041}\ufff9', 'fallback'],
    [' \u3164 \u00a0 ', 'fallback'],
    ['a\u200bb\u200dc', 'abc'],
    ['Z\u200co\u00eb', 'Zo\u00eb'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['❤️ 1️⃣ 🏳️‍🌈', '❤️ 1️⃣ 🏳️‍🌈'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['क्\u200dष', 'क्\u200dष'],
    ['Tapedeck.app', 'Tapedeck.app_'],
    ['notes.LNK', 'notes.LNK_'],
    ['setup.exe.', 'setup.exe_'],
    ['run\u200b.c\u200bom', 'run.com_'],
    ['a.workflow', 'a.workflow_'],
    ['.desktop', '.desktop_'],
    ['g.{ED7BA470-8E54-465E-825C-99712043E01C}', 'g.{ED7BA470-8E54-465E-825C-99712043E01C_'],
    [`${'x'.repeat(36)}.app`, `${'x'.repeat(36)}.ap_`],
    ['mr.smith', 'mr.smith'],
    ['v1.5', 'v1.5'],
    ['app', 'app'],
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
  test('begin with the time of the zone', () => {
    const wallMs = Date.UTC(2026, 0, 2, 23, 4, 5);
    for (const [timeZone, time] of [
      ['UTC', '2026-01-02 23-04-05'],
      ['Europe/Paris', '2026-01-03 00-04-05'],
      ['Asia/Kathmandu', '2026-01-03 04-49-05'],
      ['America/Los_Angeles', '2026-01-02 15-04-05'],
    ] as const)
      expect(recordingFolderName({ wallMs, timeZone }, { guild: 'A/B', channel: '' })).toBe(
        `${time} A_B - channel`,
      );
  });

  test('are at most 143 bytes with a number, where a disk takes no more', () => {
    const startedAt = { wallMs: Date.UTC(2026, 0, 2), timeZone: 'UTC' };
    for (const name of ['x'.repeat(100), '語'.repeat(100), '👨‍👩‍👧'.repeat(20), '']) {
      const place = { guild: name, channel: name };
      const short = recordingFolderName(startedAt, place, 'short');
      expect(Buffer.byteLength(`${short} (9999)`)).toBeLessThanOrEqual(143);
      expect(short).toMatch(/^2026-01-02 00-00-00 .+ - .+$/);
      const peaks = path.posix.basename(trackFile(10_000, name)).replace('.opus', '.peaks.dat');
      expect(Buffer.byteLength(peaks)).toBeLessThanOrEqual(143);
    }
  });

  test('number tracks from 01, past 99 too', () => {
    expect(trackFile(1, 'Ada')).toBe('tracks/01-Ada.opus');
    expect(trackFile(100, '/')).toBe('tracks/100-_.opus');
  });
});
