import { expect } from 'vitest';
import type { Session } from '../../main/session/session.ts';
import type { Call } from './call.ts';
import { checkTracks, missingOutside, type CheckedTrack } from './checked-tracks.ts';
import { expectSound } from './finished-recording.ts';
import { readSent } from './sent.ts';

/**
 * Asserts of a closed recording that it is the only one, that its gaps have those reasons, and that every packet sent
 * to us outside the gaps stands in its person's track, but those under keys that we were never given.
 */
export async function expectWhole(
  call: Call,
  session: Session,
  gaps: readonly string[] = [],
  lateness: 'nothing is late' | 'silence may be late' = 'nothing is late',
): Promise<CheckedTrack[]> {
  await expectSound(session.folder);
  expect(await call.folders()).toHaveLength(1);
  expect(call.all('gap').map(({ reason }) => reason)).toEqual(gaps);
  const sent = await readSent(call.demo);
  const { fromMs } = call.window;
  const holes = call.all('gap').map(({ fromSamples, toSamples }) => ({
    fromMs: fromMs + fromSamples / 48,
    toMs: fromMs + toSamples / 48,
  }));
  // In simulated time, packets sent in the step of `joined` were sent before it, those in the step of `stop` after it.
  const window = { fromMs: fromMs + 1, toMs: call.window.toMs - 1 };
  const tracks = await checkTracks(session.folder, sent);
  for (const checked of tracks) {
    const missing = missingOutside(checked, window, holes);
    expect(missing.filter((packet) => !sent.neverGiven(packet))).toEqual([]);
    expect(checked.strangers).toEqual([]);
    const keyless = checked.stream.filter((packet) => sent.neverGiven(packet)).length;
    expect(checked.track.undecryptable).toBeLessThanOrEqual(keyless);
    expect(checked.track.lost).toBe(0);
    if (lateness === 'nothing is late') expect(checked.track.late).toBe(0);
  }
  expect(call.faults).toEqual([]);
  return tracks;
}
