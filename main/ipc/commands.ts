import type { CommandName, CommandOutput, Commands } from '../../preload/contract/commands.ts';
import type { z } from 'zod';
import type { Deck } from './deck.ts';
import { forgetInLibrary } from './forget-person.ts';
import type { Outcome, Refusal } from './outcome.ts';

/** One handler for each command of the contract; its input has been parsed. */
export type CommandHandlers = {
  readonly [Name in CommandName]: (
    input: z.output<Commands[Name]['input']>,
  ) => CommandOutput<Name> | Promise<CommandOutput<Name>>;
};

/** Each command of the contract → one call. `ready` sends everything that the window shows. */
export function commandHandlers(deck: Deck, ready: () => void): CommandHandlers {
  const done = { ok: true } as const;
  const { recordingKeys } = deck;
  return {
    'window.ready': () => {
      ready();
      return done;
    },
    'account.sign-in': async ({ token }) => toOutput(await deck.signIn(token)),
    'account.sign-out': async () => toOutput(await deck.signOut()),
    'demo.start': async () => toOutput(await deck.startDemo()),
    'channel.choose': ({ channelId }) => toOutput(deck.choose(channelId)),
    'session.record': async ({ channelId }) => toOutput(await deck.record(channelId)),
    'session.cancel': () => toOutput(deck.cancel()),
    'session.stop': async () => toOutput(await deck.stop()),
    'session.pause': () => toOutput(recordingKeys.pause()),
    'session.resume': () => toOutput(recordingKeys.resume()),
    'session.mark': ({ note = '' }) => {
      const marked = recordingKeys.mark(note);
      return marked.ok ? marked : toRefusal(marked);
    },
    'session.note-marker': (noted) => toOutput(recordingKeys.noteMarker(noted)),
    'session.copy-code': () => toOutput(deck.copyCode()),
    'diagnostics.copy': async () => toOutput(await deck.copyDiagnostics()),
    'diagnostics.save': async () => {
      const saved = await deck.saveReport();
      return saved.ok ? saved : toRefusal(saved);
    },
    'session.dismiss-outcome': () => toOutput(deck.dismissOutcome()),
    'recording.show-in-folder': ({ recordingId }) => toOutput(deck.showRecording(recordingId)),
    'recording.forget': async (wish) => {
      const forgotten = await forgetInLibrary(deck, wish);
      return forgotten.ok ? { ok: true, unsure: [...forgotten.unsure] } : toRefusal(forgotten);
    },
    'library.show-folder': async () => toOutput(await deck.showLibrary()),
    'export.choose-folder': async ({ recordingId }) => ({
      folder: await deck.chooseExportFolder(recordingId),
    }),
    'export.start': (choice) => toOutput(deck.startExport(choice)),
    'export.cancel': ({ exportId }) => toOutput(deck.cancelExport(exportId)),
    'export.show-in-folder': ({ exportId }) => toOutput(deck.showExport(exportId)),
    'export.dismiss': ({ exportId }) => toOutput(deck.dismissExport(exportId)),
    'text.open': async ({ text }) => toOutput(await deck.openText(text)),
    'link.open': async ({ link }) => toOutput(await deck.openLink(link)),
  };
}

/** Only what the contract has: an outcome may carry more for callers on this side. */
function toOutput(outcome: Outcome): CommandOutput<'session.record'> {
  return outcome.ok ? { ok: true } : toRefusal(outcome);
}

function toRefusal({ problem: { code, details } }: Refusal) {
  return { ok: false as const, problem: { code, details: { ...details } } };
}
