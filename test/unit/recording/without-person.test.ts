import { describe, expect, test } from 'vitest';
import { withoutPerson } from '../../../main/recording/forget/without-person.ts';

const ADA = { userId: '5001', names: ['Ada', 'Ada (she)'], tracks: ['tracks/01-Ad\u00e1.opus'] };

describe('a JSON value without a person', () => {
  test.each([
    ['is gone when it is theirs', { event: 'left', userId: '5001' }, undefined],
    [
      'is gone when it is of their track',
      { event: 'loss', track: 'tracks/01-Ad\u00e1.opus' },
      undefined,
    ],
    ['in whatever Unicode form', { file: 'tracks/01-Ada\u0301.opus' }, undefined],
    [
      'stays when it is another’s',
      { userId: '50011', name: 'Ada' },
      { userId: '50011', name: 'Ada' },
    ],
    [
      'has no entries of theirs in lists',
      { a: ['5001', '5002', { userId: '5001' }] },
      { a: ['5002'] },
    ],
    [
      'has null where they stood alone',
      { stoppedBy: '5001', by: { userId: '5001' } },
      { stoppedBy: null, by: null },
    ],
    [
      'has no field that is called by their id',
      { said: { 5001: 3, 5002: 4 } },
      { said: { 5002: 4 } },
    ],
    [
      'keeps places, whatever they are called',
      { guild: { id: '5001', name: 'Ada' } },
      { guild: { id: '5001', name: 'Ada' } },
    ],
    [
      'loses their names in free text',
      { note: 'ada, ADA (she)! <@5001> Adam Íada' },
      { note: '…, …! <@…> Adam Íada' },
    ],
    ['keeps text that is not free', { reason: 'Ada' }, { reason: 'Ada' }],
  ])('%s', (_, value, left) => {
    expect(withoutPerson(value, ADA)).toEqual(left);
  });

  test('takes names as they are, not as patterns', () => {
    const names = ['.*', '$&', 'a|b', '(', '\\', '😀'];
    const value = { note: 'all .* of $& and a|b ( \\ 😀 stays' };
    expect(withoutPerson(value, { ...ADA, names })).toEqual({
      note: 'all … of … and … … … … stays',
    });
  });
});

test('free text loses a name in a script without blanks wherever it stands', () => {
  const taro = { userId: '5001', names: ['太郎'], tracks: [] };
  expect(withoutPerson({ note: '太郎さんに聞く' }, taro)).toEqual({ note: '…さんに聞く' });
  const somchai = { userId: '5001', names: ['สมชาย'], tracks: [] };
  expect(withoutPerson({ note: 'คุณสมชายพูด' }, somchai)).toEqual({ note: 'คุณ…พูด' });
});
