import path from 'node:path';
import { toProblem } from '../engine/error-code.ts';
import { ForgetError, forgetPerson } from '../recording/forget/forget.ts';
import { EXPORTS_FOLDER } from '../recording/layout.ts';
import { StorageError } from '../recording/storage-error.ts';
import type { Deck } from './deck.ts';
import { refusal, type Refusal } from './outcome.ts';

/** Done; `unsure` are files, relative to `exports/`, that were left although they may hold the voice or the name. */
interface PersonForgotten {
  readonly ok: true;
  readonly unsure: readonly string[];
}

/** Takes a person out of a recording of the library; whoever calls has asked. Refused while the recording is exported. */
export async function forgetInLibrary(
  { library, exports }: Pick<Deck, 'library' | 'exports'>,
  { recordingId, userId }: { readonly recordingId: string; readonly userId: string },
): Promise<PersonForgotten | Refusal> {
  const folder = library.byId(recordingId)?.info.folder;
  const { settingsFolder } = library;
  if (folder === undefined) return refusal('not-a-recording');
  const isExported = exports
    .all()
    .some(({ state, request }) => state === 'running' && request.recording.folder === folder);
  if (isExported) return refusal('busy');
  try {
    const forgotten = await forgetPerson(folder, { userId, settingsFolder }, () =>
      Promise.resolve(true),
    );
    const unsure = forgotten?.unsure ?? [];
    return {
      ok: true,
      unsure: unsure.map((file) => path.relative(path.join(folder, EXPORTS_FOLDER), file)),
    };
  } catch (error) {
    if (!(error instanceof ForgetError) && !(error instanceof StorageError)) throw error;
    return { ok: false, problem: toProblem(error) };
  } finally {
    await library.refresh();
  }
}
