import type { SeededRandom } from '../../base/seeded-random.ts';
import { World } from './world.ts';
import { PERMISSION_BITS } from './world-permissions.ts';
import { CHANNEL_TYPES } from './world-types.ts';
import type { DemoBot, DemoChannel, DemoGuild, DemoOverwrite, DemoUser } from './world-types.ts';

/** The invented Discord as it stands when the server starts: two guilds, their channels, two bots, some people. */
export interface DemoSetting {
  readonly world: World;
  readonly guild: DemoGuild;
  readonly otherGuild: DemoGuild;
  readonly channels: DemoChannels;
  /** The bot that Tapedeck signs in as. */
  readonly bot: DemoBot;
  /** A second bot, for a client beside Tapedeck. */
  readonly otherBot: DemoBot;
}

/** The first guild's channels, by what is special about them. */
interface DemoChannels {
  readonly text: DemoChannel;
  /** Stage, not end-to-end encrypted. */
  readonly stage: DemoChannel;
  readonly otherStage: DemoChannel;
  /** A normal voice channel, end-to-end encrypted: where everyone talks. */
  readonly voice: DemoChannel;
  readonly otherVoice: DemoChannel;
  /** Without the Connect permission. */
  readonly locked: DemoChannel;
  /** Its two seats are taken. */
  readonly full: DemoChannel;
  /** Without View Channel. */
  readonly hidden: DemoChannel;
}

const EVERYONE =
  PERMISSION_BITS.VIEW_CHANNEL |
  PERMISSION_BITS.READ_MESSAGE_HISTORY |
  PERMISSION_BITS.SEND_MESSAGES |
  PERMISSION_BITS.CONNECT |
  PERMISSION_BITS.SPEAK |
  PERMISSION_BITS.USE_VAD;

/** The permissions integer of the invite link. */
const RECORDER = 103_894_016n;

const IDS = {
  guild: '1187204718592331826',
  otherGuild: '1190018843347910726',
  bot: '1187301993214140436',
  otherBot: '1187302417685282917',
  owner: '1187204501885235221',
  crew: '1187209964207501323',
} as const;

export function createSetting(random: SeededRandom): DemoSetting {
  const world = new World();
  const guild = addGuild(world, IDS.guild, 'Tape Club');
  const otherGuild = addGuild(world, IDS.otherGuild, 'Second Side Records');
  const crew = PERMISSION_BITS.MUTE_MEMBERS | PERMISSION_BITS.REQUEST_TO_SPEAK;
  guild.roles.set(IDS.crew, { id: IDS.crew, name: 'Stage crew', permissions: crew });
  const bot = addBot(world, { id: IDS.bot, name: 'Tapedeck', random });
  const otherBot = addBot(world, { id: IDS.otherBot, name: 'Second Deck', random });
  const channels = addChannels(world, guild);
  seat(world, channels.full, ['Nina', 'Oskar']);

  const records = { world, guild: otherGuild, parentId: null, userLimit: 0 };
  addChannel(records, { type: CHANNEL_TYPES.text, name: 'releases' });
  addChannel(records, { type: CHANNEL_TYPES.stage, name: 'Listening session' });
  const kitchen = addChannel(records, { type: CHANNEL_TYPES.voice, name: 'Kitchen' });
  seat(world, kitchen, ['Ines', 'Bao']);
  return { world, guild, otherGuild, channels, bot, otherBot };
}

