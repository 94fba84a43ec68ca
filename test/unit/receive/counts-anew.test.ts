import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { HeardCall } from '../../support/heard-call.ts';
import {
  type Anew,
  countedPackets,
  type CountedPacket,
  type CountingSenderOptions,
  numberOf,
} from '../../support/counting-sender.ts';

const NOTHING_WRONG = { lost: 0, late: 0, duplicate: 0, padding: 0, undecryptable: 0 };

interface Heard {
  readonly atMs: number;
  readonly packet: CountedPacket;
}

const DELAY_MS = 40;

/** What a call of one person holds after those packets came, and where each packet of speech is, in milliseconds. */
async function hear(heard: readonly Heard[]) {
  await using call = await HeardCall.open();
  for (const ssrc of new Set(heard.map(({ packet }) => packet.fields.ssrc)))
    call.receive.name(ssrc, '11');
  for (const { packet, atMs } of [...heard].sort((a, b) => a.atMs - b.atMs))
    call.hear(packet, atMs);
  call.receive.endVoiceSession();
  expect(call.faults).toEqual([]);
  expect(call.gaps).toEqual([]);
  const { silenceAdded, ...counts } = call.counts('11');
  const placedMs = new Map(
    call.placed
      .filter(({ opus }) => opus.byteLength > 3)
      .map(({ opus, position }) => [numberOf(opus), position / 48]),
  );
  return { counts, placedMs, silenceAdded, rejected: call.receive.rejected };
}

const inOrder = (sent: readonly CountedPacket[]): Heard[] =>
  sent.map((packet) => ({ packet, atMs: packet.sentMs + DELAY_MS }));

/** The furthest that a packet is from where it was heard. */
function worstMs(sent: readonly CountedPacket[], placedMs: ReadonlyMap<number, number>): number {
  const errors = sent.flatMap((packet) => {
    if (packet.kind === 'silence') return [];
    const at = placedMs.get(numberOf(packet.payload));
    return at === undefined ? [] : [Math.abs(at - packet.sentMs - DELAY_MS)];
  });
  return Math.max(...errors);
}

const WAYS: readonly Anew[] = ['goes-on', 'to-zero', 'forwards', 'backwards', 'to-wrap'];

function sender(seed: number, options: Partial<CountingSenderOptions> = {}): CountedPacket[] {
  const random = new SeededRandom(seed);
  return countedPackets({ random, clips: 12, numbers: 'to-zero', times: 'to-zero', ...options });
}

describe('a sender that counts anew', () => {
  test.each(
    WAYS.flatMap((numbers) =>
      WAYS.flatMap((times) =>
        (['running', 'frozen'] as const).map((clock) => ({ numbers, times, clock })),
      ),
    ),
  )(
    'numbers $numbers, times $times, clock $clock: every clip is where it was heard',
    async (how) => {
      const sent = sender(1, how);
      const { counts, placedMs, rejected } = await hear(inOrder(sent));
      expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length });
      expect(rejected['not-rtp']).toBe(0);
      expect(worstMs(sent, placedMs)).toBeLessThanOrEqual(1.25);
    },
  );

  test('clips of 20 packets at the very same numbers and times, as a sound bot has them', async () => {
    const sent = sender(2, { length: [20, 20], pauseMs: [4_080, 4_120] });
    const { counts, placedMs } = await hear(inOrder(sent));
    expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length });
    expect(worstMs(sent, placedMs)).toBeLessThanOrEqual(1.25);
  });
});
