import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { toTimelinePosition } from '../../main/audio/timeline-position.ts';
import { NO_COUNTS } from '../../main/recording/manifest.ts';
import { Recording } from '../../main/recording/recording.ts';
import { CommandLine, parseLines, runCommandLine } from '../support/command-line.ts';
import { demoFor } from '../support/demo.ts';
import { probePackets } from '../support/ffprobe.ts';
import { checkTracks } from '../support/checked-tracks.ts';
import { expectEventsToTell } from '../support/folded-events.ts';
import { expectSound } from '../support/finished-recording.ts';
import {
  recordingOptions,
  speak,
  temporaryLibrary,
  tonePackets,
  trackPacket,
  ending,
} from '../support/recording-files.ts';
import { readSent, sha256 } from '../support/sent.ts';
import { CAN_MOUNT, smallDisk } from '../support/small-disk.ts';

const TONE = tonePackets(100);
const TONE_HASHES = new Set(TONE.map(sha256));

/** Number of packets of `TONE` that ffprobe finds in a track. */
async function tonesIn(folder: string, file: string): Promise<number> {
  const packets = await probePackets(path.join(folder, file));
  return packets.filter((packet) => TONE_HASHES.has(packet.sha256)).length;
}

describe('a recording whose disk is full', () => {
  test.runIf(CAN_MOUNT)(
    'keeps every packet up to its end, in space that was reserved (needs root)',
    async () => {
      const disk = smallDisk(2 << 20);
      const told: string[] = [];
      const recording = await Recording.create(
        recordingOptions(disk.folder, { onDiskError: ({ reason }) => told.push(reason) }),
      );
      const { folder } = recording;
      const ada = recording.addTrack({ userId: '1', name: 'Ada' });
      speak(ada, 48, TONE.slice(0, 50));
      await ada.flush();
      await disk.fill();
      speak(ada, 48_048, TONE.slice(50, 90));
      const ben = recording.addTrack({ userId: '2', name: 'Ben' });
      speak(ben, 48_048, TONE.slice(0, 40));
      await Promise.all([ada.flush(), ben.flush()]);
      expect(told).toEqual(['disk-full']);
      for (const track of [ada, ben])
        expect(track.append(toTimelinePosition(86_448), trackPacket(TONE[90]))).toBe('written');

      const counts = new Map([
        [ada, { ...NO_COUNTS, packets: 91 }],
        [ben, { ...NO_COUNTS, packets: 41 }],
      ]);
      const manifest = await recording.close(
        ending({ reason: 'disk-full', samples: 96_000, counts }),
      );
      expect(manifest).toMatchObject({ state: 'complete', reason: 'disk-full', samples: 96_000 });
      expect(manifest.tracks).toMatchObject([
        { name: 'Ada', packets: 91, lost: 0, silenceAdded: 96_000 - 91 * 960 },
        { name: 'Ben', packets: 41, lost: 0, silenceAdded: 96_000 - 41 * 960 },
      ]);
      expect(await expectSound(folder)).toEqual(manifest);
      expect(await tonesIn(folder, 'tracks/01-Ada.opus')).toBe(91);
      expect(await tonesIn(folder, 'tracks/02-Ben.opus')).toBe(41);
      await expectEventsToTell(folder);
      expect(told).toEqual(['disk-full']);
    },
  );

  test.runIf(CAN_MOUNT)(
    'ends with 6, and says of each track what is in its file (needs root)',
    async () => {
      const { demo, env } = await demoFor();
      const disk = smallDisk(40 << 20); // with less than 32 MiB free none begins
      const words = ['record', '--channel', demo.channelId, '--out', disk.folder, '--json'];
      const command = new CommandLine(words, { env });
      await command.until('speaker');
      await disk.fill();
      const { exitCode, stdout } = await command.ended;
      const lines = parseLines(stdout);
      const [stopped, error] = lines.slice(-2);
      expect(stopped).toMatchObject({ event: 'stopped', reason: 'disk-full' });
      expect(error).toMatchObject({ event: 'error', code: 'disk-full' });
      expect(exitCode).toBe(6);

      const folder = String(lines.find(({ event }) => event === 'joined')?.['recording']);
      const manifest = await expectSound(folder);
      const tracks = await checkTracks(folder, await readSent(demo));
      expect(tracks.length).toBeGreaterThan(0);
      for (const { track, placed, strangers, concealed } of tracks) {
        expect(track.packets).toBeGreaterThan(0);
        expect({ packets: track.packets, late: track.late }).toEqual({
          packets: placed.length,
          late: 0,
        });
        expect({ strangers, concealed }).toEqual({ strangers: [], concealed: [] });
      }
      expect(stopped?.['tracks']).toMatchObject(
        manifest.tracks.map(({ file, packets, lost, silenceAdded }) => ({
          file,
          packets,
          lost,
          silenceAdded,
          samples: manifest.samples,
        })),
      );
      expect(await runCommandLine(['verify', folder], { env })).toMatchObject({ exitCode: 0 });
    },
  );
});

describe('a track that cannot be written, whatever space there is', () => {
  // A limit on the size of this process's files makes a write fail in its middle (EFBIG), and can be lifted again.
  const limitFiles = (bytes: string): void => {
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
  };

  test.runIf(process.platform === 'linux')(
    'is closed with what is in its file, and counts that',
    async () => {
      await using library = await temporaryLibrary();
      const told: string[] = [];
      const recording = await Recording.create(
        recordingOptions(library.folder, { onDiskError: ({ reason }) => told.push(reason) }),
      );
      const { folder } = recording;
      const ada = recording.addTrack({ userId: '1', name: 'Ada' });
      speak(ada, 48, TONE.slice(0, 10));
      ada.append(toTimelinePosition(48 + 12 * 960), trackPacket(TONE[12], 2));
      await ada.flush();
      limitFiles('4096');
      try {
        for (let second = 0; second < 3; second += 1) {
          speak(ada, 24_048 + second * 19_200, TONE.slice(20, 40));
          await ada.flush();
        }
      } finally {
        limitFiles('unlimited');
      }
      expect(told).toEqual(['disk-error']);

      const counts = new Map([
        [ada, { ...NO_COUNTS, packets: 71, lost: 2, undecryptable: 3, duplicate: 4 }],
      ]);
      const manifest = await recording.close(
        ending({ reason: 'disk-error', samples: 96_000, counts }),
      );
      const [track] = manifest.tracks;
      const packets = await tonesIn(folder, 'tracks/01-Ada.opus');
      expect(packets).toBeGreaterThanOrEqual(11);
      expect(packets).toBeLessThan(71);
      expect(track).toMatchObject({
        samples: 96_000,
        packets,
        lost: 2,
        undecryptable: 3,
        duplicate: 4,
        silenceAdded: 96_000 - (packets + 2) * 960,
      });
      expect(await expectSound(folder)).toEqual(manifest);
    },
  );
});
