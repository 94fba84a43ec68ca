import { expect, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { FakeBridge } from '../support/fake-bridge/fake-bridge.ts';
import { open } from './window.ts';

/** One second of sound. */
export const SECOND = 48_000;

export const key = (name: string) => page.getByRole('button', { name, exact: true });
export const strip = () => page.getByRole('region', { name: 'Recorder' });
export const politely = () => page.getByRole('status');
export const flags = () =>
  page.getByRole('list', { name: 'Marks on the tape' }).getByRole('listitem');
export const note = () => page.getByRole('textbox', { name: /^Note for the marker at / });

/** Names of the commands that came, oldest first. */
export const namesOf = ({ calls }: FakeBridge) => calls.map(({ name }) => name);

/** The recorder with a clock that stands, long after its keys have taken their meaning. */
export async function openLive(name: 'live' | 'paused' | 'marked' = 'live') {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000);
  const bridge = open(name);
  window.focus(); // the first click of all would do that, and then count for nothing
  await expect.element(key(name === 'paused' ? 'Go on' : 'Pause')).toBeVisible();
  await frames();
  clock.mockReturnValue(20_000);
  return { bridge, clock };
}

/** Lets the page draw: a canvas rests for two frames after a paint. */
export async function frames(): Promise<void> {
  for (let frame = 0; frame < 5; frame += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
