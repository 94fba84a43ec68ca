import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../main/app/arguments.ts';
import { problemOf } from '../../../main/cli/report.ts';

const parse = (...words: string[]): unknown => parseArguments(words, '/typed');

/** The sentence with which words behind --demo are refused; fails the test when they are not refused. */
function refusal(...words: string[]): unknown {
  try {
    parse('.', '--demo', ...words);
  } catch (error) {
    return problemOf(error);
  }
  throw new Error(`accepted: ${words.join(' ')}`);
}

describe('the app’s arguments', () => {
  test('without --demo any words open the window', () => {
    for (const words of [[], ['.'], ['--no-sandbox', '.'], ['--bogus'], ['file', '--seconds', '3']])
      expect(parse(...words)).toEqual({ kind: 'window' });
  });

  test('ask for a demo; relative paths start at the folder where they were typed', () => {
    expect(parse('.', '--demo')).toEqual({
      kind: 'demo',
      seconds: 10,
      out: '/typed/demo-recordings',
      screenshot: null,
      json: false,
    });
    const words = ['--seconds', '2.5', '--out', 'here', '--screenshot=/there/a.png', '--json'];
    const demo = { kind: 'demo', seconds: 2.5, out: '/typed/here', screenshot: '/there/a.png' };
    expect(parse('.', '--demo', ...words)).toEqual({ ...demo, json: true });
  });

  test('may hold switches of Electron and Chromium', () => {
    const ours = { kind: 'demo', seconds: 3 };
    const before = ['--inspect=0', '--remote-debugging-port=0', '--some-new-switch', '.'];
    expect(parse(...before, '--demo', '--seconds', '3')).toMatchObject(ours);
    const behind = ['--no-sandbox', '--ozone-platform=x11', '--seconds', '3'];
    expect(parse('.', '--demo', ...behind)).toMatchObject(ours);
  });

  test.each([
    [['--bogus'], 'unknown option: --bogus'],
    [['--second', '3'], 'unknown option: --second'],
    [['--bogus=1', '--json'], 'unknown option: --bogus'],
    [['-j'], 'unknown option: -j'],
    [['--help'], 'unknown option: --help'],
    [['10'], 'too many words: 10'],
    [['--json', 'here'], 'too many words: here'],
    [['--json=yes'], '--json takes no value'],
    [['--seconds'], '--seconds needs a value'],
    [['--out', '--json'], '--out needs a value'],
    [['--screenshot='], '--screenshot needs a value'],
    [['--seconds', 'ten'], '--seconds ten is not a number above zero'],
    [['--seconds', '0'], '--seconds 0 is not a number above zero'],
    [['--seconds', '-5'], '--seconds -5 is not a number above zero'],
    [['--seconds', '1000000'], '--seconds 1000000 is not a number above zero'],
  ])('%j behind --demo is refused', (words, message) => {
    expect(refusal(...words)).toEqual({ code: 'bad-usage', details: { message } });
  });
});
