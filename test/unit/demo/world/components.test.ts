import { describe, expect, test } from 'vitest';
import { actionRows } from '../../../../main/demo/world/components.ts';

/** A row with one button. */
function row(change: object = {}): object {
  return { type: 1, components: [{ type: 2, style: 4, label: 'a', custom_id: 'a', ...change }] };
}

const link = { style: 5, url: 'https://example.org', custom_id: undefined };
const ids = (...all: readonly string[]): object[] => all.map((id) => row({ custom_id: id }));

// Limits of discord-api-docs, components reference: 5 rows, 5 buttons, label 80, custom_id 100.
describe('rows of buttons', () => {
  test.each([
    ['none', []],
    ['the longest texts', [row({ label: 'x'.repeat(80), custom_id: 'x'.repeat(100) })]],
    ['an emoji in place of a label', [row({ label: undefined, emoji: { name: '⏹' } })]],
    ['a link', [row(link)]],
    ['five rows', ids('a', 'b', 'c', 'd', 'e')],
  ])('are taken: %s', (_, rows) => {
    expect(actionRows.safeParse(rows).success).toBe(true);
  });

  test.each([
    ['no list', 'none'],
    ['a button outside a row', [{ type: 2, style: 1, label: 'a', custom_id: 'a' }]],
    ['an empty row', [{ type: 1, components: [] }]],
    ['a long id', [row({ custom_id: 'x'.repeat(101) })]],
    ['an empty id', [row({ custom_id: '' })]],
    ['no id', [row({ custom_id: undefined })]],
    ['a long label', [row({ label: 'x'.repeat(81) })]],
    ['no label', [row({ label: undefined })]],
    ['an unknown style', [row({ style: 7 })]],
    ['a link with an id', [row({ ...link, custom_id: 'a' })]],
    ['a link to nowhere', [row({ ...link, url: undefined })]],
    ['an id with a link', [row({ url: 'https://example.org' })]],
    ['one id twice', ids('a', 'a')],
    ['six rows', ids('a', 'b', 'c', 'd', 'e', 'f')],
  ])('are refused: %s', (_, rows) => {
    expect(actionRows.safeParse(rows).success).toBe(false);
  });
});
