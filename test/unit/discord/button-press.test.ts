import { describe, expect, test } from 'vitest';
import { toButtonPress } from '../../../main/discord/button-press.ts';

/** INTERACTION_CREATE as Discord documents it, of a button, shortened to what counts. */
const dispatch = {
  version: 1,
  id: '100000000000000001',
  application_id: '100000000000000002',
  type: 3,
  token: 'a-secret',
  guild_id: '100000000000000003',
  channel_id: '100000000000000004',
  message: { id: '100000000000000005' },
  member: { user: { id: '100000000000000006' }, permissions: '0' },
  data: { component_type: 2, custom_id: 'tapedeck:0:stop' },
  locale: 'fr',
};

describe('a press', () => {
  test('is read from INTERACTION_CREATE', () => {
    expect(toButtonPress(dispatch)).toEqual({
      id: '100000000000000001',
      token: 'a-secret',
      applicationId: '100000000000000002',
      guildId: '100000000000000003',
      channelId: '100000000000000004',
      messageId: '100000000000000005',
      userId: '100000000000000006',
      customId: 'tapedeck:0:stop',
      locale: 'fr',
      mayMoveMembers: false,
    });
  });

  test.each([
    ['Move Members', '16777216', true],
    ['Administrator', '8', true],
    ['neither', '1024', false],
    ['nonsense', 'x', false],
  ])('of somebody with %s', (_, permissions, mayMoveMembers) => {
    const press = toButtonPress({ ...dispatch, member: { ...dispatch.member, permissions } });
    expect(press).toMatchObject({ mayMoveMembers });
  });

  test.each([
    ['of another kind', { type: 2 }],
    ['in a direct message', { guild_id: undefined, member: undefined }],
    ['without a secret', { token: '' }],
    ['whose ids are none', { id: '../x' }],
    ['with too long a name', { data: { custom_id: 'x'.repeat(101) } }],
    ['of nobody', { member: {} }],
  ])('%s is none', (_, change) => {
    expect(toButtonPress({ ...dispatch, ...change })).toBeNull();
  });

  test('in nothing at all is none', () => {
    for (const data of [null, undefined, 7, 'x', []]) expect(toButtonPress(data)).toBeNull();
  });
});
