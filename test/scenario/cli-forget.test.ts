import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Recording } from '../../main/recording/recording.ts';
import { parseLines, runCommandLine } from '../support/command-line.ts';
import {
  forgettableRecording,
  namesBelow,
  tracesOfZoe,
  ZOE_ID,
  ZOES_TRACKS,
} from '../support/forgettable-recording.ts';
import { recordingOptions, temporaryLibrary } from '../support/recording-files.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const TAPEDECK = path.resolve(import.meta.dirname, '../../out/main/tapedeck.js');

let original = '';
beforeAll(async () => {
  const library = await temporaryLibrary();
  original = await forgettableRecording(library.folder);
  return () => library[Symbol.asyncDispose]();
});

async function copy(): Promise<string> {
  const folder = path.join(await scratchFolder(), 'a recording');
  await cp(original, folder, { recursive: true });
  return folder;
}

async function forget(folder: string, ...words: readonly string[]) {
  const env = { TAPEDECK_HOME: await scratchFolder() };
  return runCommandLine(['forget', folder, ...words], { env });
}

describe('forget', () => {
  test('with --yes takes the person out and names each file; a second time there is nobody', async () => {
    const folder = await copy();
    const words = ['--user', ZOE_ID, '--yes', '--json'];
    const { exitCode, stdout, stderr } = await forget(folder, ...words);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const [line, ...more] = parseLines(stdout);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ event: 'forgotten', userId: ZOE_ID, samples: 96_000 });
    const changed = [...ZOES_TRACKS, 'exports/mixdown.wav', 'recording.json', 'events.jsonl'];
    const files = changed.map((file) => path.join(folder, file));
    expect(line?.['files']).toEqual(expect.arrayContaining(files));
    for (const file of files) expect(stderr).toContain(file);
    expect(await tracesOfZoe(folder)).toEqual([]);
    const again = await forget(folder, ...words);
    expect(again.exitCode).toBe(2);
    expect(parseLines(again.stdout)).toMatchObject([{ event: 'error', code: 'unknown-person' }]);
  });

  test('without --yes and without a terminal is refused before anything is opened', async () => {
    const folder = await copy();
    const { exitCode, stdout } = await forget(folder, '--user', ZOE_ID, '--json');
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'bad-usage' }]);
    expect(exitCode).toBe(2);
    expect(await namesBelow(folder)).toEqual(await namesBelow(original));
  });

  test('is refused while the recording runs', async () => {
    await using library = await temporaryLibrary();
    await using recording = await Recording.create(recordingOptions(library.folder));
    const { exitCode, stdout } = await forget(recording.folder, '--user', '1', '--yes', '--json');
    expect(parseLines(stdout)).toMatchObject([{ event: 'error', code: 'still-recording' }]);
    expect(exitCode).toBe(2);
  });

  test.runIf(hasScript()).each([
    ['yes', 0],
    ['no', 1],
  ])('asks on a terminal: %s ends with %i (needs script of util-linux)', async (typed, exit) => {
    const folder = await copy();
    const command = [process.execPath, TAPEDECK, 'forget', folder, '--user', ZOE_ID];
    const quoted = command.map((word) => `'${word}'`).join(' ');
    const terminal = spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
      env: { PATH: process.env['PATH'], TAPEDECK_HOME: await scratchFolder() },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!shown.includes('Type yes') && `${shown}${text}`.includes('Type yes'))
        terminal.stdin.write(`${typed}\n`);
      shown += text;
    });
    expect(await once(terminal, 'close')).toEqual([exit, null]);
    expect(shown).toContain('Take Zo\u00eb out');
    expect((await tracesOfZoe(folder)).length > 0).toBe(exit === 1);
  });
});

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false; // there is none, or another program of that name
  }
}
