import { rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { syncFolder } from '../base/replace-file.ts';
import { EXPORTS_FOLDER } from '../recording/layout.ts';
import { locateTracks, type TrackFiles } from '../recording/track-files.ts';
import { ResourceStack } from '../base/resource-stack.ts';
import { ExportError, toExportError } from './export-error.ts';
import { MIXDOWN_WEIGHT, ProgressMeter } from './export-progress.ts';
import type { ExportedFile, ExportRequest } from './export-request.ts';
import type { ExportPlan, PlannedFile, PlannedPerson } from './plan.ts';
import { planExport } from './plan.ts';
import type { RenderedFile, RenderJob } from './render.ts';
import type { RunJob } from './render-in-worker.ts';
import { renderInWorker } from './render-in-worker.ts';
import { runPool } from './run-pool.ts';
import { prepareFolder, refuseLink, settleFile, unfinishedFile } from './target-folder.ts';

export type { ExportedFile, ExportProgress, ExportRequest } from './export-request.ts';

/**
 * Writes one WAV a person, and a mixdown when asked for, into the request's folder; returns them in the manifest's
 * order, the mixdown last. Each file is written by a worker thread of its own, as many at once as there are cores. A recording
 * without tracks gives no files. Throws ExportError; then nothing of the export is left on disk.
 */
export function exportRecording(
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<ExportedFile[]> {
  return exportWith(renderInWorker, request, signal);
}

/**
 * `exportRecording` with another way to run a job; tests run jobs in their own thread.
 * @internal exported for tests
 */
export async function exportWith(
  run: RunJob,
  request: ExportRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ExportedFile[]> {
  try {
    signal.throwIfAborted();
    const plan = planExport(request, await locatedTracks(request));
    if (request.folder === join(request.recording.folder, EXPORTS_FOLDER))
      await refuseLink(request.folder);
    await prepareFolder(request.folder, plan.bytes);
    await using running = new RunningExport(run, request, plan);
    const people = await running.renderPeople(signal);
    const mixdown = await running.renderMixdown(people, signal);
    signal.throwIfAborted();
    return await settleAll(mixdown === null ? people : [...people, mixdown]);
  } catch (error) {
    if (signal.aborted) throw new ExportError('cancelled', 'cancelled', { cause: error });
    throw toExportError(error, request.folder);
  }
}

function locatedTracks({ recording: { folder, manifest } }: ExportRequest): Promise<TrackFiles> {
  return locateTracks(
    folder,
    manifest.tracks.map(({ file }) => file),
  );
}

/** A complete file that does not bear its final name yet. */
interface Nameless {
  readonly planned: PlannedFile;
  readonly rendered: RenderedFile;
}

/** What the jobs of one export share. Disposing removes every file that does not bear its final name. */
class RunningExport implements AsyncDisposable {
  readonly #run: RunJob;
  readonly #folder: string;
  readonly #plan: ExportPlan;
  readonly #meter: ProgressMeter;
  readonly #unfinished = new ResourceStack();

  constructor(run: RunJob, request: ExportRequest, plan: ExportPlan) {
    this.#run = run;
    this.#folder = request.folder;
    this.#plan = plan;
    const files = plan.mixdown === null ? plan.people : [...plan.people, plan.mixdown];
    this.#meter = new ProgressMeter({
      onProgress: request.onProgress ?? (() => undefined),
      nowMs: () => performance.now(),
      fileCount: files.length,
      weight: files.reduce((sum, file) => sum + weightOf(file), 0),
    });
  }

  /** In the plan's order, whichever was ready first. */
  async renderPeople(signal: AbortSignal): Promise<Nameless[]> {
    const rendered = new Map<PlannedPerson, Nameless>();
    await runPool(
      await longestFirst(this.#plan.people),
      {
        limit: availableParallelism(),
        work: async (person, either) => {
          const { tracks, fromSamples, wav } = person;
          const job = { kind: 'person' as const, tracks, fromSamples, wav, file: this.#newFile() };
          rendered.set(person, await this.#render(person, job, either));
        },
      },
      signal,
    );
    return this.#plan.people.flatMap((person) => rendered.get(person) ?? []);
  }

  /** Null when none is wanted. */
  async renderMixdown(people: readonly Nameless[], signal: AbortSignal): Promise<Nameless | null> {
    const { mixdown } = this.#plan;
    if (mixdown === null) return null;
    const tracks = people.map(({ rendered: { file, headerBytes, sounding } }) => ({
      file,
      headerBytes,
      sounding,
    }));
    const job = { kind: 'mixdown' as const, tracks, wav: mixdown.wav, file: this.#newFile() };
    return await this.#render(mixdown, job, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#unfinished.close();
  }

  async #render(planned: PlannedFile, job: RenderJob, signal: AbortSignal): Promise<Nameless> {
    const weight = weightOf(planned);
    const onProgress = (samplesDone: number): void =>
      this.#meter.advance(planned.name, (weight * samplesDone) / planned.wav.samples);
    const rendered = await this.#run(job, onProgress, signal);
    this.#meter.finish(planned.name, weight);
    return { planned, rendered };
  }

  #newFile(): string {
    const file = unfinishedFile(this.#folder);
    this.#unfinished.defer(() => rm(file, { force: true }));
    return file;
  }
}

function weightOf(planned: PlannedFile): number {
  return planned.wav.samples * (planned.kind === 'mixdown' ? MIXDOWN_WEIGHT : 1);
}

/** By the bytes of their tracks, which grow with what is said: one core must not begin the longest file last. */
async function longestFirst(people: readonly PlannedPerson[]): Promise<PlannedPerson[]> {
  const weighed = await Promise.all(
    people.map(async (person) => {
      const sizes = await Promise.all(person.tracks.map(sizeOf));
      return { person, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    }),
  );
  return weighed.sort((a, b) => b.bytes - a.bytes).map(({ person }) => person);
}

/** Zero for a file that does not tell: its turn comes last, and whoever reads it says why it cannot be read. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

/** Gives all files their names, or none. */
async function settleAll(files: readonly Nameless[]): Promise<ExportedFile[]> {
  const settled: ExportedFile[] = [];
  try {
    for (const { planned, rendered } of files) {
      const { bytes, sha256 } = rendered;
      const path = await settleFile(rendered.file, planned.name);
      const userId = planned.kind === 'mixdown' ? null : planned.userId;
      settled.push({ path, userId, bytes, samples: planned.wav.samples, sha256 });
    }
    const [first] = settled;
    if (first !== undefined) await syncFolder(dirname(first.path));
    return settled;
  } catch (error) {
    for (const { path } of settled) await rm(path, { force: true });
    throw error;
  }
}
