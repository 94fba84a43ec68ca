import type { BrowserWindow } from 'electron';
import { app, clipboard, dialog, shell } from 'electron';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from '../../preload/contract/messages/text.ts';
import { toError } from '../base/errors.ts';
import { findUpwards } from '../base/find-upwards.ts';
import { createLog } from '../base/log.ts';
import { replaceFile } from '../base/replace-file.ts';
import { EXIT_DONE, EXIT_INTERRUPTED, exitCodeOf } from '../cli/exit-code.ts';
import { Output } from '../cli/output.ts';
import { problemOf, reportFailure, tellFailure } from '../cli/report.ts';
import { wantsJson } from '../cli/split-words.ts';
import { Engine, parseApiUrl } from '../engine/engine.ts';
import { ExportJobs } from '../engine/export-jobs.ts';
import { LibraryIndex } from '../engine/library-index.ts';
import { FlightRecorder } from '../flight/flight-recorder.ts';
import { makeReport } from '../flight/report.ts';
import { commandHandlers } from '../ipc/commands.ts';
import { Deck, type Shell } from '../ipc/deck.ts';
import { Publisher } from '../ipc/publish.ts';
import { serveCommands } from '../ipc/serve.ts';
import { writeDiagnostics } from '../settings/diagnostics.ts';
import { type Folders, systemFolders, typedInFolder } from '../settings/folders.ts';
import { LogFile } from '../settings/log-file.ts';
import { declareScheme, serve } from './app-protocol.ts';
import { type DemoOptions, parseArguments, type Purpose } from './arguments.ts';
import { DemoProcess } from './demo-process.ts';
import { runDemo } from './demo-run.ts';
import { setMenu } from './menu.ts';
import { reviveDeadPage } from './page-life.ts';
import { KeyStore } from './secrets.ts';
import {
  bringForward,
  createWindow,
  lockSession,
  pageAddress,
  prepareWindow,
  showWindow,
} from './window.ts';

/** The log has about 500 lines a day in ordinary use. */
const DIAGNOSTIC_LINES = 500;

const args = process.argv.slice(1);
const { stdout, stderr } = process;
const output = new Output({ stdout, stderr, mode: wantsJson(args) ? 'json' : 'people' });
const purpose = readPurpose();
if (purpose !== null) {
  prepare(purpose.kind === 'demo');
  const folders = ownFolders(purpose);
  // By the folder of the window's settings: a demo, which has one of its own, is always alone.
  if (app.requestSingleInstanceLock()) {
    // Not awaited at the top level: Electron is ready only when this module has been read to its end.
    void app
      .whenReady()
      .then(() => start(folders, purpose.kind === 'demo' ? purpose : null))
      .catch(endWith);
  } else {
    output.say(text('app.already-open'));
    app.exit(EXIT_DONE);
  }
}

/** Null when the arguments are refused: the app ends then. */
function readPurpose(): Purpose | null {
  try {
    return parseArguments(args, typedInFolder());
  } catch (error) {
    endWith(error);
    return null;
  }
}

/** Says why the app could not start, and ends it. */
function endWith(error: unknown): void {
  const problem = problemOf(error);
  if (problem.code === 'fault') output.complain(toError(error).stack ?? '');
  tellFailure(problem, output);
  app.exit(exitCodeOf(problem.code));
}

/** Settings that Electron takes only before the app is ready. */
function prepare(demo: boolean): void {
  declareScheme();
  prepareWindow();
  // Root has no sandbox, and asking for one then ends every child process.
  const unsandboxed =
    'ELECTRON_DISABLE_SANDBOX' in process.env || app.commandLine.hasSwitch('no-sandbox');
  if (!unsandboxed) app.enableSandbox();
  if (demo) app.disableHardwareAcceleration(); // a virtual display has no GPU, and capturePage fails without this
}

/** The app's folders. Those of a demo are temporary, but for the library, and removed when the process ends. */
function ownFolders(
  given: { readonly kind: 'window' } | ({ readonly kind: 'demo' } & DemoOptions),
): Folders {
  if (given.kind === 'window') {
    const folders = systemFolders();
    mkdirSync(folders.settings, { recursive: true, mode: 0o700 });
    app.setPath('userData', path.join(folders.settings, 'window'));
    return folders;
  }
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-demo-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  app.setPath('userData', path.join(scratch, 'window'));
  return { settings: scratch, logs: path.join(scratch, 'logs'), library: given.out };
}

