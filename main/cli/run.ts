import { noFlight } from '../base/flight-log.ts';
import type { FlightRecorder } from '../flight/flight-recorder.ts';
import { createLog, type Log, type LogSink, silentLog } from '../base/log.ts';
import { ResourceStack } from '../base/resource-stack.ts';
import { abortable } from '../base/wait.ts';
import { systemFolders } from '../settings/folders.ts';
import { LogFile } from '../settings/log-file.ts';
import type { Command, CommonOptions } from './command.ts';
import type { Context } from './context.ts';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.ts';
import { Interrupts } from './interrupts.ts';
import { Output } from './output.ts';
import { parseCommand } from './parse-command.ts';
import { wantsJson } from './split-words.ts';
import { appVersion } from './version.ts';

/** A pager may leave a long answer unread for minutes. After a signal the process has to end within 5 s. */
const FLUSH_MS = 600_000;
const FLUSH_AFTER_SIGNAL_MS = 500;

/** Runs the words after the program's name. Resolves with the exit code when all is printed; never rejects. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const { stdout, stderr } = process;
  const output = new Output({ stdout, stderr, mode: wantsJson(words) ? 'json' : 'people' });
  using interrupts = new Interrupts();
  const exitCode = await carryOut(words, output, interrupts);
  const interrupted = interrupts.first.aborted || interrupts.fault.aborted;
  await output.flush(interrupted ? FLUSH_AFTER_SIGNAL_MS : FLUSH_MS);
  return exitCode;
}

async function carryOut(
  words: readonly string[],
  output: Output,
  interrupts: Interrupts,
): Promise<number> {
  try {
    const invocation = parseCommand(words);
    switch (invocation.kind) {
      case 'help':
        output.say((await import('./help.ts')).helpText(invocation.command));
        return EXIT_DONE;
      case 'version':
        output.say(`tapedeck ${appVersion()}`);
        return EXIT_DONE;
      case 'run':
        return await runCommand(invocation.command, output, interrupts);
    }
  } catch (error) {
    return (await import('./report.ts')).reportFailure(error, { output, log: silentLog });
  }
}

async function runCommand(
  command: Command,
  output: Output,
  interrupts: Interrupts,
): Promise<number> {
  const { env } = process;
  const folders = systemFolders(env);
  await using file = new LogFile(folders.logs);
  await using stack = new ResourceStack();
  const flight = await openFlight(command, folders.logs, stack);
  const log = openLog(command, file, output, flight);
  const finishFlight = async (): Promise<void> => flight?.flush();
  const context: Context = {
    output,
    interrupts,
    env,
    folders,
    log,
    finishFlight,
    appVersion: appVersion(),
  };
  try {
    const work = start(command, context);
    // After a fault of ours `record` closes its recording first; other commands are left at once.
    return await (command.name === 'record' ? work : abortable(work, interrupts.fault));
  } catch (error) {
    const { reportFailure, reportFault } = await import('./report.ts');
    if (interrupts.fault.aborted) return reportFault(interrupts.fault.reason, context);
    return interrupts.first.aborted ? EXIT_INTERRUPTED : reportFailure(error, context);
  }
}

/** Each command's code is loaded when it is wanted: `--version` needs neither codecs nor ciphers, nor a sentence. */
async function start(command: Command, context: Context): Promise<number> {
  await checkApiUrl(command, context);
  switch (command.name) {
    case 'channels':
      return (await import('./channels.ts')).listChannels(command, context);
    case 'doctor':
      return (await import('./doctor.ts')).examine(command, context);
    case 'record':
      return (await import('./record.ts')).record(command, context);
    case 'list':
      return (await import('./list.ts')).listLibrary(command, context);
    case 'export':
      return (await import('./export.ts')).exportOne(command, context);
    case 'forget':
      return (await import('./forget.ts')).forget(command, context);
    case 'verify':
      return (await import('./verify.ts')).verify(command, context);
    case 'demo-server':
      return (await import('./demo-server.ts')).serveDemo(command, context);
  }
}

/** An address that may not be used is refused by every command, also by those that ask Discord for nothing. */
async function checkApiUrl(command: Command, { env }: Context): Promise<void> {
  const given = command.apiUrl ?? env['DISCORD_API_URL'] ?? '';
  if (given !== '') (await import('./sign-in.ts')).apiUrlOf(command, env);
}

/** The log goes to its file, and to stderr as well when a level was asked for. */
function openLog(
  { logLevel }: CommonOptions,
  file: LogFile,
  output: Output,
  flight: FlightRecorder | null,
): Log {
  const sink: LogSink = (level, line) => {
    file.sink(level, line);
    if (logLevel !== null) output.complain(line);
  };
  return createLog(logLevel ?? 'info', sink, 'tapedeck', flight ?? noFlight);
}

/** Commands that talk to Discord keep a flight record, which `stack` closes. */
async function openFlight(
  { name }: Command,
  logs: string,
  stack: ResourceStack,
): Promise<FlightRecorder | null> {
  if (name !== 'record' && name !== 'doctor' && name !== 'channels') return null;
  const { FlightRecorder } = await import('../flight/flight-recorder.ts');
  return stack.use(new FlightRecorder(logs, appVersion()));
}
