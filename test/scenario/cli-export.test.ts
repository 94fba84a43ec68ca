import { readdir, symlink, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SILENCE_FRAME } from '../../main/audio/opus-silence.ts';
import { silentLog } from '../../main/base/log.ts';
import { exportAfterRecording } from '../../main/cli/export-after-recording.ts';
import { Output } from '../../main/cli/output.ts';
import { writeManifest } from '../../main/recording/manifest.ts';
import { parseLines, runCommandLine } from '../support/command-line.ts';
import { makeRecording } from '../support/recording-folder.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const SAMPLES = 5 * 48_000;
const exportedFiles = z.array(
  z.object({ path: z.string(), userId: z.string().nullable(), samples: z.number() }),
);

/** A closed recording on disk: 5 s of silence of two people. */
async function recordingOnDisk(): Promise<{ folder: string; env: Record<string, string> }> {
  const home = await scratchFolder();
  const folder = path.join(home, 'recordings', 'a recording');
  const packets = [SILENCE_FRAME, SILENCE_FRAME];
  const { manifest } = await makeRecording(folder, {
    samples: SAMPLES,
    tracks: [
      { file: 'tracks/01-Maya.opus', userId: '11', packets },
      { file: 'tracks/02-Theo.opus', userId: '12', packets },
    ],
  });
  await writeFile(path.join(folder, 'recording.json'), writeManifest(manifest));
  return { folder, env: { TAPEDECK_HOME: home } };
}

describe('export', () => {
  test('writes every track into exports/, overwrites nothing there, and needs no token', async () => {
    const { folder, env } = await recordingOnDisk();
    for (const names of [
      ['01-Maya.wav', '02-Theo.wav', 'mixdown.wav'],
      ['01-Maya (2).wav', '02-Theo (2).wav', 'mixdown (2).wav'],
    ]) {
      const words = ['export', folder, '--mixdown', '--json'];
      const { exitCode, stdout, stderr } = await runCommandLine(words, { env });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const [line] = parseLines(stdout);
      const files = exportedFiles.parse(line?.['files']);
      expect(files.map((file) => file.path)).toEqual(
        names.map((name) => path.join(folder, 'exports', name)),
      );
      expect(files.map(({ userId }) => userId)).toEqual(['11', '12', null]);
      expect(files.map(({ samples }) => samples)).toEqual([SAMPLES, SAMPLES, SAMPLES]);
    }
  });

  test('takes a range, tracks and a folder; relative paths start where the command was typed', async () => {
    const { folder, env } = await recordingOnDisk();
    const typedIn = path.dirname(folder);
    const words = ['export', 'a recording', '--from', '0.5', '--to=0:00:02.25', '--tracks', '12'];
    const { exitCode, stdout } = await runCommandLine([...words, '--out', 'here', '--json'], {
      env: { ...env, INIT_CWD: typedIn },
    });
    expect(exitCode).toBe(0);
    expect(exportedFiles.parse(parseLines(stdout)[0]?.['files'])).toEqual([
      { path: path.join(typedIn, 'here', '02-Theo.wav'), userId: '12', samples: 1.75 * 48_000 },
    ]);
  });

  test.each([
    [['--tracks', '13'], 'unknown-track'],
    [['--from', '5.1'], 'time-outside'],
    [['--from', '5'], 'time-outside'],
    [['--to', '0:00:05.001'], 'time-outside'],
  ])('%j ends with 2 and says %s', async (words, code) => {
    const { folder, env } = await recordingOnDisk();
    const { exitCode, stdout } = await runCommandLine(['export', folder, '--json', ...words], {
      env,
    });
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code }]);
    expect(exitCode).toBe(2);
    expect(await readdir(folder)).not.toContain('exports');
  });

  test('a target that cannot be written ends with 6', async () => {
    const { folder, env } = await recordingOnDisk();
    const words = ['export', folder, '--json', '--out', '/dev/null/x'];
    const { exitCode, stdout } = await runCommandLine(words, { env });
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'disk-error' }]);
    expect(exitCode).toBe(6);
  });

  test('exports/ that is a link is not written through: 6, with what to do', async () => {
    const { folder, env } = await recordingOnDisk();
    await symlink(await scratchFolder(), path.join(folder, 'exports'));
    const { exitCode, stdout } = await runCommandLine(['export', folder, '--json'], { env });
    const message: unknown = expect.stringMatching(/exports is a link .*choose another folder/);
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'disk-error', message }]);
    expect(exitCode).toBe(6);
  });
});

describe('verify', () => {
  test('a damaged track is a finding, and verify ends with 1', async () => {
    const { folder, env } = await recordingOnDisk();
    await writeFile(path.join(folder, 'tracks', '01-Maya.opus'), 'OggS and then nothing');
    const { exitCode, stdout } = await runCommandLine(['verify', folder, '--json'], { env });
    const lines = parseLines(stdout);
    const findings = lines.filter(({ event }) => event === 'finding');
    expect(findings.map(({ file }) => file)).toContain('tracks/01-Maya.opus');
    expect(lines.at(-1)).toMatchObject({ event: 'verified', ok: false });
    expect(exitCode).toBe(1);
  });
});

describe('export on stop', () => {
  test('a second signal cancels it: a warning, and no half-written file', async () => {
    const { folder } = await recordingOnDisk();
    const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough()];
    const output = new Output({ stdout, stderr, mode: 'json' });
    const never = new AbortController().signal;
    const again = AbortSignal.abort(new Error('interrupted again'));
    const problem = await exportAfterRecording(
      { folder, mixdown: true },
      {
        output,
        interrupts: { first: never, fault: never, again },
        log: silentLog,
        env: {},
        folders: { settings: '', logs: '', library: '' },
        finishFlight: () => Promise.resolve(),
        appVersion: '0',
      },
    );
    expect(problem).toBeNull();
    expect(parseLines(String(stdout.read()))).toMatchObject([
      { event: 'warning', code: 'export-cancelled' },
    ]);
    expect(await readdir(folder)).not.toContain('exports');
  });
});
