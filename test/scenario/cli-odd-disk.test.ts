import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Recording } from '../../main/recording/recording.ts';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';
import { CAN_FAULT, diskFaults } from '../support/disk-faults.ts';
import { expectSound } from '../support/finished-recording.ts';
import { ending, recordingOptions, speak, tonePackets } from '../support/recording-files.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { CAN_MOUNT, smallDisk } from '../support/small-disk.ts';

const exported = z.array(z.object({ samples: z.number() }));

describe('on a disk that can do little', () => {
  test.runIf(CAN_FAULT)(
    'record, list, export and verify do their work while the clock is set (needs cc)',
    async () => {
      const { demo, env } = await demoFor();
      const library = await scratchFolder();
      await mkdir(path.join(library, '.Spotlight-V100'));
      const clock = path.join(await scratchFolder(), 'ahead');
      const faulty = { env: { ...env, ...(await diskFaults(library, clock)), TZ: 'Asia/Tokyo' } };
      const words = ['record', '--channel', demo.channelId, '--out', library, '--json'];
      const startedAtMs = performance.now();
      const command = new CommandLine([...words, '--export', 'wav'], faulty);
      await command.until('speaker');
      const list = async (): Promise<number> => {
        const { exitCode, stdout } = await runCommandLine(
          ...([['list', '--out', library, '--json'], faulty] as const),
        );
        expect(exitCode).toBe(0);
        return Number(parseLines(stdout)[0]?.['samples']);
      };
      const folder = path.join(
        library,
        (await readdir(library)).find((name) => !name.startsWith('.')) ?? '',
      );
      for (const seconds of [7_200, -3_600]) {
        await writeFile(clock, String(seconds));
        const samples = await list();
        expect(samples).toBeGreaterThanOrEqual(0);
        expect(samples).toBeLessThanOrEqual((performance.now() - startedAtMs) * 48);
        const out = path.join(library, String(seconds));
        const { exitCode, stdout } = await runCommandLine(
          ...([['export', folder, '--out', out, '--json'], faulty] as const),
        );
        expect([exitCode, stdout]).toEqual([0, expect.stringContaining('exported')]);
        const files = exported.parse(parseLines(stdout).at(-1)?.['files']);
        for (const file of files) {
          expect(file.samples).toBeGreaterThanOrEqual(samples);
          expect(file.samples).toBeLessThanOrEqual((performance.now() - startedAtMs) * 48);
        }
      }
      command.signal('SIGINT');
      const { exitCode, stdout } = await command.ended;
      const lines = parseLines(stdout);
      expect(lines.map(({ event }) => event).slice(-2)).toEqual(['stopped', 'exported']);
      expect(lines.filter(({ event }) => event === 'warning')).toEqual([]);
      expect(exitCode).toBe(0);
      const manifest = await expectSound(folder);
      expect(manifest.timeZone).toBe('Asia/Tokyo');
      expect(await readdir(folder)).not.toContain('recording.lock');
      expect(await runCommandLine(['verify', folder], faulty)).toMatchObject({ exitCode: 0 });
      const modes = await Promise.all(
        ['', 'tracks', 'recording.json', 'events.jsonl', manifest.tracks[0]?.file ?? ''].map(
          async (name) => ((await stat(path.join(folder, name))).mode & 0o777).toString(8),
        ),
      );
      expect(modes).toEqual(['700', '700', '600', '600', '600']);

      // The recording's zone counts, not that of the computer that exports.
      const out = path.join(library, 'elsewhere');
      await runCommandLine(['export', folder, '--out', out], {
        env: { ...faulty.env, TZ: 'America/New_York' },
      });
      const [name = ''] = await readdir(out);
      const wav = await readFile(path.join(out, name));
      const at = wav.indexOf('bext');
      const began = new Date(Date.parse(manifest.startedAt) + 9 * 3_600_000).toISOString();
      expect(wav.toString('latin1', at + 8 + 320, at + 8 + 338)).toBe(
        began.slice(0, 10) + began.slice(11, 19),
      );
      expect(path.basename(folder)).toMatch(
        new RegExp(`^${began.slice(0, 10)} ${began.slice(11, 13)}-`),
      );
    },
  );

  test.runIf(CAN_MOUNT)(
    'with less than 32 MiB free nothing is made, and the sentence says how much is needed (needs root)',
    async () => {
      const { demo, env } = await demoFor();
      const disk = smallDisk(16 << 20);
      const library = path.join(disk.folder, 'library');
      const words = ['record', '--channel', demo.channelId, '--out', library, '--json'];
      const { exitCode, stdout } = await runCommandLine(words, { env });
      const error = parseLines(stdout).at(-1);
      expect(error).toMatchObject({ event: 'error', code: 'disk-full' });
      expect(error?.['message']).toMatch(
        /^Only 1[56] MiB are free in .*library; 32 MiB are needed\./,
      );
      expect(exitCode).toBe(6);
      expect(await readdir(disk.folder)).toEqual([]);
    },
  );

  test.runIf(process.platform === 'linux')(
    'that refuses the length of a name, the folder has a shorter one',
    async () => {
      const deep = await scratchFolder();
      // The system takes paths of 4,095 bytes: of what the library leaves, the usual name is too long.
      let library = deep;
      while (library.length < 3_800) library = path.join(library, 'x'.repeat(90));
      library = path.join(library, 'x'.repeat(Math.max(1, 3_890 - library.length)));
      const long = '語'.repeat(33);
      const recording = await Recording.create(
        recordingOptions(library, {
          place: {
            guild: { id: '1', name: long },
            channel: { id: '2', name: long, kind: 'voice' },
          },
        }),
      );
      speak(recording.addTrack({ userId: '1', name: 'Ada' }), 48, tonePackets(5));
      await recording.close(ending({ reason: 'user', samples: 9_600 }));
      const name = path.basename(recording.folder);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(143);
      expect(name).toMatch(/語 - 語/);
    },
  );
});