async function start(folders: Folders, demo: DemoOptions | null): Promise<void> {
  serve(findUpwards('renderer/index.html', 'out/renderer/index.html').replace(/.index\.html$/, ''));
  const logFile = new LogFile(folders.logs);
  const appVersion = app.getVersion();
  const flight = new FlightRecorder(folders.logs, appVersion);
  const log = createLog('info', logFile.sink, 'app', flight);
  const demoProcess = new DemoProcess(log.child('demo'));
  let window: BrowserWindow | null = null;

  const ownShell: Shell = {
    tokens: await KeyStore.open(folders.settings, log.child('secrets')),
    apiUrl: parseApiUrl(process.env['DISCORD_API_URL']),
    startDemo: async () => {
      const { apiUrl, token, channelId } = await demoProcess.start();
      return { apiUrl: parseApiUrl(apiUrl), token, channelId };
    },
    chooseFolder: async () => {
      if (window === null) return null;
      const properties = ['openDirectory', 'createDirectory'] as const;
      const answer = await dialog.showOpenDialog(window, { properties: [...properties] });
      return answer.filePaths[0] ?? null;
    },
    showInFolder: (file) => shell.showItemInFolder(file),
    openFolder: async (folder) => {
      await shell.openPath(folder);
    },
    openText: async (name) => {
      const file = findUpwards(`legal/${name}.txt`); // out/legal, or beside app.asar
      const problem = await shell.openPath(file);
      if (problem !== '') shell.showItemInFolder(file);
    },
    openLink: (url) => shell.openExternal(url),
    copyText: (text) => clipboard.writeText(text),
    diagnostics: async (recordings) =>
      writeDiagnostics({
        facts: systemFacts(engine.freeBytes),
        recordings,
        logLines: await logFile.newest(DIAGNOSTIC_LINES),
        homeFolder: os.homedir(),
        libraryFolder: folders.library,
      }),
    saveReport: async (recordings) => {
      if (window === null) return false;
      const defaultPath = path.join(app.getPath('desktop'), 'tapedeck-report.jsonl');
      const { filePath } = await dialog.showSaveDialog(window, { defaultPath });
      if (filePath === '') return false;
      await flight.flush();
      const { logs, library: libraryFolder } = folders;
      const facts = systemFacts(engine.freeBytes);
      const homeFolder = os.homedir();
      const report = await makeReport({ logs, facts, recordings, homeFolder, libraryFolder });
      await replaceFile(filePath, report);
      return true;
    },
  };

  const engine = new Engine({
    libraryFolder: folders.library,
    settingsFolder: folders.settings,
    appVersion,
    log: log.child('engine'),
  });
  const told = new Set<string>();
  const deck = new Deck({
    engine,
    library: new LibraryIndex(folders.library, log.child('library'), folders.settings),
    exports: new ExportJobs(),
    shell: ownShell,
    log,
    onChange: () => publisher.changed(),
    onEvent: (event) => {
      told.add(event.event);
      output.event({ ...event });
    },
  });
  const contents = () => window?.webContents ?? null;
  const isShown = () => window !== null && window.isVisible() && !window.isMinimized();
  const publisher: Publisher = new Publisher(deck, { appVersion, page: contents, isShown });
  const handlers = commandHandlers(deck, () => publisher.ready());
  serveCommands({ handlers, origin: pageAddress().origin, window: contents, log });

  const closing = closeBeforeQuitting(async () => {
    await deck.close();
    publisher.close();
    await demoProcess.close();
    await flight.close();
    await logFile.close();
  });
  setMenu();
  await lockSession();
  const opened = createWindow();
  window = opened; // before the page loads, because commands of any other window are refused
  window.on('closed', () => (window = null));
  reviveDeadPage(opened, log);
  app.on('second-instance', () => {
    if (window !== null) bringForward(window);
  });
  await showWindow(opened);

  if (demo === null) return deck.signInAgain();
  try {
    await runDemo({ deck, window: opened, options: demo }, output);
  } catch (error) {
    await engine.signOut(); // closes the recording, so that the failure is the last event
    if (!closing.aborted) process.exitCode = reportFailure(error, { output, log });
    else if (!told.has('joined')) process.exitCode = EXIT_INTERRUPTED;
  }
  app.quit();
}

function systemFacts(freeBytes: number | null): Record<string, string | number> {
  const { electron, node, chrome } = process.versions;
  return {
    version: app.getVersion(),
    electron,
    node,
    chrome,
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    processors: os.cpus().length,
    memoryBytes: os.totalmem(),
    freeBytes: freeBytes ?? 'unknown',
  };
}

/**
 * Calls `close` once before the app quits, however it quits: by the window, a signal or the system's shutdown. The signal
 * that is returned is aborted when closing begins.
 */
function closeBeforeQuitting(close: () => Promise<void>): AbortSignal {
  const closing = new AbortController();
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    if (closing.signal.aborted) return;
    closing.abort();
    void close()
      .catch((error: unknown) => output.complain(toError(error).stack ?? ''))
      .then(() => {
        closed = true;
        app.exit(Number(process.exitCode ?? 0));
      });
  });
  app.on('window-all-closed', () => app.quit());
  return closing.signal;
}
