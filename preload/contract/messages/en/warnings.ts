/** Warnings of a recording under way: the message of a `warning` event. */
export const warnings = {
  'warning.server-deafened':
    'Someone deafened the bot, so nothing can be heard. Undo it in Discord: right-click the bot, Server Deafen.',
  'warning.running-elsewhere': 'The bot is running in another place too.',
  'warning.nothing-arrives':
    'Nothing arrives from Discord. Tapedeck tries to mend it; what is missing is marked.',
  'warning.disk-low': 'Disk: {left} left. Free some space; recording goes on until it is full.',
  'warning.packet-fault': 'Part of the sound could not be processed. The recording goes on.',
  'warning.e2ee-failing':
    '{name}’s sound cannot be decrypted just now. Usually over in seconds; what is lost is marked.',
  'warning.export-cancelled': 'The export was cancelled. The recording is complete.',
} as const;
