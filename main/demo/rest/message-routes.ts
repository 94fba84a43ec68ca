import { messageJson } from '../world/payloads.ts';
import { CHANNEL_TYPES } from '../world/world-types.ts';
import type { DemoMessage } from '../world/world-types.ts';
import { readMessage } from './message-body.ts';
import type { RateLimit } from './rate-limits.ts';
import { REST_ERRORS, none, ok } from './rest-answer.ts';
import type { RestAnswer } from './rest-answer.ts';
import { inChannel, route } from './route.ts';
import type { Place, RestRequest, Route } from './route.ts';

const reading: RateLimit = { requests: 40, windowMs: 1000 };
const writing: RateLimit = { requests: 5, windowMs: 5000 };

const ALL = '/channels/:channel/messages';
const ONE = '/channels/:channel/messages/:message';

/** The messages of a channel. */
export const MESSAGE_ROUTES: readonly Route[] = [
  route(
    'GET',
    ALL,
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
  route('POST', ALL, writing, inChannel(['SEND_MESSAGES'], postMessage)),
  route(
    'GET',
    ONE,
    reading,
    inChannel(
      ['READ_MESSAGE_HISTORY'],
      onMessage((message, { world }) => ok(messageJson(world, message))),
    ),
  ),
  route('PATCH', ONE, writing, inChannel([], onMessage(editMessage))),
  route('DELETE', ONE, writing, inChannel([], onMessage(deleteMessage))),
];

/** Runs with the message of the path, when it stands in the channel. */
function onMessage(
  run: (message: DemoMessage, request: RestRequest) => RestAnswer,
): (place: Place, request: RestRequest) => RestAnswer {
  return ({ channel }, request) => {
    const message = request.world.messages.find(
      ({ id, channelId }) => id === request.parts['message'] && channelId === channel.id,
    );
    return message === undefined ? REST_ERRORS.unknownMessage : run(message, request);
  };
}

function postMessage({ channel }: Place, { world, bot, body }: RestRequest): RestAnswer {
  if (channel.type === CHANNEL_TYPES.category) return REST_ERRORS.wrongChannelType;
  const read = readMessage(body);
  if ('refused' in read) return read.refused;
  const { change, hasEmbeds, nonce } = read;
  const { content = '' } = change;
  if (content.trim() === '' && !hasEmbeds) return REST_ERRORS.emptyMessage;
  const said = { content, components: [], flags: 0, ...change };
  const message = world.addMessage({ channelId: channel.id, authorId: bot.userId, ...said });
  return ok({ ...messageJson(world, message), ...(nonce === null ? {} : { nonce }) });
}

function editMessage(message: DemoMessage, { world, bot, body }: RestRequest): RestAnswer {
  if (message.authorId !== bot.userId) return REST_ERRORS.othersMessage;
  const read = readMessage(body);
  if ('refused' in read) return read.refused;
  if (read.change.content?.trim() === '' && !read.hasEmbeds) return REST_ERRORS.emptyMessage;
  return ok(messageJson(world, world.editMessage(message, read.change)));
}

/** The bot's own only: nobody has given it Manage Messages. */
function deleteMessage(message: DemoMessage, { world, bot }: RestRequest): RestAnswer {
  if (message.authorId !== bot.userId) return REST_ERRORS.missingPermissions;
  world.deleteMessage(message);
  return none;
}
