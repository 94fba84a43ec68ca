import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { scratchFolder } from './scratch-folder.ts';

/** Whether the faults can be built here: on Linux, with a C compiler. */
export const CAN_FAULT = process.platform === 'linux' && hasCompiler();

/** Builds `disk-faults.c`; gives the environment of a process whose disk below `folder` has its faults. */
export async function diskFaults(
  folder: string,
  clockFile: string,
): Promise<Readonly<Record<string, string>>> {
  const source = path.resolve(import.meta.dirname, 'disk-faults.c');
  const library = path.join(await scratchFolder(), 'disk-faults.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  return { LD_PRELOAD: library, FAULT_BELOW: folder, FAULT_CLOCK: clockFile };
}

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // none is installed
  }
}
