import { SILENCE_FRAME } from '../main/audio/opus-silence.ts';
import { SAMPLES_PER_MS } from '../main/base/sample-rate.ts';
import { SeededRandom } from '../main/base/seeded-random.ts';
import { toRtpTimestamp } from '../main/rtp/rtp-timestamp.ts';
import { type Anew, countedPackets, numberOf } from '../test/support/counting-sender.ts';
import { HeardCall, type HeardPacket } from '../test/support/heard-call.ts';
import { atMost, type Row } from './row.ts';

const DELAY_MS = 40;
const USER = '11';
const WAYS: readonly Anew[] = ['goes-on', 'to-zero', 'forwards', 'backwards'];

/** What senders that number their packets oddly cost: places and counts, through the whole packet path. */
export async function* counting(size: 'full' | 'quick'): AsyncGenerator<Row> {
  yield await countsAnew(size === 'full' ? 100 : 10);
  yield await twoSsrcs(size === 'full' ? 100 : 5);
}

/** Senders that count anew at each of so many talkspurts, in numbers, times or both. */
async function countsAnew(clips: number): Promise<Row> {
  let worstMs = 0;
  let wrong = 0;
  for (const [seed, numbers] of WAYS.entries()) {
    for (const times of WAYS) {
      const random = new SeededRandom(seed + 1);
      const sent = countedPackets({ random, clips, numbers, times, silence: 5 });
      await using call = await HeardCall.open();
      call.receive.name(sent[0]?.fields.ssrc ?? 0, USER);
      for (const packet of sent) call.hear(packet, packet.sentMs + DELAY_MS);
      call.receive.endVoiceSession();
      const { lost, late, duplicate, packets } = call.counts(USER);
      wrong += lost + late + duplicate + sent.length - packets;
      for (const { opus, position } of call.placed) {
        const at = opus.byteLength > SILENCE_FRAME.byteLength ? sent[numberOf(opus)] : undefined;
        if (at === undefined) continue;
        worstMs = Math.max(worstMs, Math.abs(position / SAMPLES_PER_MS - at.sentMs - DELAY_MS));
      }
    }
  }
  const ways = WAYS.length ** 2;
  const against = `worst ms off, senders that count anew in ${String(ways)} ways at each of ${String(clips)} talkspurts; ${String(wrong)} packets lost, late or duplicate for it`;
  const row = atMost(1.25, { id: 'B12', figure: Number(worstMs.toFixed(2)), against });
  return { ...row, holds: row.holds && wrong === 0 };
}

/** One person speaks under a new SSRC while silence frames still come under the old one, at so many offsets. */
async function twoSsrcs(rounds: number): Promise<Row> {
  let refused = 0;
  let spoken = 0;
  const random = new SeededRandom(13);
  for (let round = 0; round < rounds; round += 1) {
    const packets = [
      ...voice({ ssrc: 1, fromMs: 500, count: 150, what: () => SILENCE_FRAME }),
      ...voice({
        ssrc: 2,
        fromMs: 500 + random.next() * 1_000,
        count: 100,
        what: (index) => Uint8Array.of(0x78, index, 1, 2, 3, 4),
      }),
    ].map((packet) => ({ packet, atMs: packet.sentMs + DELAY_MS + random.next() * 20 }));
    await using call = await HeardCall.open();
    for (const ssrc of [1, 2]) call.receive.name(ssrc, USER);
    for (const { packet, atMs } of packets.sort((a, b) => a.atMs - b.atMs)) call.hear(packet, atMs);
    call.receive.endVoiceSession();
    spoken += 100;
    const kept = call.placed.filter(({ opus }) => opus.byteLength > SILENCE_FRAME.byteLength);
    refused += 100 - kept.length;
  }
  const against = `of ${String(spoken)} spoken packets late, while another SSRC of the person is in silence frames`;
  return atMost(0, { id: 'B13', figure: refused, against });
}

function voice(of: {
  ssrc: number;
  fromMs: number;
  count: number;
  what: (index: number) => Uint8Array;
}): (HeardPacket & { readonly sentMs: number })[] {
  const { ssrc, fromMs, count, what } = of;
  return Array.from({ length: count }, (_, index) => ({
    fields: { ssrc, sequence: index, timestamp: toRtpTimestamp(index * 960) },
    payload: what(index),
    sentMs: fromMs + index * 20,
  }));
}
