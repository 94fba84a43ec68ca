import { describe, expect, test } from 'vitest';
import { ExportJobs } from '../../../main/engine/export-jobs.ts';
import { ExportError } from '../../../main/export/export-error.ts';
import type { ExportedFile, ExportRequest } from '../../../main/export/export.ts';
import { makeRecording } from '../../support/recording-folder.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const FILE: ExportedFile = { path: '/out/a.wav', userId: '1', bytes: 44, samples: 0, sha256: 'x' };

async function request(): Promise<Omit<ExportRequest, 'onProgress'>> {
  const recording = await makeRecording(await scratchFolder(), { samples: 960, tracks: [] });
  return {
    recording,
    format: 'wav',
    bitDepth: '16',
    channels: 'stereo',
    tracks: null,
    mixdown: false,
    fromSamples: 0,
    toSamples: 960,
    folder: '/out',
  };
}

/** Exports that end when the test says so, or when they are cancelled. */
function heldExports() {
  const held: {
    done: (files: ExportedFile[]) => void;
    fail: (error: Error) => void;
    progress: (fraction: number) => void;
  }[] = [];
  const jobs = new ExportJobs(
    ({ onProgress }, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new ExportError('cancelled', 'cancelled'));
        });
        held.push({
          done: resolve,
          fail: reject,
          progress: (fraction) =>
            onProgress?.({ fileCount: 1, filesDone: 0, fraction, currentFile: 'a.wav' }),
        });
      }),
  );
  return { jobs, held };
}

describe('export jobs', () => {
  test('show how an export goes, from its start to its files', async () => {
    const { jobs, held } = heldExports();
    const seen: string[] = [];
    jobs.onChange(() => {
      seen.push(
        jobs
          .all()
          .map(({ state, progress }) => `${state} ${String(progress.fraction)}`)
          .join(),
      );
    });
    const ended = jobs.start(await request());
    held[0]?.progress(0.5);
    held[0]?.done([FILE]);
    expect(await ended).toMatchObject({ id: '1', state: 'done', files: [FILE], problem: null });
    expect(seen).toEqual(['running 0', 'running 0.5', 'done 0.5']);
  });

  test('tell a failure as a problem, with what the sentence needs', async () => {
    const { jobs, held } = heldExports();
    const ended = jobs.start(await request());
    const details = { cannot: 'write', file: '/out' };
    held[0]?.fail(new ExportError('disk-error', 'EROFS', { details }));
    expect(await ended).toMatchObject({
      state: 'failed',
      files: [],
      problem: { code: 'disk-error', details },
    });
  });

  test('run side by side, and a cancelled one ends as cancelled', async () => {
    const { jobs, held } = heldExports();
    const [first, second] = [jobs.start(await request()), jobs.start(await request())];
    expect(jobs.cancel('1')).toBe(true);
    expect(await first).toMatchObject({ state: 'cancelled', problem: null });
    expect(jobs.cancel('1')).toBe(false);
    held[1]?.done([]);
    expect(await second).toMatchObject({ state: 'done' });
    expect(jobs.all().map(({ id, state }) => `${id} ${state}`)).toEqual(['1 cancelled', '2 done']);
  });

  test('are dismissed once they have ended, not before', async () => {
    const { jobs, held } = heldExports();
    const ended = jobs.start(await request());
    jobs.dismiss('1');
    expect(jobs.all()).toHaveLength(1);
    held[0]?.done([]);
    await ended;
    jobs.dismiss('1');
    expect(jobs.all()).toEqual([]);
  });

  test('are cancelled and waited for when they close', async () => {
    const { jobs } = heldExports();
    const ended = jobs.start(await request());
    await jobs.close();
    expect(await ended).toMatchObject({ state: 'cancelled' });
  });
});
