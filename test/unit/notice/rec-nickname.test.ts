import { expect, test } from 'vitest';
import { isRecNickname, nicknameBefore, recNickname } from '../../../main/notice/rec-nickname.ts';

test.each([
  ['Deck', '[REC] Deck'],
  ['a'.repeat(26), `[REC] ${'a'.repeat(26)}`],
  ['a'.repeat(27), `[REC] ${'a'.repeat(26)}`],
  ['😀'.repeat(14), `[REC] ${'😀'.repeat(13)}`],
  ['', '[REC]'],
])('%j is marked as %j', (name, marked) => {
  expect(recNickname(name)).toBe(marked);
  expect(marked.length).toBeLessThanOrEqual(32);
  expect(isRecNickname(marked)).toBe(true);
});

test('other nicknames are not', () => {
  for (const nick of ['', 'Deck', 'REC Deck', ' [REC] Deck'])
    expect(isRecNickname(nick)).toBe(false);
});

test('what stood before the mark of a recording that died is what is behind it', () => {
  expect(nicknameBefore('[REC] House deck', 'Deck')).toBe('House deck');
  expect(nicknameBefore('[REC] Deck', 'Deck')).toBeNull();
  expect(nicknameBefore('[REC]', 'Deck')).toBeNull();
  const long = 'A bot whose name is longer than fits';
  expect(nicknameBefore(recNickname(long), long)).toBeNull();
});
