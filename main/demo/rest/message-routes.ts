import { z } from 'zod';
import { messageJson } from '../world/payloads.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';
import type { RateLimit } from './rate-limits.ts';
import { REST_ERRORS, invalidForm, ok } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import { inChannel, route } from './route.ts';
import type { Place, RestRequest, Route } from './route.ts';

const reading: RateLimit = { requests: 40, windowMs: 1000 };
const writing: RateLimit = { requests: 5, windowMs: 5000 };

const messageBody = z.object({
  content: z.string().max(2000).optional(),
  nonce: z.union([z.string().max(25), z.number()]).optional(),
  embeds: z.array(z.unknown()).max(10).optional(),
  flags: z.number().int().optional(),
});

/** The messages of a channel. */
export const MESSAGE_ROUTES: readonly Route[] = [
  route(
    'GET',
    '/channels/:channel/messages',
    reading,
    inChannel(['READ_MESSAGE_HISTORY'], ({ channel }, { world }) =>
      ok(
        world.messages
          .filter((one) => one.channelId === channel.id)
          .map((one) => messageJson(world, one))
          .reverse(),
      ),
    ),
  ),
  route('POST', '/channels/:channel/messages', writing, inChannel(['SEND_MESSAGES'], postMessage)),
];

function postMessage({ channel }: Place, { world, bot, body }: RestRequest): RestAnswer {
  if (channel.type === CHANNEL_TYPES.category) return REST_ERRORS.wrongChannelType;
  const parsed = messageBody.safeParse(body);
  if (!parsed.success) return invalidForm('content', 'Must be 2000 or fewer in length.');
  const content = parsed.data.content ?? '';
  if (content.trim() === '' && (parsed.data.embeds ?? []).length === 0) {
    return {
      ...invalidForm('content', 'empty'),
      body: { message: 'Cannot send an empty message', code: 50006 },
    };
  }
  const at = new Date().toISOString();
  const message = { id: world.newId(), channelId: channel.id, authorId: bot.userId, content, at };
  world.addMessage(message);
  const { nonce, flags } = parsed.data;
  const echoed = { ...(nonce === undefined ? {} : { nonce }), flags: flags ?? 0 };
  return ok({ ...messageJson(world, message), ...echoed });
}
