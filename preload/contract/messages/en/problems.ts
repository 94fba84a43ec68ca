import type { ErrorCode } from '../../error-codes.ts';

/** The sentence for each failure, with its cure; places are filled from `Problem.details`. */
export const problems = {
  'problem.bad-usage': 'This is not how the command works: {message}',
  'problem.not-available-yet': '{option} is not available yet.',
  'problem.address-not-loopback':
    'A plain http address is accepted for this computer only. Use https, or 127.0.0.1 or localhost.',
  'problem.not-a-recording': 'There is no recording in {path}.',
  'problem.unknown-track': 'This recording has no track “{track}”.',
  'problem.unknown-person':
    'Nobody with the id {userId} is in this recording. Its recording.json names everybody with their ids.',
  'problem.still-recording': 'This recording is still running. Stop it first.',
  'problem.time-outside': 'The time {time} lies outside the recording.',
  'problem.bad-request': 'Tapedeck could not understand this request.',

  'problem.no-token': 'There is no token. Set DISCORD_TOKEN, or name a file with --token-file.',
  'problem.token-incomplete': 'This is not a whole token. Copy all of it.',
  'problem.token-rejected':
    'Discord does not accept this token. Copy it again: Bot, Reset Token, Copy.',

  'problem.unknown-channel': 'There is no such channel, or the bot is not in its server.',
  'problem.not-a-voice-channel': 'This is not a voice channel. Choose a voice or stage channel.',
  'problem.channel-hidden':
    'The bot cannot see this channel. Give it the “View Channel” right in the channel’s settings.',
  'problem.channel-full':
    'Full: {count} of {limit} people. Wait for a place or give the bot the “Move Members” right.',
  'problem.permission-missing':
    'The bot may not do what is needed here. Give it the “{permission}” right in the channel’s settings.',
  'problem.join-timeout':
    '{step, select, voice {The voice server does not answer.} closed {Discord’s voice server ended the connection while the bot joined ({answer}).} other {Discord does not answer the bot’s wish to join.}} Try again, or choose another channel.',
  'problem.no-transport-mode':
    'Discord offers no way of sending sound that Tapedeck knows. Look for a newer version.',
  'problem.udp-unanswered':
    'Discord answers, but no sound can get through. A firewall or VPN may block it (UDP). Allow Tapedeck, or try another network.',
  'problem.ipv6-unreachable':
    'The voice server has an IPv6 address, and this network does not reach it. Turn IPv6 on, or choose another voice region in the channel’s settings (Region Override).',
  'problem.video-limit':
    'Discord does not answer: somebody in {channel} has a camera on, and such a channel takes {limit} people at most ({count} are there). Wait for a place, or ask for the cameras to be turned off.',
  'problem.age-restricted':
    'Discord does not answer: {channel} is age-restricted, and Discord may keep the bot out for that. Turn that off in the channel’s settings, or choose another channel.',
  'problem.e2ee-unavailable':
    'This call is encrypted from end to end, and Tapedeck could not take part in that. Install Tapedeck again, or choose a stage channel.',
  'problem.cannot-give-notice':
    'Nobody could be told about the recording, so it did not start. {why, select, permission {Give the bot the “{permission}” right in the channel’s settings.} moderation {The server’s moderation blocked the message. Ask an administrator to leave the bot out of its AutoMod rules.} refused {Discord refused the message ({answer}). Record another channel, or look for a newer version.} trouble {Discord could not take the message ({answer}). Record again in a minute.} other {Discord did not take the message in time. Record again in a minute.}}',
  'problem.already-recording':
    'This bot is already in a voice channel of that server. Stop it there first.',
  'problem.interactions-elsewhere':
    'Presses of this bot’s buttons are sent to {host}, so Tapedeck does not hear of them. Empty the field “Interactions Endpoint URL” in the Developer Portal, or make a bot for Tapedeck alone.',

  'problem.guild-unavailable':
    'Discord has an outage: {count, plural, one {a server of the bot is} other {# servers of the bot are}} not available, and the channel may be there. Wait until it is over, then record again.',
  'problem.discord-unreachable':
    'No answer from Discord {step, select, events {to the connection for events} join {while the bot joined the channel} other {to the sign-in}}. Check your internet connection, then try again.',
  'problem.discord-trouble':
    'Discord answers, but with an error ({answer}) {step, select, events {to the connection for events} join {while the bot joined the channel} other {to the sign-in}}. Try again in a few minutes; discordstatus.com tells of outages.',
  'problem.discord-limited':
    'Discord asks this bot to wait {minutes, plural, one {a minute} other {# minutes}}. Try again after that.',
  'problem.discord-blocked':
    'Discord’s doorkeeper or a filter on the way refuses this computer ({answer}). Try again in an hour, without VPN, or from another network.',
  'problem.not-discord':
    'Something answers in Discord’s place ({answer}). Open discord.com in a browser on this computer: the network may ask for a sign-in, or filter Discord. If you set another address of the API, check it.',
  'problem.certificate-untrusted':
    'The connection is not safe: “{issuer}” vouches for {host}, and this computer does not trust it. A virus scanner, a company network or a sign-in page of the network may stand in between. Try another network, make an exception in the scanner, or have that issuer’s certificate added to this computer’s certificates.',
  'problem.certificate-wrong-host':
    'The connection is not safe: what answers for {host} has the certificate of another server (from “{issuer}”). The network may ask for a sign-in: open a page in a browser, or try another network.',
  'problem.certificate-expired':
    'The connection is not safe: the certificate of {host} (from “{issuer}”) ran out on {date}. Check this computer’s date. If that is right, whoever made the certificate must renew it.',
  'problem.clock-wrong':
    'This computer’s clock seems to be wrong: it says {now}, but the certificate of {host} is of another time ({date}). Set the date and time, then try again.',
  'problem.tls-failed':
    'No safe connection to {host} can be made ({code}): something on the way answers in another manner. Try another network; if there is a proxy, check its address.',
  'problem.proxy-refused':
    'The proxy {proxy} does not let Tapedeck through to Discord ({status}). {status, select, 407 {Put user name and password into HTTPS_PROXY (http://user:password@host:port).} other {Ask whoever runs it, or name Discord’s hosts in NO_PROXY.}}',
  'problem.proxy-unreachable':
    'The proxy {proxy} does not answer. Check HTTPS_PROXY, or leave it out.',
  'problem.proxy-unusable':
    '{variable} names no proxy that Tapedeck can use. Give it as http://host:port.',

  'problem.discord-refused':
    'Discord refused. Check the bot’s rights on this server, then try again.',
  'problem.kicked': 'The bot was removed from the channel.',
  'problem.channel-deleted': 'The channel was deleted.',
  'problem.call-ended': 'The call was ended.',
  'problem.session-rejected': 'Discord signed the bot out; its token was changed.',
  'problem.bot-refused':
    'Discord does not let this bot in as Tapedeck signs in. Make a new bot for Tapedeck, or look for a newer version.',
  'problem.voice-refused':
    'Discord does not let the bot into this call. Record again in a minute; if that fails too, look for a newer version.',
  'problem.reconnect-limited':
    'Discord limits how often the bot may connect. Wait a minute, then record again.',

  'problem.disk-full':
    '{cannot, select, begin {Only {freeMebibytes} MiB are free in {file}; {neededMebibytes} MiB are needed. Free some space, or choose another disk.} write {Disk full: {file} cannot be written. Free some space and try again.} other {Disk full. Free some space before the next recording.}}',
  'problem.disk-error':
    '{cannot, select, read {{file} cannot be read. Check that the disk is there and that you may read it.} write {{file} cannot be written. Check that the disk is there and that you may write to it.} follow {{file} is a link to another place, and nothing is written through a link in a recording. Remove it, or choose another folder.} other {The recordings folder cannot be written. Check that the disk is there and that you may write to it.}}',

  'problem.busy': 'Tapedeck is still busy with something else. Try again in a moment.',
  'problem.fault': 'Something went wrong inside Tapedeck. What was recorded is kept.',
} satisfies Record<`problem.${ErrorCode}`, string>;
