import { spawnSync } from 'node:child_process';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Recording } from '../../main/recording/recording.ts';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readJson, recordingOptions, speak, tonePackets } from '../support/recording-files.ts';

/** A recording in that library, as `kill -9` leaves it. */
async function deadRecording(library: string): Promise<string> {
  const recording = await Recording.create(recordingOptions(library));
  const ada = recording.addTrack({ userId: '1', name: 'Ada' });
  speak(ada, 48, tonePackets(50));
  await ada.flush();
  const folder = path.join(library, 'dead');
  await cp(recording.folder, folder, { recursive: true, filter: (name) => !name.endsWith('.new') });
  await recording.discard();
  const lock = path.join(folder, 'recording.lock');
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  await writeFile(lock, JSON.stringify({ ...(await readJson(lock)), pid }));
  return folder;
}

describe('record, in a library with a recording that was cut short', () => {
  test('closes that recording while it records another', async () => {
    const { demo, env, home } = await demoFor();
    const dead = await deadRecording(path.join(home, 'recordings'));
    const command = new CommandLine(['record', '--channel', demo.channelId, '--json'], { env });
    const recovered = async (): Promise<void> => {
      const manifest = await readJson(path.join(dead, 'recording.json'));
      expect(manifest).toMatchObject({ state: 'recovered', reason: 'interrupted' });
      expect(await readdir(dead)).not.toContain('recording.lock');
    };
    await command.until('joined');
    await vi.waitFor(recovered, { timeout: 10_000, interval: 50 });
    command.signal('SIGINT');
    const { exitCode, stdout } = await command.ended;
    expect(parseLines(stdout).at(-1)).toMatchObject({ event: 'stopped', reason: 'user' });
    expect(exitCode).toBe(0);
    expect((await expectSound(dead)).tracks).toMatchObject([{ name: 'Ada', packets: 50 }]);
  });

  test('does not wait for a slow recovery: it leaves the rest to the next process', async () => {
    const { demo, env, home } = await demoFor();
    const dead = await deadRecording(path.join(home, 'recordings'));
    const damaged = path.join(dead, 'tracks', '02-Ben.opus'); // takes many seconds to read
    await writeFile(damaged, '');
    const named = { event: 'track', at: new Date(0).toISOString(), samples: 0 };
    const ben = { ...named, file: 'tracks/02-Ben.opus', userId: '2', name: 'Ben' };
    await appendFile(path.join(dead, 'events.jsonl'), `${JSON.stringify(ben)}\n`);
    await truncate(damaged, 4 * 1024 ** 3);
    const command = new CommandLine(['record', '--channel', demo.channelId, '--json'], { env });
    await command.until('speaker');
    command.signal('SIGINT');
    const signalledAtMs = performance.now();
    expect(await command.ended).toMatchObject({ exitCode: 0 });
    expect(performance.now() - signalledAtMs).toBeLessThan(5_000);
    expect(await readJson(path.join(dead, 'recording.json'))).toMatchObject({ state: 'recording' });

    await truncate(damaged, 0);
    const { stdout } = await runCommandLine(['list', '--json'], { env });
    const states = parseLines(stdout).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['complete', 'recovered']));
    expect((await expectSound(dead)).tracks).toMatchObject([{ packets: 50 }, { packets: 0 }]);
  });

  test('logs what cannot be closed, and records', async () => {
    const { demo, env, home } = await demoFor();
    const dead = await deadRecording(path.join(home, 'recordings'));
    const lock = path.join(dead, 'recording.lock');
    await rm(lock);
    await mkdir(lock); // a lock that is a folder cannot be taken over
    const words = ['record', '--channel', demo.channelId, '--duration', '2', '--json'];
    const { exitCode, stdout } = await runCommandLine(words, { env });
    expect(parseLines(stdout).at(-1)).toMatchObject({ event: 'stopped', reason: 'duration' });
    expect(exitCode).toBe(0);
    const log = await readFile(path.join(home, 'logs', 'tapedeck.log'), 'utf8');
    const lines = log.split('\n').filter((line) => line.includes('not recovered'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(dead);
  });
});