function addChannels(world: World, guild: DemoGuild): DemoChannels {
  const root = { world, guild, parentId: null, userLimit: 0 };
  const text = addChannel(root, { type: CHANNEL_TYPES.text, name: 'general' });
  const rooms = addChannel(root, { type: CHANNEL_TYPES.category, name: 'Rooms' });
  const inRooms = { ...root, parentId: rooms.id };
  const denied = (deny: bigint): DemoOverwrite[] => [{ id: guild.id, type: 0, allow: 0n, deny }];
  return {
    text,
    stage: addChannel(inRooms, { type: CHANNEL_TYPES.stage, name: 'Tape talk' }),
    otherStage: addChannel(inRooms, { type: CHANNEL_TYPES.stage, name: 'Open reel' }),
    voice: addChannel(inRooms, { type: CHANNEL_TYPES.voice, name: 'Lounge' }),
    locked: addChannel(inRooms, {
      type: CHANNEL_TYPES.stage,
      name: 'Control room',
      overwrites: denied(PERMISSION_BITS.CONNECT),
    }),
    full: addChannel(
      { ...inRooms, userLimit: 2 },
      { type: CHANNEL_TYPES.voice, name: 'Vocal booth' },
    ),
    hidden: addChannel(inRooms, {
      type: CHANNEL_TYPES.voice,
      name: 'Backstage',
      overwrites: denied(PERMISSION_BITS.VIEW_CHANNEL),
    }),
    otherVoice: addChannel(inRooms, { type: CHANNEL_TYPES.voice, name: 'Rewind' }),
  };
}

function addGuild(world: World, id: string, name: string): DemoGuild {
  const guild: DemoGuild = {
    id,
    name,
    ownerId: IDS.owner,
    preferredLocale: 'en-US',
    roles: new Map([[id, { id, name: '@everyone', permissions: EVERYONE }]]),
    channels: new Map(),
    members: new Map(),
    voiceStates: new Map(),
  };
  world.guilds.set(id, guild);
  return guild;
}

/** A bot account in every guild, with the role that its invitation made; in the first guild it is in the stage crew. */
function addBot(
  world: World,
  bot: { readonly id: string; readonly name: string; readonly random: SeededRandom },
): DemoBot {
  const username = bot.name.toLowerCase().replaceAll(' ', '-');
  const user: DemoUser = { id: bot.id, username, globalName: bot.name, bot: true };
  for (const guild of world.guilds.values()) {
    const role = { id: world.newId(), name: bot.name, permissions: RECORDER };
    guild.roles.set(role.id, role);
    const roleIds = guild.roles.has(IDS.crew) ? [role.id, IDS.crew] : [role.id];
    world.addMember({ guildId: guild.id, user, nick: null, roleIds });
  }
  return { token: writeToken(bot.id, bot.random), userId: bot.id };
}

/** In the form of a bot token: the id in base64url, then 6 and 38 random characters, between dots. */
function writeToken(id: string, random: SeededRandom): string {
  const part = (bytes: number): string => Buffer.from(random.bytes(bytes)).toString('base64url');
  return [Buffer.from(id).toString('base64url'), part(4), part(28)].join('.');
}

interface ChannelPlace {
  readonly world: World;
  readonly guild: DemoGuild;
  readonly parentId: string | null;
  readonly userLimit: number;
}

function addChannel(
  { world, guild, parentId, userLimit }: ChannelPlace,
  what: Pick<DemoChannel, 'type' | 'name'> & { readonly overwrites?: readonly DemoOverwrite[] },
): DemoChannel {
  const position = guild.channels.size;
  const common = { guildId: guild.id, id: world.newId(), position, parentId, userLimit, flags: 0 };
  const channel = { overwrites: [], ...common, ...what };
  guild.channels.set(channel.id, channel);
  return channel;
}

/** Adds people to the guild and puts them into the voice channel; they never send media. */
function seat(world: World, channel: DemoChannel, names: readonly string[]): void {
  for (const name of names) {
    const id = world.newId();
    const user = { id, username: name.toLowerCase(), globalName: name, bot: false };
    const member = { guildId: channel.guildId, user, nick: null, roleIds: [] };
    world.addMember(member);
    world.setVoiceState({
      ...silentState,
      guildId: channel.guildId,
      channelId: channel.id,
      userId: id,
      sessionId: `seat${id}`,
    });
  }
}

/** The flags of a voice state in which neither the user nor the server has muted or deafened anything. */
export const silentState = {
  deaf: false,
  mute: false,
  selfDeaf: false,
  selfMute: false,
  suppress: false,
} as const;
