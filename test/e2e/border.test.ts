import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { commands } from '../../preload/contract/commands.ts';
import type { Snapshot } from '../../preload/contract/snapshot.ts';
import { snapshotOf, startApp } from '../support/electron-app.ts';
import {
  answerTo,
  navigationStopped,
  strangerWindow,
  webPreferencesOf,
} from '../support/stranger.ts';

/** The snapshot without the disk's room, which other programs change. */
async function stateOf(page: Page): Promise<Snapshot> {
  return { ...(await snapshotOf(page)), disk: null };
}

const BAD_REQUEST = /Error: bad-request$/;

describe('the border', () => {
  test('gives the page two functions, and nothing of Node.js or Electron', async () => {
    const { electron, page } = await startApp();
    const seen = await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter(
        (name) => name in window,
      ),
      tapedeck: Object.entries(window.tapedeck).map(([name, value]) => [name, typeof value]),
    }));
    expect(seen.node).toEqual([]);
    expect(seen.tapedeck.sort()).toEqual([
      ['invoke', 'function'],
      ['on', 'function'],
    ]);
    expect(await webPreferencesOf(electron)).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    });

    const before = await stateOf(page);
    expect(await answerTo(page, 'app.quit', {})).toContain('no such command');
    expect(await answerTo(page, 'constructor', {})).toContain('no such command');
    const misshapen = [undefined, null, [], 'text', { unexpected: true }];
    for (const name of Object.keys(commands)) {
      const answers = await Promise.all(misshapen.map((input) => answerTo(page, name, input)));
      expect(answers.map((answer) => `${name}: ${answer}`)).toEqual(
        misshapen.map(
          () => `${name}: Error: Error invoking remote method '${name}': Error: bad-request`,
        ),
      );
    }
    expect(await answerTo(page, 'channel.choose', { channelId: '../../1' })).toMatch(BAD_REQUEST);
    expect(await answerTo(page, 'link.open', { link: 'https://a.example' })).toMatch(BAD_REQUEST);
    expect(await stateOf(page)).toEqual(before);
    const listening = page.evaluate(() => {
      Reflect.apply(window.tapedeck.on, undefined, ['ipc-message', () => undefined]);
    });
    await expect(listening).rejects.toThrow('no such event');
  });

  test('takes commands of the top frame of our page in our window only', async () => {
    const { electron, page } = await startApp();
    const own = page.url();
    const before = await stateOf(page);
    const second = await strangerWindow(electron, own); // our page and preload in another window
    expect(await answerTo(second, 'window.ready', {})).toMatch(BAD_REQUEST);
    expect(await answerTo(second, 'channel.choose', { channelId: '1' })).toMatch(BAD_REQUEST);

    const inFrame = await page.evaluate(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const found = frame.contentWindow !== null && 'tapedeck' in frame.contentWindow;
      frame.remove();
      return found;
    });
    expect(inFrame).toBe(false);
    expect(await stateOf(page)).toEqual(before);
    expect(await answerTo(page, 'channel.choose', { channelId: '1' })).toBe('accepted');
    expect((await snapshotOf(page)).chosenChannelId).toBe('1');

    await electron.evaluate(({ BrowserWindow }, address) => {
      const window = BrowserWindow.getAllWindows().find((each) => each.isVisible());
      return window?.loadURL(address);
    }, 'data:text/html,<title>elsewhere</title>');
    await expect.poll(() => page.title()).toBe('elsewhere'); // Playwright hears of it later than the app
    expect(await answerTo(page, 'window.ready', {})).toMatch(BAD_REQUEST);
  });

  test('lets the page not navigate, open windows, ask for permissions or run foreign code', async () => {
    const app = await startApp();
    const { electron, page, complaints } = app;
    const own = page.url();
    expect(own).toBe('app://tapedeck/index.html');
    expect(await complaints()).toEqual([]);
    expect(await navigationStopped(app, 'http://127.0.0.1:9/')).toBe(true);
    expect(await navigationStopped(app, 'app://tapedeck/other.html')).toBe(true);
    expect(page.url()).toBe(own);
    const opened = await page.evaluate(() => {
      const link = Object.assign(document.createElement('a'), { href: '/', target: '_blank' });
      document.body.append(link);
      link.click();
      link.remove();
      return window.open('about:blank');
    });
    expect(opened).toBeNull();
    expect(
      await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
    ).toBe(1);

    const asked = await page.evaluate(async () => {
      const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'other');
      const { state } = await navigator.permissions.query({ name: 'geolocation' });
      return {
        microphone: await navigator.mediaDevices
          .getUserMedia({ audio: true })
          .then(() => '', nameOf),
        clipboard: await navigator.clipboard.readText().then(() => '', nameOf),
        notifications: await Notification.requestPermission(),
        place: state,
      };
    });
    expect(asked).toEqual({
      microphone: 'NotAllowedError',
      clipboard: 'NotAllowedError',
      notifications: 'denied',
      place: 'denied',
    });

    const code = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "inline"';
      document.head.append(script);
      const evaluated = await new Promise<string>((resolve) => {
        setTimeout(() => {
          try {
            resolve(String(globalThis.eval('1 + 1')));
          } catch (error) {
            resolve(error instanceof Error ? error.name : 'other');
          }
        });
      });
      const foreign = await fetch('http://127.0.0.1:9/').catch(() => null);
      const { headers } = await fetch('/index.html');
      const outside = await Promise.all(
        ['/..%2fmain%2fmain.js', '/%2e%2e/%2e%2e/package.json', '/..%5cmain%5cmain.js'].map(
          async (place) => (await fetch(place)).status,
        ),
      );
      const policy = headers.get('content-security-policy');
      return { title: document.title, evaluated, foreign, policy, outside };
    });
    expect(code).toMatchObject({ title: 'Tapedeck', evaluated: 'EvalError', foreign: null });
    expect(code.policy).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(code.policy).not.toContain('unsafe');
    expect(code.outside.filter((status) => status < 400)).toEqual([]);
    const stopped = (await complaints()).filter((text) => text.startsWith('stopped by the policy'));
    expect(stopped.map((text) => text.split(' ')[4])).toEqual([
      'script-src-elem',
      'script-src',
      'connect-src',
    ]);
  });
});
