import { describe, expect, test } from 'vitest';
import { formatTable } from '../../../main/cli/table.ts';

describe('table', () => {
  test('columns stand below each other, numbers to the right, without trailing space', () => {
    expect(
      formatTable(
        ['left', 'right', 'left'],
        [
          ['Name', 'Packets', 'File'],
          ['Maya', '12', 'tracks/01-maya.opus'],
          ['さくら', '3', ''],
          ['é', '12345', 'x'],
        ],
      ),
    ).toBe(
      [
        'Name    Packets  File',
        'Maya         12  tracks/01-maya.opus',
        'さくら        3',
        'é         12345  x',
      ].join('\n'),
    );
  });

  test('no rows are no text', () => {
    expect(formatTable(['left'], [])).toBe('');
  });
});

test('a name in a cell writes no line of its own', () => {
  expect(formatTable(['left', 'right'], [['a\nb\u202e', '1']])).toBe('a b  1');
});
