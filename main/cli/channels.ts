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
    const { guildId, guildName, id: channelId, name, kind, people, missingPermissions } = channel;
    const members = people.map((person) => ({ userId: person.userId, name: person.name }));
    const place = { guildId, guildName, channelId, name, kind };
    output.event({ event: 'channel', ...place, members, missing: missingPermissions });
  }
  output.say(guilds.length === 0 ? 'The bot is in no server.' : guilds.map(guildText).join('\n\n'));
  return EXIT_DONE;
}

function guildText({ name, channels, hiddenChannelCount, available }: GuildView): string {
  const hidden = `  ${String(hiddenChannelCount)} more hidden from the bot`;
  return [
    available ? name : `${name} (not available at the moment)`,
    ...channels.map(channelText),
    ...(hiddenChannelCount === 0 ? [] : [hidden]),
  ].join('\n');
}

function channelText({ id, name, kind, people, missingPermissions, full }: ChannelView): string {
  const notes = [
    ...(kind === 'stage' ? ['stage'] : []),
    people.length === 0 ? 'nobody there' : people.map((person) => person.name).join(', '),
    ...(missingPermissions.length === 0 ? [] : [`missing: ${missingPermissions.join(', ')}`]),
    ...(full === null ? [] : [`full: ${String(full.count)} of ${String(full.limit)}`]),
  ];
  return `  ${id}  ${name} (${notes.join('; ')})`;
}
