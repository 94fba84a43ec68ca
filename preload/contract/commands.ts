import { z } from 'zod';
import { problem } from './snapshot.ts';

const none = z.strictObject({});
const snowflake = z.string().regex(/^[0-9]{1,20}$/);
const id = z.string().min(1).max(200);
/** One line of text: no control characters, line ends or lone surrogates. */
const note = z
  .string()
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u);
const markerNumber = z.int().min(0).max(1_000_000);
const refused = z.strictObject({ ok: z.literal(false), problem });
/** Accepted, or the problem that refuses it. Results come in snapshots. */
const accepted = z.union([z.strictObject({ ok: z.literal(true) }), refused]);

/** Renderer → main. A command returns only what the caller cannot learn from a snapshot. */
export const commands = {
  /** Asks for everything that the window shows; it comes as one event of each name, the snapshot last. */
  'window.ready': { input: none, output: accepted },
  'account.sign-in': {
    input: z.strictObject({ token: z.string().min(1).max(400) }),
    output: accepted,
  },
  'account.sign-out': { input: none, output: accepted },
  /** Starts the demo server and signs in there. */
  'demo.start': { input: none, output: accepted },
  'channel.choose': { input: z.strictObject({ channelId: snowflake }), output: accepted },
  'session.record': { input: z.strictObject({ channelId: snowflake }), output: accepted },
  /** While joining: gives up. */
  'session.cancel': { input: none, output: accepted },
  'session.stop': { input: none, output: accepted },
  /** From here on nothing that anyone says is kept; time goes on. Again while paused it changes nothing. */
  'session.pause': { input: none, output: accepted },
  'session.resume': { input: none, output: accepted },
  /** Marks this moment, also while paused. `marker` is its number, for a note that is typed after it. */
  'session.mark': {
    input: z.strictObject({ note: note.optional() }),
    output: z.union([z.strictObject({ ok: z.literal(true), marker: markerNumber }), refused]),
  },
  /** Gives a marker of the recording under way another note; an empty one takes it away. */
  'session.note-marker': {
    input: z.strictObject({ marker: markerNumber, note }),
    output: accepted,
  },
  /** Puts the privacy code of the call on the clipboard, in groups of five digits. */
  'session.copy-code': { input: none, output: accepted },
  /** Puts what helps to find a fault on the clipboard: versions, figures, the log's newest lines. */
  'diagnostics.copy': { input: none, output: accepted },
  /** Asks where, and writes a report with the newest flight records there; `saved` is false when it was cancelled. */
  'diagnostics.save': {
    input: none,
    output: z.union([z.strictObject({ ok: z.literal(true), saved: z.boolean() }), refused]),
  },
  /** What came of the last session has been seen: why it did not begin or ended by itself, or that it was saved. */
  'session.dismiss-outcome': { input: none, output: accepted },
  'recording.show-in-folder': { input: z.strictObject({ recordingId: id }), output: accepted },
  /**
   * Takes a person out of a recording that has ended, for good: the page has asked before. `unsure` are names in its
   * exports that were left although they may hold the voice or the name.
   */
  'recording.forget': {
    input: z.strictObject({ recordingId: id, userId: snowflake }),
    output: z.union([
      z.strictObject({ ok: z.literal(true), unsure: z.array(z.string()) }),
      refused,
    ]),
  },
  'library.show-folder': { input: none, output: accepted },
  /** Opens the system's folder dialog; `folder` is null when it was cancelled, and is only for showing. */
  'export.choose-folder': {
    input: z.strictObject({ recordingId: id }),
    output: z.strictObject({ folder: z.string().nullable() }),
  },
  /** Writes into `exports/` of the recording, or into the folder chosen last for this recording. */
  'export.start': {
    input: z.strictObject({
      recordingId: id,
      format: z.enum(['wav']),
      bitDepth: z.enum(['16', '24', '32f']),
      channels: z.enum(['stereo', 'mono']),
      tracks: z.array(z.string().min(1).max(300)).max(1000),
      mixdown: z.boolean(),
      folder: z.enum(['recording', 'chosen']),
    }),
    output: accepted,
  },
  'export.cancel': { input: z.strictObject({ exportId: id }), output: accepted },
  'export.show-in-folder': { input: z.strictObject({ exportId: id }), output: accepted },
  'export.dismiss': { input: z.strictObject({ exportId: id }), output: accepted },
  /** Opens a text that is shipped beside the program, in the system's own viewer. */
  'text.open': {
    input: z.strictObject({ text: z.enum(['privacy', 'privacy-policy-template', 'licences']) }),
    output: accepted,
  },
  /** Opens one of our own links in the browser. */
  'link.open': {
    input: z.strictObject({ link: z.enum(['developer-portal', 'invite']) }),
    output: accepted,
  },
} as const satisfies Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>;

export type Commands = typeof commands;
export type CommandName = keyof Commands;
export type CommandInput<Name extends CommandName> = z.input<Commands[Name]['input']>;
export type CommandOutput<Name extends CommandName> = z.output<Commands[Name]['output']>;
