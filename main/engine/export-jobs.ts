import { EventEmitter } from 'node:events';
import type { Problem } from '../../preload/contract/error-codes.ts';
import { exportRecording } from '../export/export.ts';
import type { ExportedFile, ExportProgress, ExportRequest } from '../export/export.ts';
import { toProblem } from './error-code.ts';

/** One export, running or ended. */
export interface ExportJob {
  readonly id: string;
  readonly request: Omit<ExportRequest, 'onProgress'>;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly progress: ExportProgress;
  readonly files: readonly ExportedFile[];
  /** Set when it failed. */
  readonly problem: Problem | null;
}

const NOTHING_DONE: ExportProgress = { fileCount: 0, filesDone: 0, fraction: 0, currentFile: null };

/** The exports of this run of the program, until they are dismissed. */
export class ExportJobs implements AsyncDisposable {
  readonly #jobs = new Map<string, ExportJob>();
  readonly #running = new Map<string, { cancel: AbortController; ended: Promise<unknown> }>();
  readonly #changes = new EventEmitter<{ changed: [] }>();
  readonly #export: typeof exportRecording;
  #nextId = 1;

  /** `exporting` is what makes the files; `exportRecording` unless a test passes its own. */
  constructor(exporting: typeof exportRecording = exportRecording) {
    this.#export = exporting;
  }

  /** Begins one; how it goes stands in `all`. The result resolves with the job when it has ended, and never rejects. */
  start(request: Omit<ExportRequest, 'onProgress'>): Promise<ExportJob> {
    const id = String(this.#nextId++);
    const cancel = new AbortController();
    let job: ExportJob = {
      id,
      request,
      state: 'running',
      progress: NOTHING_DONE,
      files: [],
      problem: null,
    };
    const update = (change: Partial<ExportJob>): ExportJob => {
      job = { ...job, ...change };
      this.#jobs.set(id, job);
      this.#changes.emit('changed');
      return job;
    };
    update({});
    const onProgress = (progress: ExportProgress): void => void update({ progress });
    const ended = this.#export({ ...request, onProgress }, cancel.signal)
      .then((files) => update({ state: 'done', files }))
      .catch((error: unknown) =>
        cancel.signal.aborted
          ? update({ state: 'cancelled' })
          : update({ state: 'failed', problem: toProblem(error) }),
      )
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { cancel, ended });
    return ended;
  }

  /** Nothing of a cancelled export stays on disk. False when no such export is running. */
  cancel(id: string): boolean {
    const running = this.#running.get(id);
    running?.cancel.abort(new Error('cancelled'));
    return running !== undefined;
  }

  /** Forgets an ended one. */
  dismiss(id: string): void {
    if (this.#running.has(id)) return;
    if (this.#jobs.delete(id)) this.#changes.emit('changed');
  }

  all(): readonly ExportJob[] {
    return [...this.#jobs.values()];
  }

  onChange(listener: () => void): () => void {
    this.#changes.on('changed', listener);
    return () => this.#changes.off('changed', listener);
  }

  /** Cancels what runs and waits until it has let go. */
  async close(): Promise<void> {
    this.#changes.removeAllListeners();
    const running = [...this.#running.values()];
    for (const { cancel } of running) cancel.abort(new Error('closed'));
    await Promise.all(running.map(({ ended }) => ended));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
