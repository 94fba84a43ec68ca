import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { socketOptions } from '../../main/network/socket-options.ts';

test('of a thousand messages that come at once, one is handled in each turn of the event loop', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket, { socket: raw }) => {
    raw.cork();
    for (let number = 0; number < 1_000; number += 1) socket.send('{}');
    raw.uncork();
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const url = new URL(`ws://127.0.0.1:${String(address.port)}`);
  const socket = new WebSocket(url, socketOptions(url));
  let [handled, inThisTurn, most] = [0, 0, 0];
  await new Promise<void>((resolve) => {
    socket.on('message', () => {
      handled += 1;
      inThisTurn += 1;
      most = Math.max(most, inThisTurn);
      if (inThisTurn === 1) setImmediate(() => (inThisTurn = 0));
      if (handled === 1_000) resolve();
    });
  });
  socket.terminate();
  server.close();
  expect(most).toBeLessThanOrEqual(2); // a turn's own immediates run before the one that counts anew
});
