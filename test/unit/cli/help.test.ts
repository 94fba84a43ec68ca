import { describe, expect, test } from 'vitest';
import { helpText } from '../../../main/cli/help.ts';
import { COMMANDS, COMMON_OPTIONS, isCommandName } from '../../../main/cli/options.ts';

describe('help', () => {
  test('names every command', () => {
    for (const command of Object.keys(COMMANDS)) expect(helpText(null)).toContain(`  ${command} `);
  });

  test.each(Object.keys(COMMANDS))('of %s names its options and the common ones', (command) => {
    if (!isCommandName(command)) throw new Error(command);
    const text = helpText(command);
    for (const option of [...COMMANDS[command].options, ...COMMON_OPTIONS])
      expect(text).toMatch(new RegExp(`^  --${option}\\b`, 'm'));
  });
});
