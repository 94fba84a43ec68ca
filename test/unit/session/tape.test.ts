import { describe, expect, test } from 'vitest';
import { toTimelinePosition } from '../../../main/audio/timeline-position.ts';
import { NO_COUNTS } from '../../../main/recording/manifest.ts';
import { Tape } from '../../../main/session/tape.ts';
import { encodeVoice, voicePcm } from '../../support/voice.ts';

const MARA = 'tracks/01-Mara.opus';
const OKKE = 'tracks/02-Okke.opus';
const [opus = new Uint8Array()] = encodeVoice(voicePcm(960, 3));
const loss = { bar: 1, lost: 3, late: 0, undecryptable: 0 };

/** Three packets are missing in bar 1, and still are two bars later. */
function lose(tape: Tape, track: string): void {
  for (const bar of [1, 2, 3]) tape.look(track, { ...NO_COUNTS, lost: 3 }, bar * 9_600);
}

describe('live tape', () => {
  test('a reading has the bars and the losses of each track', () => {
    const tape = new Tape();
    tape.push({ file: MARA }, toTimelinePosition(9_600), opus);
    lose(tape, MARA);
    expect(tape.read()).toMatchObject([
      { track: MARA, bars: [[1, expect.any(Number)]], losses: [loss] },
    ]);
    expect(tape.read()).toEqual([{ track: MARA, peakDb: -100, bars: [], losses: [] }]);
    expect(tape.kept()).toMatchObject([
      { track: MARA, bars: [[1, expect.any(Number)]], losses: [loss] },
    ]);
  });

  test('a track without a single packet has its losses too', () => {
    const tape = new Tape();
    tape.push({ file: MARA }, toTimelinePosition(9_600), opus);
    lose(tape, OKKE);
    const lost = { track: OKKE, peakDb: -100, bars: [], losses: [loss] };
    expect(tape.read()).toContainEqual(lost);
    expect(tape.kept()).toContainEqual(lost);
  });

  test('losses are kept when sound is skipped', () => {
    const tape = new Tape();
    tape.push({ file: MARA }, toTimelinePosition(9_600), opus);
    lose(tape, MARA);
    tape.skip();
    expect(tape.read()).toEqual([{ track: MARA, peakDb: -100, bars: [], losses: [loss] }]);
    expect(tape.lossOf(MARA).lastBars.lost).toBe(1);
  });
});
