import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright';

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/**
 * Violations that axe finds on the page, one line each. axe comes in by `evaluate`, which the page's security policy
 * lets pass.
 */
export async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations }: AxeResults = await page.evaluate(() =>
    window.axe.run(document.body, {
      rules: { region: { enabled: false } }, // the strip and the live regions are outside the main landmark
    }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}
