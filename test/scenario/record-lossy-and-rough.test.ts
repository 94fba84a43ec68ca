import { describe, expect, test } from 'vitest';
import { Call, TALKERS } from '../support/call.ts';
import { checkTracks } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { readSent, trueCounts } from '../support/sent.ts';

describe.concurrent('losses, duplicates and padding are counted exactly', () => {
  test.for(['lossy', 'rough', 'padding', 'bots'] as const)(
    'in the scenario %s',
    async (scenario, { expect: expectHere }) => {
      await using call = await Call.start({ scenario, talkers: [], seed: 7 });
      const { demo } = call;
      const session = await call.record();
      const people = TALKERS.slice(0, 3).map((style) =>
        demo.people.add(demo.setting.channels.stage, style),
      );
      await call.length(session, 5);
      for (const userId of people) demo.people.leave(userId);
      const sent = await readSent(demo);
      const truth = new Map(
        people.map((userId) => {
          const stream = sent.packets.filter((packet) => packet.userId === userId);
          return [userId, trueCounts(stream)] as const;
        }),
      );
      await call.until('all that was sent', () =>
        session.view().speakers.every(({ userId, counts }) => {
          const { audio, padding, duplicate } = truth.get(userId ?? '') ?? expect.fail();
          const { packets, late } = counts;
          return (
            packets + late === audio && counts.padding >= padding && counts.duplicate >= duplicate
          );
        }),
      );
      const stopped = await call.stop(session);

      const manifest = await expectSound(session.folder);
      expectHere(manifest.tracks).toMatchObject(stopped.tracks);
      const tracks = await checkTracks(session.folder, sent);
      expectHere(new Set(tracks.map(({ track }) => track.userId))).toEqual(new Set(people));
      for (const { track, placed, missing, strangers, concealed, jumps } of tracks) {
        const { audio, lost, padding, duplicate } = truth.get(track.userId ?? '') ?? expect.fail();
        expectHere(track).toMatchObject({ lost, padding, duplicate, undecryptable: 0 });
        expectHere(track.packets + track.late).toBe(audio);
        expectHere(placed).toHaveLength(track.packets);
        expectHere(missing).toHaveLength(track.late);
        expectHere(strangers).toEqual([]);
        if (scenario !== 'bots') expectHere(jumps).toEqual([]); // clocks of bots stand still in silence
        expectHere(concealed.length).toBe(lost);
        expectHere(track.late).toBeLessThanOrEqual(3);
      }
      const sum = (key: 'lost' | 'duplicate' | 'padding'): number =>
        tracks.reduce((total, { track }) => total + track[key], 0);
      expectHere(sum('lost') > 0).toBe(scenario === 'lossy' || scenario === 'rough');
      expectHere(sum('duplicate') > 0).toBe(scenario === 'rough');
      expectHere(sum('padding') > 0).toBe(scenario === 'padding');
      expectHere(call.faults).toEqual([]);
    },
  );
});
