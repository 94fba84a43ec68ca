import { expect, onTestFinished, test, vi } from 'vitest';
import { parseApiUrl } from '../../main/engine/engine.ts';
import { demoFor } from '../support/demo.ts';
import { WindowDeck } from '../support/window-deck.ts';

test('the disk’s room is read once every 30 s, while recording too, and once after the recording', async () => {
  const { demo } = await demoFor({ speakers: 1 });
  let asked = 0;
  let freeBytes = 1e12;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await using window = await WindowDeck.open(parseApiUrl(demo.apiUrl), () => {
    asked += 1;
    return Promise.resolve(asked === 5 ? 1e12 : freeBytes); // the fifth time a recording begins
  });
  await window.until('the free space', ({ disk }) => disk?.freeBytes === 1e12);
  expect(asked).toBe(1);
  await window.deck.signIn(demo.token);
  expect(asked).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(asked).toBe(3);

  freeBytes = 1;
  const refused = await window.deck.record(demo.channelId);
  expect(refused).toMatchObject({
    ok: false,
    problem: { code: 'disk-full', details: { freeMebibytes: 0, neededMebibytes: 32 } },
  });
  expect(asked).toBe(4);
  expect(await window.deck.record(demo.channelId)).toEqual({ ok: true });
  await window.until('the low disk', ({ disk }) => disk?.low === true);
  expect(asked).toBe(6);
  vi.advanceTimersByTime(60_000);
  expect(asked).toBe(8);
  expect(window.events.filter(({ event }) => event === 'warning')).toMatchObject([
    { code: 'disk-low' },
  ]);

  freeBytes = 1e12;
  await window.deck.stop();
  await window.until('the room that came back', ({ disk }) => disk?.low === false);
  expect(asked).toBe(9);
});
