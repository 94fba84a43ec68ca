import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { systemErrorCode } from './errors.ts';

/** Tells one process from every other, on this computer or another, before or after a restart. */
export interface ProcessMark {
  readonly host: string;
  /** Null where the system has none. */
  readonly bootId: string | null;
  /** The namespace that `pid` belongs to; null where there are no namespaces. */
  readonly pidNamespace: string | null;
  readonly pid: number;
  /** In the system's own form, only to be compared; null when the system does not tell. */
  readonly processStartedAt: string | null;
}

const run = promisify(execFile);

/** The mark of this process. */
export async function ownProcess(): Promise<ProcessMark> {
  const own = await findProcess(process.pid);
  return { ...(await here()), pid: process.pid, processStartedAt: own?.startedAt ?? null };
}

/** Whether that process lives; `elsewhere` when only another computer (or container) can know. */
export async function processState(mark: ProcessMark): Promise<'live' | 'dead' | 'elsewhere'> {
  const { host, bootId, pidNamespace } = await here();
  if (mark.host !== host) return 'elsewhere';
  if (mark.bootId !== bootId) return 'dead'; // restarted since
  if (mark.pidNamespace !== pidNamespace) return 'elsewhere';
  const found = await findProcess(mark.pid);
  if (found === null) return 'dead';
  const same =
    mark.processStartedAt === null ||
    found.startedAt === null ||
    mark.processStartedAt === found.startedAt;
  return same ? 'live' : 'dead';
}

async function here(): Promise<Pick<ProcessMark, 'host' | 'bootId' | 'pidNamespace'>> {
  const bootId = await orNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  const pidNamespace = await orNull(readlink('/proc/self/ns/pid'));
  return { host: hostname(), bootId: bootId?.trim() ?? null, pidNamespace };
}

/** The running process `pid`; null when there is none, or only a dead one that nobody has waited for (zombie). */
async function findProcess(pid: number): Promise<{ startedAt: string | null } | null> {
  try {
    process.kill(pid, 0); // signal 0 only asks
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') return null;
  }
  if (process.platform === 'linux') {
    const line = await orNull(readFile(`/proc/${String(pid)}/stat`, 'utf8'));
    if (line === null) return { startedAt: null }; // hidden from us, but there
    // proc(5): the name in parentheses may hold anything; after it come the state and, as the 20th, the start time.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? null : { startedAt: fields[19] ?? null };
  }
  return { startedAt: await askForStart(pid) };
}

async function askForStart(pid: number): Promise<string | null> {
  const started = `(Get-Process -Id ${String(pid)}).StartTime.ToFileTimeUtc()`;
  const asked =
    process.platform === 'win32'
      ? run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', started])
      : run('ps', ['-o', 'lstart=', '-p', String(pid)]);
  const answer = await orNull(asked);
  return answer?.stdout.trim() ?? null;
}

/** Null when `promise` rejects: a mark without that field still tells most processes apart. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch {
    return null; // no such file or program on this system
  }
}
