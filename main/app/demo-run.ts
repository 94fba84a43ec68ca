import type { BrowserWindow } from 'electron';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { text } from '../../preload/contract/messages/text.ts';
import { toError } from '../base/errors.ts';
import { replaceFile } from '../base/replace-file.ts';
import { SAMPLE_RATE_HZ } from '../base/sample-rate.ts';
import { sleep } from '../base/wait.ts';
import type { Output } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import { toStorageError } from '../recording/storage-error.ts';
import { EngineError } from '../session/engine-error.ts';
import { failureOf } from '../engine/error-code.ts';
import type { ExportJob } from '../engine/export-jobs.ts';
import type { SessionEvent } from '../session/session-event.ts';
import type { Deck } from '../ipc/deck.ts';
import type { Outcome } from '../ipc/outcome.ts';
import type { DemoOptions } from './arguments.ts';

/** The picture is taken after this share of the time, when the lanes have some tape. */
const SHOT_AT = 0.8;

/**
 * The main job through the same calls as the window's keys: demo server, Record, Stop, Save; then prints a table. Exports
 * nothing when somebody stops the recording in the window. Throws EngineError or StorageError.
 */
export async function runDemo(
  { deck, window, options }: { deck: Deck; window: BrowserWindow; options: DemoOptions },
  output: Pick<Output, 'event' | 'say' | 'complain'>,
): Promise<void> {
  expectDone(await deck.startDemo());
  const channelId = deck.view.chosenChannelId;
  if (channelId === null) throw new Error('the demo server has no channel');
  expectDone(await deck.record(channelId));
  const { session } = deck.engine;
  if (session.kind !== 'recording') throw new Error('the recording ended at once');
  output.say(text('demo.recording', { seconds: options.seconds }));

  const { session: recording } = session;
  const durationMs = options.seconds * 1000;
  await Promise.race([recording.finished, sleep(durationMs * SHOT_AT)]);
  if (options.screenshot !== null) await takePicture(window, options.screenshot, output);
  const restMs = Math.max(0, durationMs - (recording.samples / SAMPLE_RATE_HZ) * 1000);
  await Promise.race([recording.finished, sleep(restMs)]);
  const stopped = await recording.stop('duration');
  const failure = failureOf(stopped.reason);
  if (failure !== null) throw new EngineError(failure);
  if (stopped.reason !== 'duration') return;

  const job = await exportAll(deck, recording.folder);
  output.event({
    event: 'exported',
    files: job.files.map(({ path: file, userId, bytes, samples, sha256 }) => ({
      path: file,
      userId,
      bytes,
      samples,
      sha256,
    })),
  });
  output.say(speakerTable(stopped, job));
  output.say(folderTable(recording.folder, job.request.folder));
}

function expectDone(outcome: Outcome): void {
  if (!outcome.ok) throw new EngineError(outcome.problem.code, outcome.problem.details);
}

async function takePicture(
  window: BrowserWindow,
  file: string,
  output: Pick<Output, 'complain'>,
): Promise<void> {
  const picture = await window.webContents.capturePage();
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await replaceFile(file, picture.toPNG());
  } catch (error) {
    output.complain(text('demo.no-picture', { file, message: toError(error).message }));
    throw toStorageError(error, { cannot: 'write', file });
  }
}

async function exportAll(deck: Deck, folder: string): Promise<ExportJob> {
  await deck.library.refresh();
  const recordingId = path.basename(folder);
  const tracks = deck.library.byId(recordingId)?.info.manifest.tracks ?? [];
  const started = deck.startExport({
    recordingId,
    format: 'wav',
    bitDepth: '16',
    channels: 'stereo',
    tracks: tracks.map(({ file }) => file),
    mixdown: true,
    folder: 'recording',
  });
  expectDone(started);
  const job = await started.ended;
  if (job?.state !== 'done')
    throw new EngineError(job?.problem?.code ?? 'fault', job?.problem?.details);
  return job;
}

/** One row a speaker, from the closed recording's own figures. */
function speakerTable(stopped: SessionEvent<'stopped'>, job: ExportJob): string {
  const titles = [
    text('demo.column.speaker'),
    text('demo.column.length'),
    text('cli.record.column.packets'),
    text('cli.record.column.lost'),
    text('cli.record.column.file'),
  ];
  const rows = stopped.tracks.map(({ userId, name, samples, packets, lost }) => {
    const file = job.files.find((one) => one.userId === userId)?.path ?? '';
    return [name, seconds(samples), String(packets), String(lost), path.basename(file)];
  });
  const mixdown = job.files.find((file) => path.basename(file.path).startsWith('mixdown'));
  if (mixdown !== undefined)
    rows.push([
      text('demo.everyone'),
      seconds(mixdown.samples),
      '',
      '',
      path.basename(mixdown.path),
    ]);
  return formatTable(['left', 'left', 'left', 'left', 'left'], [titles, ...rows]);
}

function folderTable(recording: string, exports: string): string {
  return formatTable(
    ['left', 'left'],
    [
      [text('demo.folder.recording'), recording],
      [text('demo.folder.exports'), exports],
    ],
  );
}

function seconds(samples: number): string {
  return text('demo.length', { seconds: samples / SAMPLE_RATE_HZ });
}
