import { expect, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { FakeBridge } from '../support/fake-bridge/fake-bridge.ts';
import { open } from './window.ts';

/** One second, in samples. */
export const SECOND = 48_000;

export const key = (name: string) => page.getByRole('button', { name, exact: true });
export const strip = () => page.getByRole('region', { name: 'Recorder' });
export const politely = () => page.getByRole('status');
export const flags = () =>
  page.getByRole('list', { name: 'Marks on the tape' }).getByRole('listitem');
export const note = () => page.getByRole('textbox', { name: /^Note for the marker at / });

/** Names of the commands that the page sent, oldest first. */
export const namesOf = ({ calls }: FakeBridge) => calls.map(({ name }) => name);

/** Opens the window with a clock that stands still, 10 s after its keys changed: none of them ignores presses. */
export async function openLive(name: 'live' | 'paused' | 'marked' = 'live') {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000);
  const bridge = open(name);
  window.focus(); // otherwise the first click would focus the window and be ignored
  await expect.element(key(name === 'paused' ? 'Go on' : 'Pause')).toBeVisible();
  await frames();
  clock.mockReturnValue(20_000);
  return { bridge, clock };
}

/** Waits for five frames: a canvas waits two frames after each paint. */
export async function frames(): Promise<void> {
  for (let frame = 0; frame < 5; frame += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
