import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { scene } from '../support/fake-bridge/scenes.ts';
import { open } from './window.ts';

async function openRecordings(): Promise<void> {
  await page.getByRole('button', { name: 'Recordings', exact: true }).click();
}

describe('recordings', () => {
  test('are listed with a sentence that says who spoke', async () => {
    open('signed-in');
    await openRecordings();
    await expect.element(page.getByText('6 recordings, 1.8 GB')).toBeVisible();
    await expect
      .element(page.getByRole('img', { name: /^Mara spoke \d+ minutes of 2:14:31/ }).first())
      .toBeVisible();
    await expect.element(page.getByText('Recovered', { exact: true })).toBeVisible();
    await expect.element(page.getByText('Some loss')).toBeVisible();
  });

  test('have a key that opens their folder', async () => {
    const bridge = open('signed-in');
    await openRecordings();
    await page
      .getByRole('button', { name: /^Show Session Zero/ })
      .first()
      .click();
    expect(bridge.calls).toContainEqual({
      name: 'recording.show-in-folder',
      input: { recordingId: 'r1' },
    });
  });

  test('an empty library says what will be there', async () => {
    open('library-empty');
    await openRecordings();
    await page.getByRole('button', { name: 'Choose a channel' }).click();
    await expect
      .element(page.getByRole('heading', { name: 'Choose a voice channel' }))
      .toHaveFocus();
  });
});

describe('saving', () => {
  async function openDialog() {
    await openRecordings();
    await page
      .getByRole('button', { name: /^Save files of Session Zero/ })
      .first()
      .click();
    await expect.element(page.getByRole('dialog', { name: 'Save the recording' })).toBeVisible();
  }

  test('is filled in: one click saves everything', async () => {
    const bridge = open('signed-in');
    await openDialog();
    await userEvent.keyboard('{Enter}');
    const call = bridge.calls.find(({ name }) => name === 'export.start');
    expect(call?.input).toMatchObject({
      recordingId: 'r1',
      format: 'wav',
      bitDepth: '16',
      channels: 'stereo',
      mixdown: true,
      folder: 'recording',
    });
    await expect.element(page.getByRole('progressbar')).toBeVisible();
    await expect.element(page.getByText('7 files saved.')).toBeVisible();
    await page.getByRole('button', { name: 'Show in folder' }).click();
    expect(bridge.calls.at(-1)?.name).toBe('export.show-in-folder');
  });

  test('waits for the tracks of a recording that has just been stopped', async () => {
    const bridge = open('live');
    const { recordings } = scene('live');
    const [closed] = recordings.map((recording) => ({ ...recording, id: 'live' }));
    if (closed === undefined) throw new Error('the scene has no recording');
    const strip = page.getByRole('region', { name: 'Recorder' });
    await expect.element(strip).toHaveTextContent('0:42:17'); // the window has its first snapshot
    bridge.changeLibrary([{ ...closed, state: 'recording', tracks: [] }]);
    bridge.end(null);
    await expect
      .element(page.getByRole('heading', { level: 1, name: 'Recordings' }))
      .toBeInTheDocument();
    bridge.changeLibrary([closed]);
    await expect.element(page.getByRole('button', { name: 'Save 7 files' })).toHaveFocus();
  });

  test('says how many bytes the files will have', async () => {
    open('signed-in');
    await openDialog();
    const dialog = page.getByRole('dialog');
    await expect.element(dialog.getByText('7 files, 10.8 GB')).toBeVisible();
    await dialog.getByText('Mono').click();
    await expect.element(dialog.getByText('7 files, 5.4 GB')).toBeVisible();
    await dialog.getByText('tooru_kaze').click();
    await expect.element(dialog.getByRole('button', { name: 'Save 6 files' })).toBeVisible();
  });

  test('takes the chosen folder', async () => {
    const bridge = open('signed-in');
    await openDialog();
    await page.getByRole('button', { name: 'Choose…' }).click();
    await expect.element(page.getByText('/home/sam/Desktop/Episode 14')).toBeVisible();
    await page.getByRole('button', { name: 'Save 7 files' }).click();
    expect(bridge.calls.at(-1)?.input).toMatchObject({ folder: 'chosen' });
  });

  test('without a chosen track nothing can be saved', async () => {
    open('signed-in');
    await openDialog();
    for (const box of page.getByRole('checkbox').all()) {
      await userEvent.click(box, { force: true });
    }
    await expect.element(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  });

  test('a failure says why, and that no half-written file is left', async () => {
    const bridge = open('export-failed');
    await expect
      .element(page.getByRole('dialog'))
      .toHaveTextContent(/The disk is full\..*half-written/);
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(bridge.calls).toContainEqual({ name: 'export.dismiss', input: { exportId: 'e1' } });
  });

  test('files saved while the dialog is closed are announced once, politely', async () => {
    open('exported');
    await expect.element(page.getByRole('status')).toHaveTextContent('7 files saved.');
    await expect.element(page.getByRole('button', { name: 'Show in folder' })).toBeVisible();
  });
});

describe('settings', () => {
  test('signing out is possible, except while recording', async () => {
    open('live');
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await expect.element(page.getByRole('button', { name: 'Sign out' })).toBeDisabled();
    const bridge = open('signed-in');
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(bridge.calls.at(-1)?.name).toBe('account.sign-out');
    await expect.element(page.getByRole('button', { name: 'Continue' })).toBeVisible();
  });

  test('a report for whoever helps is saved on one press', async () => {
    const bridge = open('signed-in');
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Save report…' }).click();
    await expect.element(page.getByRole('button', { name: 'Saved' })).toBeVisible();
    expect(bridge.calls.at(-1)?.name).toBe('diagnostics.save');
  });

  test.each([
    ['Open what is kept', 'privacy'],
    ['Open the template', 'privacy-policy-template'],
    ['Open the licences', 'licences'],
  ])('“%s” opens that text', async (key, name) => {
    const bridge = open('signed-in');
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: key }).click();
    expect(bridge.calls.at(-1)).toEqual({ name: 'text.open', input: { text: name } });
  });
});
