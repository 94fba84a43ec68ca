import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../main/base/seeded-random.ts';
import { HeardCall, IN_THE_CLEAR } from '../../support/heard-call.ts';
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

  test('all over again at once, with other sound at the same numbers and times', async () => {
    const sent = sender(3, { length: [5, 40], pauseMs: [0, 0], clips: 60 });
    const { counts, placedMs } = await hear(inOrder(sent));
    expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length });
    expect(worstMs(sent, placedMs)).toBeLessThanOrEqual(1.25);
  });

  test.each([
    ['the first two swapped', [1, 0, 2]],
    ['the third before the first', [2, 0, 1]],
    ['the first behind the third', [1, 2, 0]],
  ])('%s, where it begins anew', async (_, order) => {
    for (const numbers of WAYS) {
      const sent = sender(4, { numbers, times: numbers === 'goes-on' ? 'backwards' : 'forwards' });
      const heard = inOrder(sent).map(({ packet, atMs }) => {
        const index = packet.clip === 0 ? 9 : order.indexOf(indexInClip(sent, packet));
        return { packet, atMs: index < 0 || index > 2 ? atMs : beginOf(sent, packet) + 80 + index };
      });
      const { counts, placedMs, rejected } = await hear(heard);
      expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length });
      expect(rejected['not-rtp']).toBe(0);
      expect(placedMs.size).toBe(sent.length);
    }
  });

  test.each([1, 2])('packet %d of each clip lost: it is the only loss', async (lost) => {
    for (const numbers of WAYS) {
      const sent = sender(5, { numbers, times: 'to-zero' });
      const heard = inOrder(sent).filter(({ packet }) => indexInClip(sent, packet) !== lost);
      const { counts, placedMs } = await hear(heard);
      expect(counts).toEqual({ ...NOTHING_WRONG, packets: heard.length, lost: 12 });
      expect(worstMs(sent, placedMs)).toBeLessThanOrEqual(1.25);
    }
  });

  test('a copy of an old packet behind the start of the new count is a duplicate', async () => {
    for (const numbers of WAYS) {
      const sent = sender(6, { numbers, times: 'backwards', pauseMs: [100, 400] });
      const copies = sent.flatMap((packet, index) => {
        const old = sent[index - 4];
        if (old === undefined || old.clip === packet.clip || old.clip + 1 !== packet.clip)
          return [];
        return indexInClip(sent, packet) === 2 ? [{ packet: old, atMs: packet.sentMs + 41 }] : [];
      });
      expect(copies).toHaveLength(11);
      const { counts, placedMs } = await hear([...inOrder(sent), ...copies]);
      expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length, duplicate: 11 });
      expect(worstMs(sent, placedMs)).toBeLessThanOrEqual(1.25);
    }
  });

  test('a single packet of a count of long ago belongs to nobody', async () => {
    const sent = sender(7, { numbers: 'forwards', times: 'forwards' });
    const [first] = sent;
    const late = sent.find(({ clip }) => clip === 6);
    if (first === undefined || late === undefined) throw new Error('nothing was sent');
    const { counts, rejected } = await hear([
      ...inOrder(sent),
      { packet: first, atMs: late.sentMs + 200 },
    ]);
    expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length });
    expect(rejected['not-rtp']).toBe(1);
  });

  test('an old packet overtaken by the new count keeps its place when there was a pause', async () => {
    const sent = sender(8, { numbers: 'backwards', times: 'backwards', pauseMs: [240, 400] });
    const heard = inOrder(sent).map(({ packet, atMs }, index) => {
      const next = sent[index + 1];
      if (next === undefined || next.clip === packet.clip) return { packet, atMs };
      return { packet, atMs: next.sentMs + DELAY_MS + 65 }; // behind four of the next clip
    });
    const { counts, placedMs } = await hear(heard);
    expect(counts).toEqual({ ...NOTHING_WRONG, packets: sent.length });
    expect(placedMs.size).toBe(sent.length);
  });

  test('where packets wait for a key meanwhile, they come to where they were heard', async () => {
    const sent = sender(9, { length: [20, 30], pauseMs: [300, 400], clips: 4 });
    let hasKey = false;
    await using call = await HeardCall.open({
      ...IN_THE_CLEAR,
      state: { version: 1 },
      open: (_, frame) => (hasKey ? frame : null),
    });
    call.receive.name(7_001, '11');
    for (const packet of sent) {
      if (packet.clip >= 2 && !hasKey) {
        hasKey = true;
        call.receive.keysChanged(packet.sentMs);
      }
      call.hear(packet, packet.sentMs + DELAY_MS);
    }
    call.receive.endVoiceSession();
    expect(call.faults).toEqual([]);
    expect(call.counts('11')).toMatchObject({ ...NOTHING_WRONG, packets: sent.length });
    const placedMs = new Map(call.placed.map((one) => [numberOf(one.opus), one.position / 48]));
    expect(worstMs(sent, placedMs)).toBeLessThanOrEqual(1.25);
  });

  test.each(Array.from({ length: 12 }, (_, seed) => seed + 100))(
    'a network that loses, repeats and reorders is booked as it was: seed %d',
    async (seed) => {
      const random = new SeededRandom(seed);
      const pick = <T>(all: readonly T[]): T => all[random.integer(all.length)] ?? fail();
      const sent = countedPackets({
        random,
        clips: 20,
        numbers: pick(WAYS),
        times: pick(WAYS),
        silence: 5,
        clock: pick(['running', 'frozen'] as const),
        pauseMs: [400, 3_000],
      });
      const truth = { ...NOTHING_WRONG, packets: 0 };
      const heard = sent.flatMap((packet, index): Heard[] => {
        const edge = Math.min(distanceToEdge(sent, index, -1), distanceToEdge(sent, index, 1));
        if (edge > 0 && random.next() < 0.05) {
          truth.lost += 1;
          return [];
        }
        truth.packets += 1;
        const atMs = packet.sentMs + DELAY_MS + random.next() * (edge > 4 ? 90 : 15);
        if (random.next() >= 0.03) return [{ packet, atMs }];
        truth.duplicate += 1;
        return [
          { packet, atMs },
          { packet, atMs: atMs + random.next() * 300 },
        ];
      });
      const { counts, rejected } = await hear(heard);
      expect(counts).toEqual(truth);
      expect(rejected['not-rtp']).toBe(0);
    },
  );
});

function fail(): never {
  throw new Error('nothing to pick from');
}

function indexInClip(sent: readonly CountedPacket[], packet: CountedPacket): number {
  return sent.indexOf(packet) - sent.findIndex(({ clip }) => clip === packet.clip);
}

function beginOf(sent: readonly CountedPacket[], { clip }: CountedPacket): number {
  return sent.find((packet) => packet.clip === clip)?.sentMs ?? NaN;
}

/** How many packets of the same clip lie between the packet and the clip's edge on that side. */
function distanceToEdge(sent: readonly CountedPacket[], index: number, side: 1 | -1): number {
  let distance = 0;
  while (sent[index + (distance + 1) * side]?.clip === sent[index]?.clip) distance += 1;
  return distance;
}
