/** What `tapedeck --help` says of commands and options. */
export const help = {
  'help.about': 'Tapedeck records a Discord voice channel, one time-aligned track for each person.',
  'help.usage': 'Usage: {line}',
  'help.commands': 'Commands:',
  'help.options': 'Options:',
  'help.common': 'Options of every command:',
  'help.more': 'tapedeck COMMAND --help tells more about one command.',
  'help.hint': 'tapedeck --help shows how.',

  'command.channels':
    'servers and voice channels the bot can see, who is in each, what permission is missing',
  'command.doctor':
    'checks token, gateway, permissions, UDP, hearing, encryption, decoder, disk and buttons, with a cure for each failure',
  'command.record': 'records a voice channel, one track for each person, until stopped with Ctrl-C',
  'command.list': 'recordings in the library',
  'command.export': 'makes WAV files from a recording',
  'command.forget':
    'takes a person out of a finished recording: voice, words, name and what was exported',
  'command.verify':
    'reads every byte of a recording back, says what is wrong, and up to when it is unchanged',
  'command.demo-server': 'a small Discord on this computer to try things with, until interrupted',

  'operand.recording': 'RECORDING is a recording’s folder.',

  'option.json': 'one JSON object a line on stdout, text for people on stderr',
  'option.api-url': 'address of Discord’s API; also DISCORD_API_URL',
  'option.token-file': 'the bot token; else DISCORD_TOKEN',
  'option.log-level': 'error, warn, info or debug; also shows the log on stderr',
  'option.help': 'this text',
  'option.version': 'the version',
  'option.channel': 'the voice or stage channel',
  'option.report':
    'also writes a file for whoever helps: no token, key, sound, name or message in it',
  'option.duration': 'stops by itself after so long',
  'option.out': 'a folder in place of the usual one',
  'option.export': 'exports on stop: wav',
  'option.mixdown': 'also one file with all tracks mixed',
  'option.on-move': 'when the bot is moved to another channel (follow)',
  'option.stop-when-empty': 'stop when no human has been there so long',
  'option.no-notice': 'tells nobody about the recording; this is written down',
  'option.ask': 'records only people who press Record me under the message',
  'option.exclude': 'leaves somebody out of this recording; may be given several times',
  'option.format': 'wav',
  'option.tracks': 'only these people',
  'option.from': 'start, in seconds or H:MM:SS.sss',
  'option.to': 'end, in seconds or H:MM:SS.sss',
  'option.user': 'the person',
  'option.yes': 'does not ask',
  'option.port': 'port of the API; 0: any free one',
  'option.speakers': 'how many people talk',
  'option.scenario': 'what happens',
  'option.seed': 'same number, same random choices',
} as const;
