import { beforeAll, describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { TRANSPORT_MODES, type TransportMode } from '../../main/rtp/transport-modes.ts';
import { Call } from '../support/call.ts';
import { checkTracks, sentIn } from '../support/checked-tracks.ts';
import { expectSound } from '../support/finished-recording.ts';
import { mostLateMs } from '../support/process-lateness.ts';
import { readSent } from '../support/sent.ts';
import { offsetMs } from '../support/track-match.ts';

/** The grid of 2.5 ms, and the delay between two timers of a computer that is on time. */
const OFFSET_LIMIT_MS = 20;

const SECONDS = 4.5;

async function recordUnder(mode: TransportMode) {
  await using call = await Call.start({ scenario: { ...SCENARIOS.calm, modes: [mode] } });
  const session = await call.record();
  await call.length(session, SECONDS);
  await call.stop(session, 'duration');
  const manifest = await expectSound(session.folder);
  const sent = await readSent(call.demo);
  const tracks = await checkTracks(session.folder, sent);
  const { faults } = call;
  return { joined: call.all('joined'), manifest, tracks, window: call.window, faults };
}

describe('a call of four people', () => {
  const recorded = new Map<TransportMode, Awaited<ReturnType<typeof recordUnder>>>();

  beforeAll(async () => {
    await Promise.all(
      TRANSPORT_MODES.map(async (mode) => recorded.set(mode, await recordUnder(mode))),
    );
  }, 60_000);

  test.each(TRANSPORT_MODES)('under %s is on disk byte for byte, at its positions', (mode) => {
    const { joined, manifest, tracks, window, faults } = recorded.get(mode) ?? expect.fail();
    expect(joined).toMatchObject([{ mode, daveVersion: 0 }]);
    expect(manifest).toMatchObject({ state: 'complete', transport: mode, reason: 'duration' });
    expect(manifest.samples).toBeGreaterThanOrEqual(SECONDS * 48_000);
    expect(tracks).toHaveLength(4);
    for (const { track, stream, placed, missing, strangers, concealed, jumps } of tracks) {
      const expected = sentIn(stream, window);
      expect(expected.length).toBeGreaterThan(50);
      expect(missing.filter((packet) => expected.includes(packet))).toEqual([]);
      expect({ strangers, concealed, jumps }).toEqual({ strangers: [], concealed: [], jumps: [] });
      expect(track).toMatchObject({ packets: placed.length, lost: 0, late: 0, duplicate: 0 });
    }
    const offsets = tracks.map(({ placed }) => offsetMs(placed, window.fromMs));
    // The one may have been sent late and the other read late.
    const limitMs = OFFSET_LIMIT_MS + 2 * mostLateMs(window);
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThan(limitMs);
    expect(Math.max(...offsets.map(Math.abs))).toBeLessThan(limitMs + OFFSET_LIMIT_MS);
    expect(faults).toEqual([]);
  });
});
