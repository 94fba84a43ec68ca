import { text } from '../../preload/contract/messages/text.ts';
import { outsideText } from '../../preload/contract/outside-text.ts';
import type { ChannelView, GuildView } from '../engine/channel-view.ts';
import type { CommandOf } from './command.ts';
import type { Context } from './context.ts';
import { EXIT_DONE } from './exit-code.ts';
import { withEngine } from './sign-in.ts';

/** `channels`: what the bot can see, who is in it, and what it lacks there. */
export async function listChannels(
  command: CommandOf<'channels'>,
  context: Context,
): Promise<number> {
  const guilds = await withEngine(command, context, (engine) => Promise.resolve(engine.guilds()));
  const { output } = context;
  for (const channel of guilds.flatMap(({ channels }) => channels)) {
    const { guildId, guildName, id: channelId, name, kind, people } = channel;
    const members = people.map((person) => ({ userId: person.userId, name: person.name }));
    const place = { guildId, guildName, channelId, name, kind };
    output.event({ event: 'channel', ...place, members, missing: missingIn(channel) });
  }
  output.say(guilds.length === 0 ? text('cli.channels.none') : guilds.map(guildText).join('\n\n'));
  return EXIT_DONE;
}

function guildText({ name, channels, hiddenChannelCount, available }: GuildView): string {
  const hidden = `  ${text('cli.channels.hidden', { count: hiddenChannelCount })}`;
  return [
    available ? outsideText(name) : text('cli.channels.away', { server: name }),
    ...channels.map(channelText),
    ...(hiddenChannelCount === 0 ? [] : [hidden]),
  ].join('\n');
}

/** Each permission once: what blocks, then what a notice lacks. */
function missingIn({ missingPermissions, missingForNotices }: ChannelView): readonly string[] {
  return [...new Set([...missingPermissions, ...missingForNotices])];
}

function channelText(channel: ChannelView): string {
  const { id, name, kind, people, full } = channel;
  const missing = missingIn(channel).join(', ');
  const notes = [
    ...(kind === 'stage' ? [text('cli.channels.stage')] : []),
    people.length === 0
      ? text('cli.channels.nobody')
      : people.map((person) => outsideText(person.name)).join(', '),
    ...(missing === '' ? [] : [text('cli.channels.missing', { permissions: missing })]),
    ...(full === null ? [] : [text('cli.channels.full', full)]),
  ];
  return `  ${id}  ${outsideText(name)} (${notes.join('; ')})`;
}
