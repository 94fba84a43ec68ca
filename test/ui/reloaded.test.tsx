import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { encrypted } from '../support/fake-bridge/encryption.ts';
import type { FakeBridge } from '../support/fake-bridge/fake-bridge.ts';
import type { SceneName } from '../support/fake-bridge/scenes.ts';
import { canvas, differences, pictureOf, TAPE } from './pixels.ts';
import { frames, key, SECOND } from './recorder.ts';
import { open, reload, useTheme } from './window.ts';

/** Length of these recordings, in samples. */
const HERE = 121_804_800;

const gap = { fromSamples: HERE, toSamples: HERE + 7 * SECOND };

/** Events before the page is loaded again, and a sentence that shows them. */
const PASTS: readonly (readonly [string, SceneName, (bridge: FakeBridge) => unknown, RegExp])[] = [
  [
    'somebody came',
    'live',
    (bridge) => {
      bridge.arrive('77', 'Ilse');
    },
    /^Joined: Ilse$/,
  ],
  [
    'somebody came and the code changed',
    'live',
    (bridge) => {
      const changed = { event: 'e2ee', version: 1, epoch: 4, privacyCode: '1'.repeat(30) } as const;
      bridge.arrive('77', 'Ilse', { encryption: encrypted(0) }, changed);
    },
    /^Joined: Ilse\. The privacy code changed\.$/,
  ],
  [
    'this computer slept',
    'live',
    (bridge) => {
      bridge.changeSession({}, { event: 'gap', reason: 'sleep', ...gap });
    },
    /^This computer slept\. 7 seconds are missing/,
  ],
  ['the connection is lost', 'trouble', () => undefined, /^Connection to Discord lost/],
  [
    'sound was lost',
    'live',
    (bridge) => {
      bridge.lose(1, { lost: 3, late: 2 });
    },
    /^Lost so far: 0\.1 s/,
  ],
  [
    'sound is lost for a minute',
    'live',
    (bridge) => {
      for (let second = 0; second < 50; second += 1) {
        goOn(bridge, 1);
        bridge.lose(0, { lost: second % 2 });
        bridge.lose(2, { late: 1 });
      }
    },
    /^Much of Dr\. Fennimore’s sound is lost on the way/,
  ],
  [
    'keys were lost',
    'undecryptable',
    () => undefined,
    /^The sound of 2 people cannot be decrypted/,
  ],
  [
    'keys were lost and are back',
    'live',
    (bridge) => {
      bridge.loseKeys(0);
      goOn(bridge, 6);
      bridge.lose(0, { undecryptable: 40 });
      bridge.loseKeys();
    },
    /^Lost so far: 0\.8 s/,
  ],
  [
    'a pause is over',
    'paused',
    (bridge) => bridge.invoke('session.resume', {}),
    /^Recording goes on\./,
  ],
  [
    'a moment was marked',
    'live',
    (bridge) => bridge.invoke('session.mark', {}),
    /^Marker at 0:42:17\.$/,
  ],
  ['the connection was lost and is back', 'live', lostAndBack, /^Connected again\. 7 seconds/],
];

/** Lets the recording go on for `seconds`, with levels 20 times a second. */
function goOn(bridge: FakeBridge, seconds: number): void {
  for (let batch = 0; batch < seconds * 20; batch += 1) bridge.advance(SECOND / 20);
}

function lostAndBack(bridge: FakeBridge): void {
  bridge.loseConnection();
  goOn(bridge, 7.5); // a silence begins at a bar of 200 ms, and is shown in whole seconds
  bridge.changeSession(
    { connection: { kind: 'good' }, gaps: [{ reason: 'reconnect', ...gap }] },
    { event: 'gap', reason: 'reconnect', ...gap },
  );
}

beforeEach(async () => {
  await useTheme('dark'); // with reduced motion, in which the tape moves by whole seconds
  vi.spyOn(Date, 'now').mockReturnValue(Date.now());
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a page that is loaded again', () => {
  test.each(PASTS)('shows the same as before after %s', async (_, name, happen, sentence) => {
    const bridge = open(name);
    await expect.element(key('Pause').or(key('Go on'))).toBeVisible();
    await happen(bridge);
    await expect.element(page.getByRole('main').getByText(sentence)).toBeVisible();
    const picture = await tape(bridge);
    const [words, { width }] = [wordsOf(), canvas(TAPE)];
    expect(new Set(picture).size).toBeGreaterThan(3);
    reload();
    await expect.element(page.getByRole('main').getByText(sentence)).toBeVisible();
    expect(differences(picture, await tape(bridge), width)).toEqual([]);
    expect(wordsOf()).toEqual(words);
    expect(page.getByRole('status').element().textContent).toBe('');
    expect(page.getByRole('alert').element().textContent).toBe('');
  });

  test('offers again to save the last recording, until that is declined', async () => {
    const bridge = open('live');
    await expect.element(key('Pause')).toBeVisible();
    await bridge.invoke('session.stop', {});
    await expect.element(page.getByRole('button', { name: 'Save 7 files' })).toHaveFocus();
    reload();
    await expect.element(page.getByRole('button', { name: 'Save 7 files' })).toHaveFocus();
    await page.getByRole('button', { name: 'Not now' }).click();
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await expect
      .element(page.getByRole('heading', { level: 1, name: 'Recordings' }))
      .toBeInTheDocument();
    reload();
    await expect
      .element(page.getByRole('heading', { name: 'Choose a voice channel' }))
      .toBeInTheDocument();
    expect(page.getByRole('dialog').query()).toBeNull();
  });

  test('says how a recording ended by itself, until Understood is pressed', async () => {
    const bridge = open('live');
    await expect.element(key('Pause')).toBeVisible();
    bridge.end({ code: 'kicked', details: {} });
    reload();
    await key('Deck').click();
    const sentence = 'The bot was removed from the channel. Stopped and saved at 0:42:17.';
    await expect.element(page.getByText(sentence)).toBeVisible();
    await expect
      .element(page.getByRole('region', { name: 'Recorder' }))
      .toHaveTextContent(/STOPPED.*0:42:17/);
    await key('Understood').click();
    await expect.element(page.getByText(sentence)).not.toBeInTheDocument();
  });
});

/** All text about the recording: status line, badges, lanes with hidden text, flags, strip. */
function wordsOf(): readonly string[] {
  const places = document.querySelectorAll('main, [role="region"], [role="row"]');
  return [...places].map(
    (place) =>
      `${place.getAttribute('aria-label') ?? ''} ${place.textContent.replaceAll('\u00a0', ' ')}`,
  );
}

/** The tape's pixels. Two batches of levels come first, by which the page knows who speaks. */
async function tape(bridge: FakeBridge): Promise<readonly string[]> {
  bridge.advance(0);
  bridge.advance(0);
  await frames();
  return pictureOf(canvas(TAPE));
}
