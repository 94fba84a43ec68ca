import { describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { open } from './window.ts';

const stopKey = () => page.getByRole('button', { name: 'Stop and save' });
const names = (calls: readonly { readonly name: string }[]) => calls.map(({ name }) => name);

describe('deck', () => {
  test('Record leads to the deck, and the focus to its heading', async () => {
    open('signed-in');
    await page.getByRole('button', { name: 'Record Session Zero' }).click();
    await expect.element(page.getByRole('heading', { name: 'Session Zero' })).toHaveFocus();
    await expect.element(page.getByRole('button', { name: 'Cancel joining…' })).toBeVisible();
    await expect.element(stopKey()).toBeVisible();
    await expect
      .element(page.getByRole('status'))
      .toHaveTextContent('Recording Session Zero. 4 people. Everyone was told.');
  });

  test('Cancel and Stop ignore the second click of a double click', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000);
    const bridge = open('live');
    await expect.element(stopKey()).toBeVisible();
    clock.mockReturnValue(11_499);
    await stopKey().click();
    expect(names(bridge.calls)).not.toContain('session.stop');
    clock.mockReturnValue(11_500);
    await stopKey().click();
    expect(names(bridge.calls)).toContain('session.stop');
    clock.mockRestore();
  });

  test('the click that brings the window to the front does not stop', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000);
    const bridge = open('live');
    await expect.element(stopKey()).toBeVisible();
    clock.mockReturnValue(20_000);
    window.dispatchEvent(new Event('focus'));
    await stopKey().click();
    expect(names(bridge.calls)).not.toContain('session.stop');
    clock.mockRestore();
  });

  test('a stopped recording opens the Save dialog with the focus on Save', async () => {
    const bridge = open('live');
    await expect.element(stopKey()).toBeVisible();
    await userEvent.keyboard('{Control>}{Shift>}r{/Shift}{/Control}');
    expect(names(bridge.calls)).toContain('session.stop');
    await expect.element(page.getByRole('button', { name: 'Save 7 files' })).toHaveFocus();
  });

  test('25 people fit into 1280 by 800 without scrolling', async () => {
    open('live-many');
    const lanes = page.getByRole('grid', { name: 'People on the tape' });
    await expect.element(lanes.getByRole('row').nth(24)).toBeInViewport({ ratio: 1 });
    expect(lanes.getByRole('row').nth(0).element().clientHeight).toBeLessThanOrEqual(21);
  });

  test('when they do not fit, the ruler scrolls to speakers out of sight', async () => {
    await page.viewport(900, 400);
    const bridge = open('live-many');
    const last = page.getByRole('row', { name: /^Lumen/ });
    await expect.element(last).toBeInTheDocument();
    await expect
      .poll(() => {
        bridge.advance(2400);
        return page.getByRole('button', { name: /speaking below$/ }).query() !== null;
      })
      .toBe(true);
    const viewport = page.getByRole('grid').element().parentElement?.parentElement;
    await page.getByRole('button', { name: /speaking below$/ }).click();
    await expect.poll(() => viewport?.scrollTop ?? 0).toBeGreaterThan(0);
  });

  test('long names, right-to-left names and names without letters are shown in full', async () => {
    open('live-many');
    const lanes = page.getByRole('grid', { name: 'People on the tape' });
    for (const name of ['Bartholomew of the Seventh Lantern Keep', 'ליאור בן־דוד', '🎲🎲🎲']) {
      await expect.element(lanes.getByTitle(name)).toBeVisible();
    }
  });

  test('lanes are one tab stop; arrows choose one', async () => {
    open('live');
    const lanes = page.getByRole('grid', { name: 'People on the tape' });
    await expect.element(lanes.getByRole('row').nth(0)).toBeVisible();
    const first = lanes.getByRole('row').nth(0).element();
    if (first instanceof HTMLElement) first.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    await expect.element(lanes.getByRole('row').nth(2)).toHaveFocus();
    expect(document.querySelectorAll('[role="row"][tabindex="0"]')).toHaveLength(1);
  });

  test('somebody who left keeps the lane and says when', async () => {
    open('live');
    await expect
      .element(page.getByRole('row', { name: 'Juniper 🌿, Left at 0:40:37, nothing lost' }))
      .toBeVisible();
  });

  test('trouble changes text, not layout', async () => {
    const bridge = open('live');
    await expect.element(stopKey()).toBeVisible();
    const place = () => page.getByRole('grid').element().getBoundingClientRect().top;
    const before = place();
    bridge.loseConnection();
    await expect.element(page.getByText(/^Connection to Discord lost/)).toBeVisible();
    await expect
      .element(page.getByRole('alert'))
      .toHaveTextContent('Connection lost. Recording waits.');
    expect(place()).toBe(before);
    bridge.advance(9 * 48_000);
    bridge.changeSession({ connection: { kind: 'good' } });
    await expect.element(page.getByText(/^Connected again\.$/)).toBeVisible();
  });

  test('several troubles are listed in a menu', async () => {
    open('trouble');
    await page.getByRole('button', { name: /^\d notices$/ }).click();
    await expect.element(page.getByRole('dialog')).toHaveTextContent(/Disk: 14 minutes left/);
    await expect.element(page.getByRole('dialog')).toHaveTextContent(/Dr\. Fennimore’s sound/);
  });

  test('a recording that ended by itself is told until Understood is pressed', async () => {
    const bridge = open('live');
    await expect.element(stopKey()).toBeVisible();
    bridge.end({ code: 'kicked', details: {} });
    await expect
      .element(
        page.getByText('The bot was removed from the channel. Stopped and saved at 0:42:17.'),
      )
      .toBeVisible();
    await page.getByRole('button', { name: 'Understood' }).click();
    expect(names(bridge.calls)).toContain('session.dismiss-outcome');
  });

  test('other screens have Stop and a way back to the deck', async () => {
    open('live');
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect.element(stopKey()).toBeVisible();
    await page.getByRole('button', { name: 'Back to the deck' }).click();
    await expect.element(page.getByRole('heading', { name: 'Session Zero' })).toHaveFocus();
  });

  test('levels draw the tape without a change of text', async () => {
    const bridge = open('live');
    await expect.element(stopKey()).toBeVisible();
    const tape = document.querySelector('canvas');
    const before = tape?.toDataURL();
    bridge.advance(2 * 48_000);
    await expect.poll(() => tape?.toDataURL() !== before).toBe(true);
  });
});
