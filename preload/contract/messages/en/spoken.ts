/** Announcements for screen readers about a recording, shorter than what the window shows. */
export const spoken = {
  'say.joined':
    'Recording {channel}. {count, plural, =0 {Nobody is there yet.} one {# person.} other {# people.}} {told, select, yes {Everyone was told.} other {}}',
  'say.came': '{names} joined. {count, plural, one {# person.} other {# people.}}',
  'say.went':
    '{names} left. {count, plural, =0 {Nobody is left.} one {# person.} other {# people.}}',
  'say.paused': 'Paused.',
  'say.resumed': 'Recording goes on.',
  'say.marked': 'Marker at {time}.',
  'say.noted': 'Note kept.',
  'say.lost': 'Connection lost. Recording waits.',
  'say.back': 'Connected again, {missing} missing.',
  'say.back.nothing': 'Connected again.',
  'say.slept': 'This computer slept, {missing} missing.',
  'say.unheard': 'Nothing arrived for {missing}.',
  'say.deafened': 'Someone deafened the bot. Nothing can be heard.',
  'say.undeafened': 'The bot hears again.',
  'say.stopped': 'Stopped. {time}, saved.',
  'say.percent': '{percent} percent.',
} as const;
