import type { CommandName } from './commands.ts';

/** The names without schemas, so that the preload script does not need zod. */
export const COMMAND_NAMES = {
  'window.ready': true,
  'account.sign-in': true,
  'account.sign-out': true,
  'demo.start': true,
  'channel.choose': true,
  'session.record': true,
  'session.cancel': true,
  'session.stop': true,
  'session.pause': true,
  'session.resume': true,
  'session.mark': true,
  'session.note-marker': true,
  'session.copy-code': true,
  'diagnostics.copy': true,
  'diagnostics.save': true,
  'session.dismiss-outcome': true,
  'recording.show-in-folder': true,
  'library.show-folder': true,
  'export.choose-folder': true,
  'export.start': true,
  'export.cancel': true,
  'export.show-in-folder': true,
  'export.dismiss': true,
  'link.open': true,
} satisfies Record<CommandName, true>;
