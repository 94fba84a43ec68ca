import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../main/app/arguments.ts';
import { silentLog } from '../../../main/base/log.ts';
import { COMMANDS, COMMON, TEXTS } from '../../../main/cli/command.ts';
import { isOption, nameOf, takesValue } from '../../../main/cli/option.ts';
import { Output } from '../../../main/cli/output.ts';
import { parseCommand } from '../../../main/cli/parse-command.ts';
import { reportFailure, tellFailure } from '../../../main/cli/report.ts';
import { BadUsage, UsageError } from '../../../main/cli/usage-error.ts';
import { madeUpToken } from '../../support/made-up-token.ts';
import { streams } from '../../support/output-streams.ts';

const TOKEN = madeUpToken();

/** Every way in which a token comes along. */
const SPELLINGS: readonly (readonly string[])[] = [
  [TOKEN],
  [`Bot ${TOKEN}`],
  ['Bot', TOKEN],
  [`"${TOKEN}"`],
  [` ${TOKEN}\n`],
  [`${TOKEN.slice(0, 40)} ${TOKEN.slice(40)}`],
  [TOKEN.slice(0, 40), TOKEN.slice(40)],
  [`${TOKEN.slice(0, 40)}\u00e9${TOKEN.slice(41)}`],
  [`${TOKEN.slice(0, 40)}\u200b${TOKEN.slice(40)}`],
];

/** Every place of the command line where one may land. */
const PLACES: readonly (readonly [string, (token: readonly string[]) => readonly string[]])[] = [
  ['command', (token) => token],
  ['operand too many', (token) => ['channels', ...token]],
  ['recording', (token) => ['verify', ...token]],
  ['behind --', (token) => ['export', '--', ...token]],
  ['unknown option', ([token = '', ...more]) => ['channels', `--${token}`, ...more]],
  ['value of an unknown option', ([token = '', ...more]) => ['list', `--foo=${token}`, ...more]],
  ['short option', ([token = '', ...more]) => ['list', `-${token}`, ...more]],
  [
    'one of several ids',
    ([token = '', ...more]) => ['export', 'a', '--tracks', `3,${token}`, ...more],
  ],
  ...Object.entries(COMMANDS).flatMap(([name, { rows }]) =>
    [...Object.values(COMMON), ...Object.values(TEXTS), ...Object.values(rows)]
      .filter(isOption)
      .flatMap((row) => {
        const option = nameOf(row);
        const inside = ([token = '', ...more]: readonly string[]): readonly string[] => [
          ...[name, `${option}=${token}`],
          ...more,
        ];
        return takesValue(row)
          ? [
              [
                `${name} ${option}`,
                (token: readonly string[]) => [name, option, ...token],
              ] as const,
              [`${name} ${option}=`, inside] as const,
            ]
          : [[`${name} ${option}=`, inside] as const];
      }),
  ),
];

/** What a command line that is read by `read` prints, in both modes. */
function printed(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    const [json, people] = [streams(), streams()];
    for (const [mode, to] of [['json', json] as const, ['people', people] as const])
      expect(reportFailure(error, { output: new Output({ ...to, mode }), log: silentLog })).toBe(2);
    return [...Object.values(json.text()), ...Object.values(people.text()), String(error)].join(
      '\n',
    );
  }
  throw new Error('accepted');
}

describe('a token in the command line', () => {
  test.each(PLACES)('as %s is answered with what it is, and never printed', (_, place) => {
    for (const spelling of SPELLINGS) {
      const all = printed(() => parseCommand(place(spelling)));
      expect(all.match(/that looks like a token; make a new one/g)).toHaveLength(3);
      for (const part of TOKEN.split('.')) expect(all).not.toContain(part.slice(0, 20));
    }
  });

  test('of the demo, too', () => {
    const all = printed(() => parseArguments(['--demo', '--seconds', TOKEN], '/'));
    expect(all).toContain('that looks like a token; make a new one');
    expect(all).not.toContain(TOKEN.slice(30));
  });
});

test('no token gets out of an error, whatever was typed or set', () => {
  const bad = new BadUsage('usage.not-an-address', { word: `https://${TOKEN}@x` });
  const other = new UsageError('no-token', { path: TOKEN });
  for (const error of [bad, other])
    expect(JSON.stringify([error.details, error.message])).not.toContain(TOKEN);
  const { text, ...both } = streams();
  const output = new Output({ ...both, mode: 'json' });
  tellFailure({ code: 'not-a-recording', details: { path: `/a/${TOKEN}` } }, output);
  expect(JSON.stringify(text())).not.toContain(TOKEN.slice(30));
});
