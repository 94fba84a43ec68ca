import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SCENARIOS } from '../../main/demo/control/scenarios.ts';
import { startDemoServer } from '../../main/demo/start-demo-server.ts';
import { parseRtpPacket } from '../../main/rtp/rtp-packet.ts';
import { enterCall, heardPackets } from '../support/demo-call.ts';
import { join } from '../support/raw-client.ts';

const packetLine = z.object({
  event: z.literal('packet'),
  ssrc: z.number(),
  sequence: z.number(),
  timestamp: z.number(),
  fate: z.enum(['sent', 'dropped', 'reordered', 'duplicated']),
  kind: z.string(),
});

/** The lines of a sent log for packets. */
function readPackets(file: string): z.output<typeof packetLine>[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.flatMap((line) => packetLine.safeParse(JSON.parse(line)).data ?? []);
}

describe('demo sent log', () => {
  test.each(['rough', 'padding', 'hostile'] as const)(
    'in %s a client gets exactly what the log says was sent, duplicates twice and drops never',
    async (name) => {
      const scenario = { ...SCENARIOS[name], talks: 'stage' } as const;
      await using demo = await startDemoServer({ scenario, seed: 7 });
      const call = await enterCall(await join(demo));
      await call.udp.until(() => call.udp.received.length > 300);
      demo.control.kick(); // nothing is sent from here on, except delayed packets
      await call.voice.closed;
      await call.udp.until((received) => {
        demo.flushLog();
        const sent = readPackets(demo.sentLog).filter(({ ssrc }) => ssrc !== 0);
        const copies = { sent: 1, reordered: 1, duplicated: 2, dropped: 0 };
        const expected = sent.reduce((sum, { fate }) => sum + copies[fate], 0);
        return heardPackets(call, received).length >= expected;
      });

      const arrived = new Map<string, number>();
      for (const { packet } of heardPackets(call, call.udp.received)) {
        const name = `${String(packet.ssrc)} ${String(packet.sequence)} ${String(packet.timestamp)}`;
        arrived.set(name, (arrived.get(name) ?? 0) + 1);
      }
      const logged = new Map<string, number>();
      for (const one of readPackets(demo.sentLog)) {
        const copies = { sent: 1, reordered: 1, duplicated: 2, dropped: 0 }[one.fate];
        const name = `${String(one.ssrc)} ${String(one.sequence)} ${String(one.timestamp)}`;
        if (one.ssrc !== 0 && copies > 0) logged.set(name, copies);
      }
      expect(arrived).toEqual(logged);
    },
  );

  test('reordering is real: a later number of the same voice comes first', async () => {
    const scenario = { ...SCENARIOS.rough, talks: 'stage' } as const;
    await using demo = await startDemoServer({ scenario, seed: 3, speakers: 1 });
    const call = await enterCall(await join(demo));
    await call.udp.until(() => call.udp.received.length > 150);
    const sequences = call.udp.received.flatMap((one) => parseRtpPacket(one)?.sequence ?? []);
    const backwards = sequences.filter((sequence, index) => {
      const step = (sequence - (sequences[index - 1] ?? sequence) + 65536) % 65536;
      return step > 32768;
    });
    expect(backwards.length).toBeGreaterThan(0);
  });
});
