import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TwoWayPort, loopbackCertificate } from '../../main/demo/port/two-way-port.ts';
import type { PortHandlers } from '../../main/demo/port/two-way-port.ts';

const handlers: PortHandlers = {
  onRequest: (request, response) => response.end(`asked for ${request.url ?? ''}`),
  onSocket: () => undefined,
};

/** Connects, sends a request and gives everything that comes back. */
async function ask(port: TwoWayPort, path: string): Promise<{ answer: Promise<string> }> {
  const socket = connect(port.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  return { answer: text(socket) };
}

describe('two-way port', () => {
  test('a client that connects before a server is set is answered once it is', async () => {
    await using port = await TwoWayPort.listen({
      port: 0,
      certificate: await loopbackCertificate(),
    });
    const { answer } = await ask(port, '/early');
    port.answer(handlers);
    expect(await answer).toContain('asked for /early');
    expect(await (await ask(port, '/late')).answer).toContain('asked for /late');
  });

  test('while the network is silent no client is answered, whenever it connected', async () => {
    await using port = await TwoWayPort.listen({
      port: 0,
      certificate: await loopbackCertificate(),
    });
    port.setReach('silent');
    const early = await ask(port, '/early');
    const asked: string[] = [];
    port.answer({
      ...handlers,
      onRequest: (request, response) => {
        asked.push(request.url ?? '');
        response.end();
      },
    });
    const late = await ask(port, '/late');
    expect(asked).toEqual([]);
    port.setReach('open');
    await Promise.all([early.answer, late.answer]);
    expect(asked.toSorted()).toEqual(['/early', '/late']);
  });
});
