import { describe, expect, test } from 'vitest';
import { COMMANDS, COMMON, isCommandName, TEXTS } from '../../../main/cli/command.ts';
import { helpText } from '../../../main/cli/help.ts';
import { isOption, nameOf, takesValue } from '../../../main/cli/option.ts';

const COMMON_ROWS = [...Object.values(COMMON), ...Object.values(TEXTS)];

describe('help', () => {
  test('names every command', () => {
    for (const command of Object.keys(COMMANDS)) expect(helpText(null)).toContain(`  ${command} `);
  });

  test.each(Object.keys(COMMANDS))('of %s tells its options and the common ones', (command) => {
    if (!isCommandName(command)) throw new Error(command);
    const lines = helpText(command).split('\n');
    const options = [...Object.values(COMMANDS[command].rows), ...COMMON_ROWS].filter(isOption);
    for (const { form } of options) {
      const line = lines.find((one) => one.startsWith(`  ${form} `));
      expect(line?.slice(form.length + 2).trim()).toMatch(/\w/);
    }
  });
});

describe('options', () => {
  test('of one name take a value in every command, or in none', () => {
    const rows = Object.values(COMMANDS).flatMap((command) => Object.values(command.rows));
    const kinds = new Map<string, boolean>();
    for (const row of [...rows, ...COMMON_ROWS]) {
      expect(kinds.get(nameOf(row)) ?? takesValue(row)).toBe(takesValue(row));
      kinds.set(nameOf(row), takesValue(row));
    }
  });
});
