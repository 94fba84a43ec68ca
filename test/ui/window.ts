import type {} from '@vitest/browser-playwright'; // types of the CDP session's methods
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

/** Opens the window with that scene; closed after the test. */
export function open(name: SceneName): MountedScene['bridge'] {
  mounted?.close();
  mounted = mountScene(name);
  return mounted.bridge;
}

/** Mounts the page again, without its state, over the same bridge. */
export function reload(): void {
  mounted?.reload();
}

/** Sets the system's theme, and reduced motion. */
export async function useTheme(theme: 'light' | 'dark'): Promise<void> {
  await cdp().send('Emulation.setEmulatedMedia', {
    features: [
      { name: 'prefers-color-scheme', value: theme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ],
  });
}

/** Resets theme and motion to those of the system. */
export async function useOwnMedia(): Promise<void> {
  await cdp().send('Emulation.setEmulatedMedia', { features: [] });
}

/** Violations that axe finds on the page, one line each. */
export async function violations(): Promise<readonly string[]> {
  const result = await axe.run(document.body, {
    rules: { region: { enabled: false } }, // the strip and the live regions are outside the main landmark
  });
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}
