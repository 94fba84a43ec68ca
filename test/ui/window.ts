import type {} from '@vitest/browser-playwright'; // gives the CDP session its methods
import axe from 'axe-core';
import { cdp, page } from 'vitest/browser';
import { afterEach, beforeEach } from 'vitest';
import type { SceneName } from '../support/fake-bridge/scenes.ts';
import { mountScene, type MountedScene } from './gallery/mount.tsx';

let mounted: MountedScene | null = null;

beforeEach(async () => {
  await page.viewport(1280, 800);
});

afterEach(() => {
  mounted?.close();
  mounted = null;
});

/** Opens the window in that state; it is closed after the test. */
export function open(name: SceneName): MountedScene['bridge'] {
  mounted?.close();
  mounted = mountScene(name);
  return mounted.bridge;
}

/** Loads the page again: another one, which knows nothing, over the same border. */
export function reload(): void {
  mounted?.reload();
}

/** Shows the page as that system theme would. */
export async function useTheme(theme: 'light' | 'dark'): Promise<void> {
  await cdp().send('Emulation.setEmulatedMedia', {
    features: [
      { name: 'prefers-color-scheme', value: theme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ],
  });
}

/** Shows the page as the system that the tests run on would, with all its motion. */
export async function useOwnMedia(): Promise<void> {
  await cdp().send('Emulation.setEmulatedMedia', { features: [] });
}

/** What axe finds on the page, one line each; empty when it is clean. */
export async function violations(): Promise<readonly string[]> {
  const result = await axe.run(document.body, {
    rules: { region: { enabled: false } }, // the strip and the live regions stand outside the main landmark
  });
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}
