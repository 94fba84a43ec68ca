import type { WarningCode } from './session-event.ts';

/** What a recording warns of, as sentences for people; `name` is whom it is about, or how much of something is left. */
export const WARNINGS = {
  'server-deafened': () =>
    'Someone deafened the bot, so nothing can be heard. Undo it in Discord: right-click the bot, Server Deafen.',
  'running-elsewhere': () => 'The bot is running in another place too.',
  'nothing-arrives': () =>
    'Nothing arrives from Discord. Tapedeck tries to mend it; what is missing is marked.',
  'disk-low': (left: string) =>
    `Disk: ${left} left. Free some space; recording goes on until it is full.`,
  'packet-fault': () => 'Part of the sound could not be processed. The recording goes on.',
  'e2ee-failing': (name: string) =>
    `${name}’s sound cannot be decrypted just now. Usually over in seconds; what is lost is marked.`,
} as const satisfies Partial<Record<WarningCode, (name: string) => string>>;
