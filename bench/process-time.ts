import { readdir, readFile } from 'node:fs/promises';

/** Ticks of `/proc` in a second of CPU time: always 100 on Linux, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

/** CPU time of a process and of all that it started. */
export interface ProcessTime {
  readonly wallMs: number;
  readonly seconds: number;
  /** CPU time of Electron's renderer processes among them. */
  readonly rendererSeconds: number;
}

/** Reads the CPU time from Linux's `/proc`; rejects elsewhere, and when there is no such process. */
export async function processTime(pid: number): Promise<ProcessTime> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = await Promise.all(names.map((name) => readProcess(Number(name))));
  const processes = read.filter((one) => one !== null);
  const family = new Set([pid]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const one of processes) if (family.has(one.parent)) family.add(one.pid);
  }
  const ours = processes.filter((one) => family.has(one.pid));
  if (ours.length === 0) throw new Error(`no process ${String(pid)}`);
  const sum = (some: typeof ours): number =>
    some.reduce((total, { ticks }) => total + ticks, 0) / TICKS_PER_SECOND;
  return {
    wallMs: performance.now(),
    seconds: sum(ours),
    rendererSeconds: sum(ours.filter(({ isRenderer }) => isRenderer)),
  };
}

/** Null when the process has ended. */
async function readProcess(pid: number) {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    const command = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third field on (proc_pid_stat(5))
    // utime, stime, cutime and cstime: user and kernel time, of the process and of its ended children.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return {
      pid,
      parent: Number(fields[1]),
      ticks,
      isRenderer: command.includes('--type=renderer'),
    };
  } catch {
    return null;
  }
}
