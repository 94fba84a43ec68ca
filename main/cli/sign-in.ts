import { Engine, parseApiUrl } from '../engine/engine.ts';
import { text } from '../../preload/contract/messages/text.ts';
import { withLimit } from '../base/wait.ts';
import type { CommonOptions } from './command.ts';
import { type Context, libraryFolder, typedPath } from './context.ts';
import { isReadByOthers, readToken, shellWord } from './token.ts';

/** How long closing the gateway may take; recordings are closed before. */
const GOODBYE_MS = 1_500;

/** REST base: --api-url, else DISCORD_API_URL, else Discord's own. Throws EngineError for one that may not be used. */
export function apiUrlOf({ apiUrl }: CommonOptions, env: Context['env']): URL {
  const fromEnv = env['DISCORD_API_URL'] ?? '';
  return parseApiUrl(apiUrl ?? (fromEnv === '' ? undefined : fromEnv));
}

/**
 * The bot token: --token-file, else DISCORD_TOKEN. A file that others can read is told of on stderr. Throws UsageError.
 */
export async function tokenOf(
  { tokenFile }: Pick<CommonOptions, 'tokenFile'>,
  context: Pick<Context, 'env' | 'output'>,
): Promise<string> {
  const file = tokenFile === null ? null : typedPath(context, tokenFile);
  const token = await readToken({ file, env: context.env });
  if (file !== null && (await isReadByOthers(file)))
    context.output.complain(text('cli.token-exposed', { file, word: shellWord(file) }));
  return token;
}

/**
 * Runs `work` with an engine that is signed in, and closes the engine. Checks address and token first. Throws UsageError, EngineError, DiscordError, or what `work` throws.
 */
export async function withEngine<T>(
  command: CommonOptions & { readonly out?: string | null },
  context: Context,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const { env, log, appVersion, interrupts, output } = context;
  const apiUrl = apiUrlOf(command, env);
  const token = await tokenOf(command, context);
  const library = libraryFolder(context, command.out ?? null);
  const onLongWait = (seconds: number): void => output.say(text('app.wait', { seconds }));
  const settingsFolder = context.folders.settings;
  const engine = new Engine({
    libraryFolder: library,
    settingsFolder,
    appVersion,
    log,
    onLongWait,
  });
  try {
    await engine.signIn({ token, apiUrl }, AbortSignal.any([interrupts.first, interrupts.fault]));
    return await work(engine);
  } finally {
    await withLimit({ limitMs: GOODBYE_MS, onLimit: () => new Error('no goodbye') }, () =>
      engine.close(),
    ).catch(() => undefined); // the process ends with or without Discord's answer
  }
}
