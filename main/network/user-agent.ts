import { homepage, version } from '../../package.json';

/** Names the program in the form Discord asks for, wherever it knocks: REST, both gateways, a proxy. */
export const USER_AGENT = `DiscordBot (${homepage}, ${version})`;
