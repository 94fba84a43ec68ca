import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { maskPaths } from '../../../main/settings/path-mask.ts';

const LINUX = { homeFolder: '/home/ann b', libraryFolder: '/media/stick/Tapedeck' };
const WINDOWS = {
  homeFolder: 'C:\\Users\\Änn b',
  libraryFolder: 'C:\\Users\\Änn b\\Music\\Tapedeck',
};
const RECORDING = '2026-11-23 10-15-30 Guild of "Night" - lounge';

/** The line that is logged for that error. */
function logLine(error: string, fields = {}): string {
  const lines: string[] = [];
  createLog('info', (_level, line) => lines.push(line)).error('failed', { error, ...fields });
  return lines.join();
}

function errorIn(text: string): unknown {
  const line: unknown = JSON.parse(text);
  return line !== null && typeof line === 'object' && 'error' in line ? line.error : null;
}

describe('the home folder', () => {
  test.each([
    ['plain', '/home/ann b/.config/x', '~/.config/x'],
    ['alone', 'in /home/ann b.', 'in ~.'],
    ['as a URL', pathToFileURL('/home/ann b/.config/x').href, 'file://~/.config/x'],
    ['in another case', '/HOME/Ann B/x', '~/x'],
    ['before another', '/home/ann b/x -> /home/ann b/y', '~/x -> ~/y'],
    ['of somebody else', '/home/ann bo/x', '/home/ann bo/x'],
  ])('%s', (_, text, masked) => {
    expect(maskPaths(text, LINUX)).toBe(masked);
  });

  test.each([
    ['plain', 'C:\\Users\\Änn b\\x', '~\\x'],
    ['in JSON', JSON.stringify('C:\\Users\\Änn b\\x'), JSON.stringify('~\\x')],
    ['in JSON in JSON', JSON.stringify(JSON.stringify('c:\\users\\Änn b')), '"\\"~\\""'],
    ['with slashes', 'c:/Users/änn b/x', '~/x'],
    ['as a URL', 'file:///C:/Users/%C3%84nn%20b/x.js:3:1', 'file:///~/x.js:3:1'],
    ['decomposed', 'C:\\Users\\Änn b\\x'.normalize('NFD'), '~\\x'],
  ])('on Windows, %s', (_, text, masked) => {
    expect(maskPaths(text, WINDOWS)).toBe(masked);
  });

  test('that is the root of a disk is left alone', () => {
    expect(maskPaths('/home/x', { ...LINUX, homeFolder: '/' })).toBe('/home/x');
    expect(maskPaths('C:\\x', { ...WINDOWS, homeFolder: 'C:\\' })).toBe('C:\\x');
  });
});

describe('what is below the recordings folder', () => {
  test.each([
    ['Linux', LINUX, `${LINUX.libraryFolder}/${RECORDING}/tracks/01-Maya.opus`],
    ['Windows', WINDOWS, `${WINDOWS.libraryFolder}\\${RECORDING}\\tracks\\01-Maya.opus`],
    ['Linux, renamed', LINUX, `${LINUX.libraryFolder}/Maya "and" Theo`],
    [
      'Windows, as a URL',
      WINDOWS,
      'file:///C:/Users/%C3%84nn%20b/Music/Tapedeck/Maya%20and%20Theo',
    ],
  ])('is left out up to the end of the string: %s', (_, folders, file) => {
    const masked = maskPaths(
      logLine(`ENOSPC: no space left, open '${file}'`, { attempt: 3 }),
      folders,
    );
    expect(masked).not.toMatch(/Guild|Night|lounge|Maya|Theo/);
    expect(errorIn(masked)).toMatch(/^ENOSPC: no space left, open '.*<recordings>\/…$/);
    expect(JSON.parse(masked)).toMatchObject({ message: 'failed', attempt: 3 });
  });

  test('the stack behind it stays', () => {
    const stack = `Error: EACCES, open '${LINUX.libraryFolder}/Guild'\n    at read (file:///home/ann%20b/app.js:3:1)`;
    expect(errorIn(maskPaths(logLine(stack), LINUX))).toBe(
      "Error: EACCES, open '<recordings>/…\n    at read (file://~/app.js:3:1)",
    );
  });

  test('the folder by itself is named', () => {
    const text = `scandir '${LINUX.libraryFolder}', not ${LINUX.libraryFolder}2`;
    expect(maskPaths(text, LINUX)).toBe(`scandir '<recordings>', not ${LINUX.libraryFolder}2`);
  });
});

test('names of a recording or an exported track elsewhere are masked', () => {
  const line = logLine(`EIO: i/o error, open '/mnt/x/${RECORDING}/tracks/01-Maya.opus'`);
  expect(errorIn(maskPaths(line, LINUX))).toBe("EIO: i/o error, open '/mnt/x/<recording>/…");
  const target = logLine("EIO: i/o error, open '/mnt/x/01-Maya & Theo (2).wav'");
  expect(errorIn(maskPaths(target, LINUX))).toBe("EIO: i/o error, open '/mnt/x/<track>'");
});
