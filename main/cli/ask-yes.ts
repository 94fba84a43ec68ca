import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { abortable } from '../base/wait.ts';

/** Whether the next line of `input` says yes, in any case; not when it ends. Rejects when `signal` is aborted. */
export async function askYes(input: Readable, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input, terminal: false });
  try {
    const answer = await abortable(lines[Symbol.asyncIterator]().next(), signal);
    return answer.done !== true && answer.value.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}
