import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { SpeakerSnapshot } from '../../preload/contract/snapshot.ts';
import type { FakeBridge } from '../support/fake-bridge/fake-bridge.ts';
import { canvas, columnColours, differences, pictureOf, rgb, TAPE } from './pixels.ts';
import { flags, frames, key, openLive, SECOND } from './recorder.ts';
import { useOwnMedia } from './window.ts';

/** Samples of one bar, which takes 3 pixels with its space. */
const BAR = 9600;

beforeEach(useOwnMedia);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the tape', () => {
  test('has a flag for each gap and marker, in order of position', async () => {
    await openLive('marked');
    await expect.element(flags().nth(8)).toBeInTheDocument();
    expect(
      flags()
        .elements()
        .map(({ textContent }) => textContent),
    ).toEqual([
      'Nothing arrived, 3 s, at 0:41:23',
      'No connection, 6 s, at 0:41:31',
      'Ship reveal, at 0:41:39',
      'Marker, at 0:41:48',
      'Okke forgets the name of the ship, and of the captain, and of the sea, at 0:41:50',
      'Paused, 6 s, at 0:41:56',
      '高橋さんの歌, at 0:42:04',
      'Discord moved the call, under 1 s, at 0:42:10',
      'Marker, at 0:42:17',
    ]);
  });

  test('flags end before the next one begins', async () => {
    await openLive('marked');
    await expect.element(flags().nth(8)).toBeInTheDocument();
    const boxes = flags()
      .elements()
      .map((flag) => flag.lastElementChild?.getBoundingClientRect());
    for (const [index, box] of boxes.entries()) {
      const next = boxes[index + 1];
      expect(box?.right ?? NaN).toBeLessThanOrEqual(next?.left ?? Infinity);
    }
  });

  test('the flag of a pause under way stays in sight', async () => {
    const { bridge } = await openLive('paused');
    bridge.advance(600 * SECOND);
    await expect.element(flags()).toHaveTextContent('Paused, 10 min, at 0:42:05');
    const flag = page.getByText('Paused, 10 min').element().getBoundingClientRect();
    expect(flag.left).toBeGreaterThanOrEqual(288);
    expect(flag.right).toBeLessThan(500);
  });

  test('a marker is a dashed line through all lanes, below its flag', async () => {
    await openLive('marked');
    await expect.element(flags().nth(8)).toBeInTheDocument();
    const flag = page.getByText('Ship reveal').element().parentElement;
    const left = flag?.getBoundingClientRect().left ?? NaN;
    const tape = canvas(TAPE);
    const x = Math.round((left - tape.getBoundingClientRect().left) * window.devicePixelRatio);
    const ink = rgb('--ink-1');
    await expect
      .poll(() => columnColours(tape, x).filter((one) => one === ink).length > 100)
      .toBe(true);
    const marks = columnColours(tape, x);
    for (let lane = 0; lane < 6; lane += 1) {
      expect(marks.slice(lane * 88, lane * 88 + 88)).toContain(ink);
    }
  });

  test('a tape drawn step by step equals one drawn at once', async () => {
    const { bridge, clock } = await openLive();
    const tape = canvas(TAPE);
    const shown = async () => {
      await frames();
      return pictureOf(tape);
    };
    bridge.advance(3 * SECOND);
    await key('Pause').click();
    await shown();
    bridge.advance(5 * SECOND);
    await userEvent.keyboard('m');
    await shown();
    clock.mockReturnValue(30_000);
    bridge.advance(2 * SECOND);
    await key('Go on').click();
    await shown();
    bridge.advance(SECOND);
    bridge.lose(1, { lost: 3 });
    await shown();
    bridge.advance(SECOND / 2);
    const piecemeal = await shown();
    tape.getContext('2d')?.clearRect(0, 0, tape.width, tape.height);
    expect(differences(piecemeal, await shown(), tape.width)).not.toEqual([]);
    await page.viewport(1200, 800);
    await shown();
    await page.viewport(1280, 800); // a new size makes the tape draw everything
    expect(differences(piecemeal, await shown(), tape.width)).toEqual([]);
  });

  test('a change in one lane draws only that lane again', async () => {
    const { bridge } = await openLive('marked');
    bridge.advance(2 * BAR); // a multiple of the tape's step with reduced motion
    await frames();
    const rect = vi.spyOn(CanvasRenderingContext2D.prototype, 'rect');
    bridge.changeSession({ bytesWritten: 1 });
    await frames();
    expect(rect).not.toHaveBeenCalled();
    const leftAtSamples = 121_804_800 - 20 * BAR;
    changeLane(bridge, 2, (one) => ({ ...one, present: false, leftAtSamples }));
    await expect.poll(() => rect.mock.calls.length).toBe(1);
    const [x = 0, y, width = 0, height] = rect.mock.calls[0] ?? [];
    expect([y, height]).toEqual([2 * 88, 88]);
    expect([x + width, width]).toEqual([canvas(TAPE).width, (20 + 2 + 1) * 3]); // the bar before is drawn too
  });
});

/** Changes the speaker of that lane. */
function changeLane(
  bridge: FakeBridge,
  lane: number,
  change: (speaker: SpeakerSnapshot) => SpeakerSnapshot,
): void {
  const { session } = bridge.snapshot;
  if (session.kind !== 'recording') throw new Error('nothing is recorded');
  const speakers = session.speakers.map((one, index) => (index === lane ? change(one) : one));
  bridge.changeSession({ speakers });
}
