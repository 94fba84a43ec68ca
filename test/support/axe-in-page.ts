import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright';

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/** What axe finds on the page, one line each; empty when it is clean. Evaluated, so that the page's policy stands. */
export async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations }: AxeResults = await page.evaluate(() =>
    window.axe.run(document.body, {
      rules: { region: { enabled: false } }, // the strip and the live regions stand outside the main landmark
    }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}
