import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication, Page } from 'playwright';
import { _electron } from 'playwright';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** As root Electron starts only without its sandbox, as Chromium refuses it. */
const SANDBOXED = process.getuid?.() !== 0;

/** Makes every computer alike: no graphics card, no key store, a fake microphone, English. */
const SWITCHES = [
  '--disable-gpu',
  '--password-store=basic',
  '--use-fake-device-for-media-stream',
  '--lang=en-US',
];

/** Variables of the environment that would change what the app does. */
const NOT_PASSED_ON =
  /^(DISCORD_|TAPEDECK_|ELECTRON_RENDERER_URL$|ELECTRON_RUN_AS_NODE$|INIT_CWD$)/;

/** The built app, with its window and its folder. */
export interface LaunchedApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** `TAPEDECK_HOME`: everything the app keeps. */
  readonly home: string;
  /** Resolves with the exit code once the process has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Starts the app once more, with the same folders; resolves when that process has ended. */
  readonly startAgain: () => Promise<{ readonly exitCode: number | null; readonly stdout: string }>;
  /** Closes the app if it still runs. */
  readonly close: () => Promise<void>;
}

/** Starts the app of `out/`, which keeps everything below the empty folder `scratch`, and waits for its window. */
export async function launchApp(
  scratch: string,
  env: Readonly<Record<string, string>> = {},
): Promise<LaunchedApp> {
  const home = path.join(scratch, 'home');
  const tmp = path.join(scratch, 'tmp');
  await Promise.all([mkdir(home), mkdir(tmp)]);
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || NOT_PASSED_ON.test(name) ? [] : [[name, value] as const],
  );
  const started = {
    executablePath: electronProgram(),
    args: ['.', ...SWITCHES],
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), TAPEDECK_HOME: home, TMPDIR: tmp, ...env },
  };
  const electron = await _electron.launch({ ...started, chromiumSandbox: SANDBOXED });
  const child = electron.process();
  const ended = once(child, 'exit').then(() => child.exitCode);
  const again = new Set<ChildProcess>();
  const close = async (): Promise<void> => {
    for (const second of again) second.kill();
    if (child.exitCode === null && child.signalCode === null) await electron.close();
  };
  const startAgain: LaunchedApp['startAgain'] = async () => {
    const { executablePath, args, cwd, env } = started;
    const words = SANDBOXED ? args : ['--no-sandbox', ...args];
    const second = spawn(executablePath, words, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
    again.add(second);
    let stdout = '';
    second.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await once(second, 'close');
    return { exitCode: second.exitCode, stdout };
  };
  try {
    return { electron, page: await electron.firstWindow(), home, ended, startAgain, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The package's main file gives the program's path where it runs outside of Electron. */
function electronProgram(): string {
  const program: unknown = createRequire(import.meta.url)('electron');
  if (typeof program !== 'string') throw new Error('electron gives no path');
  return program;
}
