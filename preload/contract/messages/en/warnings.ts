/** Warnings of a recording under way: the message of a `warning` event. */
export const warnings = {
  'warning.server-deafened':
    'Someone deafened the bot, so nothing can be heard. Undo it in Discord: right-click the bot, Server Deafen.',
  'warning.cannot-give-notice':
    'Nobody in the channel that the bot was moved to could be told about the recording, so it ends here.',
  'warning.running-elsewhere': 'The bot is running in another place too.',
  'warning.nothing-arrives':
    'Nothing arrives from Discord. Tapedeck tries to mend it; what is missing is marked.',
  'warning.nothing-opens':
    'Sound arrives from Discord and cannot be decrypted. Tapedeck joins again for a new key; what is missing is marked.',
  'warning.region-advised':
    'Discord ends the connection to this channel again and again. Tapedeck goes on trying; if it does not stop, choose another voice region in the channel’s settings (Region Override).',
  'warning.guild-late':
    'Discord has not told of {count, plural, one {a server} other {# servers}} of the bot: it is slow, or has an outage there. Tapedeck waits up to a minute for the channel.',
  'warning.disk-low': 'Disk: {left} left. Free some space; recording goes on until it is full.',
  'warning.packet-fault': 'Part of the sound could not be processed. The recording goes on.',
  'warning.e2ee-failing':
    '{name}’s sound cannot be decrypted just now. Usually over in seconds; what is lost is marked.',
  'warning.export-cancelled': 'The export was cancelled. The recording is complete.',
} as const;
