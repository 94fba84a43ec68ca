import { z } from 'zod';
import { messageJson } from '../world/payloads.ts';
import type { MessageChange } from '../world/world.ts';
import type { DemoMessage } from '../world/world-types.ts';
import { readMessage } from './message-body.ts';
import { REST_ERRORS, invalidForm, none, ok } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import type { OpenRequest, OpenRoute } from './route.ts';

const callback = z.object({
  type: z.union([z.literal(4), z.literal(5), z.literal(6), z.literal(7)]),
  data: z.unknown().optional(),
});

/** Answers to presses, which need no token but the interaction's own. */
export const INTERACTION_ROUTES: readonly OpenRoute[] = [
  { method: 'POST', path: '/interactions/:id/:token/callback', run: answer },
  {
    method: 'PATCH',
    path: '/webhooks/:application/:token/messages/@original',
    run: (request) =>
      byToken(request, (token, change) => request.interactions.editOriginal(token, change)),
  },
  {
    method: 'POST',
    path: '/webhooks/:application/:token',
    run: (request) =>
      byToken(request, (token, change) => request.interactions.followUp(token, change)),
  },
];

function answer({ interactions, parts, body }: OpenRequest): RestAnswer {
  const parsed = callback.safeParse(body);
  if (!parsed.success) return invalidForm('type', 'Not a type of response to a button.');
  const { type, data = {} } = parsed.data;
  const read = readMessage(data);
  if ('refused' in read) return read.refused;
  const isEmpty = (read.change.content ?? '').trim() === '' && !read.hasEmbeds;
  if (type === 4 && isEmpty) return REST_ERRORS.emptyMessage;
  const which = { id: parts['id'] ?? '', token: parts['token'] ?? '' };
  const outcome = interactions.answer(which, { type, change: read.change });
  if (outcome === 'unknown') return REST_ERRORS.unknownInteraction;
  return outcome === 'acknowledged' ? REST_ERRORS.acknowledged : none;
}

function byToken(
  { world, parts, body }: OpenRequest,
  act: (token: string, change: MessageChange) => DemoMessage | null,
): RestAnswer {
  const read = readMessage(body);
  if ('refused' in read) return read.refused;
  const message = act(parts['token'] ?? '', read.change);
  return message === null ? REST_ERRORS.unknownWebhook : ok(messageJson(world, message));
}
