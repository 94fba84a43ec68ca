/** Sentences of the command line about its work, and parts of them. */
export const terminal = {
  'cli.channels.none': 'The bot is in no server.',
  'cli.channels.away': '{server} (not available at the moment)',
  'cli.channels.hidden': '{count} more hidden from the bot',
  'cli.channels.stage': 'stage',
  'cli.channels.nobody': 'nobody there',
  'cli.channels.missing': 'missing: {permissions}',
  'cli.channels.full': 'full: {count} of {limit}',

  'cli.doctor.ok': 'ok',
  'cli.doctor.failed': 'FAILED',
  'cli.doctor.skipped': 'skipped',
  'cli.doctor.token': 'Discord accepts the token of {bot}.',
  'cli.doctor.gateway':
    'Connected. The bot is in {guilds, plural, one {# server} other {# servers}}.',
  'cli.doctor.permissions':
    'The bot has what it needs in {channel} ({server}). {people, plural, =0 {Nobody else is there.} one {# other is there.} other {# others are there.}}',
  'cli.doctor.udp':
    'The voice server answers over UDP. It echoes no keepalives, which some servers never do.',
  'cli.doctor.udp.echo':
    'The voice server answers over UDP, keepalives within {milliseconds, plural, one {# ms} other {# ms}}.',
  'cli.doctor.listening':
    'Listening for {seconds, plural, one {# second} other {# seconds}}; no sound is kept. Let somebody speak now.',
  'cli.doctor.hearing':
    'Heard {names}: {packets, plural, one {# packet} other {# packets}} in {seconds, plural, one {# second} other {# seconds}}, opened and decoded; {lost, plural, =0 {none was lost} one {# was lost} other {# were lost}} on the way.',
  'cli.doctor.hearing.nothing':
    'Nothing came in {seconds, plural, one {# second} other {# seconds}} although {people, plural, one {somebody} other {# people}} could speak. If nobody did, try again and speak. If somebody did, a firewall, router or VPN keeps UDP from this computer: try another network.',
  'cli.doctor.hearing.deaf':
    'The bot is deafened on that server, so Discord sends it no sound. Undeafen it: right-click the bot in the channel.',
  'cli.doctor.hearing.transport':
    'Sound came, but {unopened, plural, one {# packet} other {# packets}} of {packets} did not open with the key of the voice server. Try again; if that does not help, write a report with --report and send it.',
  'cli.doctor.hearing.locked':
    'Sound came, but end-to-end encryption did not open {locked, plural, one {# packet} other {# packets}} of {packets}. Let everybody leave the channel and join again, or choose another voice region for it; if that does not help, write a report with --report and send it.',
  'cli.doctor.hearing.undecodable':
    'Sound came, but no packet of {packets} is Opus. Write a report with --report and send it.',
  'cli.doctor.hearing.outside':
    'This call is encrypted from end to end, and nobody let the bot in within {seconds, plural, one {# second} other {# seconds}}. Let everybody leave the channel and join again, or choose another voice region for it.',
  'cli.doctor.encryption':
    'The transport ciphers open known packets, end-to-end encryption works. What a call asks for was not tried.',
  'cli.doctor.encryption.call':
    'The transport ciphers open known packets, end-to-end encryption works. The voice server agrees on {mode}. {daveVersion, select, 0 {This call is not encrypted from end to end.} other {This call is encrypted from end to end (version {daveVersion}).}}',
  'cli.doctor.encryption.code': 'Privacy code: {code}.',
  'cli.doctor.decoder': 'Opus decodes a known packet.',
  'cli.doctor.interactions': 'Presses of the bot’s buttons reach Tapedeck.',
  'cli.doctor.fault': '{message}.',
  'cli.doctor.fault.install': '{message}. Install Tapedeck again.',
  'cli.doctor.no-channel': 'Not tried. Name a voice channel with --channel to try it there.',
  'cli.doctor.not-reached': 'Not tried, because of a failure above. Mend that first.',
  'cli.doctor.elsewhere':
    'Not tried: this bot is in a voice channel of that server already, and trying would end what it records there.',
  'cli.doctor.nobody':
    'Not tried: nobody who could be heard is there. Try again with somebody who is not muted.',
  'cli.doctor.report':
    'Report written to {file}. Send it to whoever helps you: no token, key, sound, name or message is in it.',
  'cli.doctor.report.failed':
    'No report was written to {file} ({code}). Name a file in a folder that you may write to.',
  'cli.doctor.disk':
    '{folder} can be written; {free, number, ::.0 group-off} GB free, {speed, number, ::precision-integer group-off} MB a second.',
  'cli.doctor.disk.little':
    'Only {free, number, ::.0 group-off} GB free in {folder}. Free some space.',
  'cli.doctor.disk.unknown':
    '{folder} can be written, {speed, number, ::precision-integer group-off} MB a second; its disk does not tell how much is free.',
  'cli.doctor.disk.failed': '{cure} ({code})',

  'cli.record.connected': 'Signed in as {name}. Joining the channel…',
  'cli.record.joined': 'Recording into {folder}. Ctrl-C stops.',
  'cli.record.status':
    '● REC {time}  {people} in the channel, {tracks} recorded, {megabytes, number, ::.0 group-off} MB',
  'cli.record.notice-failed.nickname': 'The bot’s nickname could not be marked with [REC].',
  'cli.record.notice-failed.message': 'Discord did not take the message that recording begins.',
  'cli.record.notice-failed.sound':
    'The people in the channel could not hear that recording begins.',
  'cli.record.present': '{name} is in the channel.',
  'cli.record.left': '{name} left.',
  'cli.record.left-out': 'Left out of this recording: {names}.',
  'cli.record.excluded.operator': '{name} is left out from here on.',
  'cli.record.excluded.person':
    '{name} does not want to be recorded, and is left out from here on.',
  'cli.record.included': '{name} is recorded again.',
  'cli.record.speaker': '{name} speaks: {track}',
  'cli.record.somebody': 'Somebody',
  'cli.record.moved': 'Moved to {channel}.',
  'cli.record.gap': 'Nothing was received for {time} ({reason}).',
  'cli.record.warning': 'Warning: {message}',
  'cli.record.encrypted': 'Encrypted from end to end. Privacy code: {code}',
  'cli.record.encryption-ended': 'The call is no longer encrypted from end to end.',
  'cli.record.recorded': '{stopped} {time} recorded.',
  'cli.record.nobody': '{stopped} {time} recorded. Nobody spoke.',
  'cli.record.column.name': 'Name',
  'cli.record.column.file': 'File',
  'cli.record.column.packets': 'Packets',
  'cli.record.column.lost': 'Lost',
  'cli.record.column.late': 'Late',
  'cli.record.column.undecryptable': 'Undecryptable',
  'cli.stopped.user': 'Stopped.',
  'cli.stopped.asked': 'Stopped: somebody pressed Stop in the chat.',
  'cli.stopped.duration': 'Stopped: the time is up.',
  'cli.stopped.everyone-left': 'Stopped: everyone left.',
  'cli.stopped.moved': 'Stopped: the bot was moved to another channel.',
  'cli.stopped.kicked': 'Stopped: the bot was removed from the channel.',
  'cli.stopped.channel-deleted': 'Stopped: the channel was deleted.',
  'cli.stopped.call-ended': 'Stopped: the call was ended.',
  'cli.stopped.rejected': 'Stopped: Discord does not let the bot in any more.',
  'cli.stopped.disk-full': 'Stopped: the disk is full.',
  'cli.token-exposed':
    'Others on this computer can read the token in {file}. To keep it to yourself: chmod 600 {word}',
  'cli.stopped.disk-error': 'Stopped: the disk cannot be written.',
  'cli.stopped.fault': 'Stopped by a fault of Tapedeck’s own.',

  'cli.list.none': 'No recordings in {folder}.',
  'cli.list.tracks': '{count, plural, one {# track} other {# tracks}}',
  'cli.export.progress': 'Exporting: {percent} %',
  'cli.export.none': 'Nothing to export: nobody spoke.',
  'cli.export.done': 'Exported:',
  'cli.forget.question':
    'Take {name} out of {folder}? {tracks, plural, =0 {No track} one {# track} other {# tracks}}, everything else about this person, and what was exported with their voice are deleted for good. Type yes to do it.',
  'cli.forget.not-done': 'Nothing was deleted.',
  'cli.forget.done': 'Deleted or changed:',
  'cli.forget.done-before': 'All of this person had been deleted already.',
  'cli.forget.unsure':
    'These may still hold the voice or the name. Listen to them, or export them again:',
  'cli.forget.elsewhere':
    'What was exported into other folders, and copies, Tapedeck does not know: delete them yourself.',
  'cli.verify.finding': '{file}: {message}',
  'cli.verify.finding.at': '{file} at byte {offset}: {message}',
  'cli.verify.good': 'All is well in {count, plural, one {# file} other {# files}}.',
  'cli.verify.no-seal': 'No seal: it was made without one, or the seal was deleted.',
  'cli.verify.sealed.own':
    'Unchanged since it was recorded, up to {until}: signed with the key of this installation.',
  'cli.verify.sealed.other':
    'Unchanged since it was recorded, up to {until}: signed with a key that is not this installation’s.',
  'cli.verify.sealed.unsigned':
    'Agrees with its seal up to {until}. The seal is not signed: anyone could have made it.',
  'cli.verify.bad': 'Something is wrong: {count, plural, one {# finding} other {# findings}}.',

  'demo.recording': 'Recording the demo server for {seconds} s …',
  'demo.no-picture': 'No picture in {file}: {message}',
  'demo.folder.recording': 'Recording',
  'demo.folder.exports': 'Exports',
  'demo.length': '{seconds, number, ::.00 group-off} s',
  'demo.everyone': '(everyone)',
  'demo.column.speaker': 'Speaker',
  'demo.column.length': 'Length',
} as const;
