import { expect, test } from 'vitest';
import { EngineError } from '../../../main/session/engine-error.ts';

test('a refusal’s message, which is logged, has its figures and no name', () => {
  const error = new EngineError('channel-full', { channel: 'Maya’s corner', count: 5, limit: 5 });
  expect(error.message).toBe('channel-full {"count":5,"limit":5}');
  expect(error.details).toEqual({ channel: 'Maya’s corner', count: 5, limit: 5 });
});
