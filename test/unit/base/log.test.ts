import { expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { parseJson } from '../../../main/base/json.ts';
import { madeUpToken } from '../../support/made-up-token.ts';

function logged(message: string, fields: Record<string, string>): string {
  const lines: string[] = [];
  createLog('info', (_level, line) => lines.push(line)).info(message, fields);
  return lines.join('\n');
}

test('a line of the log has no token, and stays JSON where one stood behind a line feed', () => {
  const line = logged(`a\n${madeUpToken()}`, { why: `b\n${madeUpToken()}` });
  expect(parseJson(line)).toMatchObject({ message: 'a\n[token]', why: 'b\n[token]' });
});

test('a line of the log is one line, and no terminal takes a part of it for a command', () => {
  const text = '{"level":"error"}\n\u001b[2J\u009b2J\u202eabc\u2028';
  const line = logged(text, { name: text });
  expect(line.match(/\p{Cc}|\p{Bidi_Control}|\u2028/gu)).toBe(null);
  expect(parseJson(line)).toMatchObject({ message: text, name: text });
});
