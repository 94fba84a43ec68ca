import { expect, test } from 'vitest';
import { startApp } from '../support/electron-app.ts';
import { wentOut } from '../support/net-log.ts';
import { OutsideWorld } from '../support/outside-world.ts';
import { tryEveryWayOut } from '../support/ways-out.ts';

/** What the network behind the page has heard. */
function heardBy({ requests, connections, turnStreams, turnDatagrams }: OutsideWorld) {
  return { requests, connections, turnStreams, turnDatagrams };
}

const NOTHING = { requests: [], connections: 0, turnStreams: 0, turnDatagrams: 0 };

test('a page without our guards is heard by every means that we listen with', async () => {
  await using world = await OutsideWorld.open();
  const app = await startApp({ ELECTRON_RENDERER_URL: world.page }); // as `npm run dev` starts it
  const { page } = app;
  const ways = await wentOut(app, () => page.evaluate(tryEveryWayOut, world.outside));
  expect(ways).toEqual(
    expect.arrayContaining(['TCP_CONNECT_ATTEMPT', 'UDP_BYTES_SENT', 'DNS_TRANSACTION']),
  );
  expect(world.turnDatagrams).toBeGreaterThan(0);
  expect(world.turnStreams).toBeGreaterThan(0);
  const usual = ['image', 'fetch', 'xhr', 'beacon', 'event-source', 'web-socket', 'prefetch'];
  const more = ['stylesheet', 'css-url', 'font', 'script', 'ping', 'iframe', 'object', 'worker'];
  expect(world.requests).toEqual(
    expect.arrayContaining([...usual, ...more].map((name) => `/${name}`)),
  );
});

test('our page reaches no network at all, with its policy and without', async () => {
  await using world = await OutsideWorld.open();
  const app = await startApp();
  const { electron, page } = app;
  const proxy = electron.evaluate(({ session }) =>
    session.defaultSession.resolveProxy('http://127.0.0.1:1/'),
  );
  expect(await proxy).toBe('PROXY 127.0.0.1:9');
  const withPolicy = await wentOut(app, () => page.evaluate(tryEveryWayOut, world.outside));
  expect(withPolicy).toEqual([]);
  expect(heardBy(world)).toEqual(NOTHING);

  const inspector = await page.context().newCDPSession(page);
  await inspector.send('Page.setBypassCSP', { enabled: true });
  await page.reload();
  const withoutPolicy = await wentOut(app, () => page.evaluate(tryEveryWayOut, world.outside));
  expect(withoutPolicy).toEqual([]);
  expect(heardBy(world)).toEqual(NOTHING);

  expect(new URL(page.url()).pathname).toBe('/index.html');
  const windows = electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  expect(await windows).toBe(1);
});
